"""What it costs when nothing confirms many messages at once: each goes on to its next address, or is given up.

``python -m bench.reach [MESSAGES]`` on SQLite. Meanwhile something else wants to write all the time: how long it had to
wait at most.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bench.conditions import conditions
from bench.database import databases, opened
from bot.core.delivery import Lane, OutboxState
from bot.core.messages import Address, Reply
from bot.store.diversion import introduce
from bot.store.engine import Store
from bot.store.outbox import Draft, enqueue
from bot.store.reaching import Accounts, look_after
from bot.store.tables import outbox
from bot.store.transaction import Transaction

MESSAGES = 2000
BEGUN = datetime(2026, 11, 16, 2, tzinfo=UTC)
WITHIN = timedelta(minutes=5)
FIRST, SECOND = ("kannel", "1"), ("kannel", "2")
_SLICE = 500


async def _queue(store: Store, messages: int, *, elsewhere: bool) -> None:
    async def job(connection: Transaction, begin: int) -> None:
        for number in range(begin, min(messages, begin + _SLICE)):
            there = Address(channel=SECOND[0], account=SECOND[1], user=f"+8490{number:07}")
            address = Address(channel=FIRST[0], account=FIRST[1], user=there.user)
            draft = Draft(
                person=store.vault.person(address),
                channel=address.channel,
                account=address.account,
                lane=Lane.REMINDER,
                reply=Reply(text="nhắc"),
                language="vi",
                origin="bench",
                dedupe_key=f"bench:{number}",
                confirm_within=WITHIN,
                elsewhere=[there] if elsewhere else (),
            )
            await introduce(connection, store.vault, address, language="vi")
            await enqueue(connection, draft, now=BEGUN, vault=store.vault)

    for begin in range(0, messages, _SLICE):
        await store.write(lambda connection, begin=begin: job(connection, begin))
    sent = update(outbox).values(state=OutboxState.SENT, finished_at=BEGUN)
    await store.write(lambda connection: connection.execute(sent))


@contextlib.asynccontextmanager
async def _writing(store: Store) -> AsyncIterator[list[float]]:
    """The seconds that each small write took that was made within the block."""
    waits: list[float] = []

    async def write() -> None:
        while True:
            before = time.perf_counter()
            await store.write(_nothing)
            waits.append(time.perf_counter() - before)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(write())
    try:
        yield waits
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _nothing(_connection: Transaction) -> None:
    pass


async def _measure(url: str, messages: int, *, elsewhere: bool) -> str:
    async with opened(url) as store:
        await _queue(store, messages, elsewhere=elsewhere)
        accounts = Accounts(ours={FIRST, SECOND})
        async with _writing(store) as waits:
            began, cpu = time.perf_counter(), time.process_time()
            looked = await look_after(store, accounts, now=BEGUN + 2 * WITHIN)
            wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    thousand = 1000 / messages * 1000
    return (
        f"{looked.went_on} went on, {len(looked.unconfirmed)} given up: {wall * thousand:.0f} ms a thousand "
        f"({cpu * thousand:.0f} ms CPU), another write waited {max(waits) * 1000:.0f} ms at most"
    )


def main() -> None:
    """Print the figures of both cases."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    print(*conditions(), f"{messages} messages at once", sep="\n")
    with databases("sqlite") as urls:
        if urls is None:
            return
        for elsewhere in (True, False):
            print(asyncio.run(_measure(next(urls), messages, elsewhere=elsewhere)))


if __name__ == "__main__":
    main()
