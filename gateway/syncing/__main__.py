"""``python -m gateway.syncing``: sync the source that standard input orders (:class:`gateway.syncing.order.Order`).

Prints a line of JSON for each step and one with the outcome. Standard input stays open as long as whoever ordered
lives: when it ends, so does this process, wherever it is; the version in force is as it was.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bot
from bot.core.errors import ConflictError, StoreError, TracuuError
from bot.store.engine import Store
from bot.store.migrate import pending
from bot.store.vault import KEY_BYTES
from gateway.logs import set_up_logs
from gateway.masking import load_personal_rules
from gateway.orphan import end_with_whoever_started
from gateway.portal import find_portals
from gateway.portal_client import open_client
from gateway.sync import sync
from gateway.syncing.guard import GuardError
from gateway.syncing.order import Order, read_order

DATA = Path(bot.__file__).parents[1] / "data"
_NICE = 10
_SAY_SECONDS = 1.0
_SHOWN = 10  # of each kind of sentence: whoever ordered only logs them


def main() -> None:
    """Do what is asked and say how it went; only what nobody foresaw ends with another code than 0."""
    order = read_order(sys.stdin.readline())
    set_up_logs("warning")
    end_with_whoever_started()
    with contextlib.suppress(OSError):  # a sandbox may forbid it
        os.nice(_NICE)
    try:
        outcome = asyncio.run(_sync(order))
    except (TracuuError, OSError) as error:
        outcome = {"error": str(error), "grave": not isinstance(error, ConflictError)}
        if isinstance(error, GuardError):
            outcome["consent"] = error.consent
    _say(outcome)


async def _sync(order: Order) -> dict[str, Any]:
    portal = find_portals()[order.request.kind]
    rules = load_personal_rules(DATA / "personal", Path(order.personal))
    store = Store(order.url, bytes(KEY_BYTES), owner=f"sync:{os.getpid()}")
    await store.open()
    try:
        if await pending(store):
            raise StoreError("the program was replaced; it must be started anew")
        store.go_gently()
        async with open_client(order.outbound, agent=order.agent) as client:
            report = await sync(
                store,
                portal,
                order.request,
                now=datetime.now(UTC),
                client=client,
                rules=rules,
                progress=_Progress(),
            )
    finally:
        await store.close()
    told = report.document()
    shortened = {name: told[name][:_SHOWN] for name in ("notices", "drift", "masked", "rejected")}
    return {"report": {**told, **shortened, "rejected_count": len(report.rejected)}}


class _Progress:
    """Says where the sync is, about once a second."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if time.monotonic() - self._said >= _SAY_SECONDS:
            self._said = time.monotonic()
            _say({"stage": stage, "done": done, "total": total})


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
