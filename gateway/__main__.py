"""``python -m gateway`` is ``tracuu``."""

from gateway.cli import main

main()
