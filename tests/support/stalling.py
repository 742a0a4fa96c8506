"""``tracuu`` with the handlers of ``tests/support/handlers`` besides its own; a program, see ``Serving.module``."""

from pathlib import Path

import bot.handlers
from gateway.cli import main

if __name__ == "__main__":
    bot.handlers.__path__.append(str(Path(__file__).with_name("handlers")))
    main()
