"""``python -m gateway.reminding [SETTINGS]``: look at all duties once, tell officers what is due, and say it as JSON.

Standard input stays open as long as whoever started it lives: when it ends, so does this process. Each message is
queued as a whole or not at all, so the next look goes on.
"""

import asyncio
import contextlib
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.core.errors import StoreError, TracuuError
from bot.store.migrate import pending
from gateway.database import unprepared_store
from gateway.logs import set_up_logs
from gateway.orphan import end_with_whoever_started
from gateway.reminding.desk import look
from gateway.settings import load_settings
from gateway.terminal import now

_NICE = 10
_NEW = 50_000


def main() -> None:
    """Look, and say how it went."""
    set_up_logs("warning")
    end_with_whoever_started()
    with contextlib.suppress(OSError):  # a sandbox may forbid it
        os.nice(_NICE)
    sort_rarely()
    try:
        told = asyncio.run(_look(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
    except (TracuuError, OSError) as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def sort_rarely() -> None:
    """Look for garbage among what is new only: going through all duties again and again would take a third of the time
    of a process that ends with its look."""
    gc.set_threshold(_NEW, _NEW, _NEW)


async def _look(config: Path | None) -> dict[str, Any]:
    settings = load_settings(config)
    async with unprepared_store(settings, new_key=False) as store:
        if await pending(store):
            raise StoreError("the program was replaced; it must be started anew")
        store.go_gently()
        return (await look(settings, store, clock=now)).summary()


if __name__ == "__main__":
    main()
