"""Group commit: messages of people become durable before anybody answers 200."""

import asyncio
from collections.abc import Sequence

from bot.core.errors import StoreUnavailableError
from bot.core.messages import InboundMessage
from bot.store.engine import Store
from bot.store.inbox import TOPIC, Entry, insert_new, seal
from bot.store.quarantine import set_aside
from bot.store.types import to_json

BATCH = 512


class Intake:
    """Everybody who asks while a commit runs goes into the next one together; nobody waits for a timer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[list[Entry], asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def accept(self, messages: Sequence[InboundMessage]) -> None:
        """Return once every message is durable (or was before: same channel, account and external id).

        A message that the database refuses for its own sake goes to quarantine and fails nobody else.
        Raises StoreUnavailableError when nothing could be committed; then nothing of it is stored.
        """
        entries = [seal(self._store.vault, message) for message in messages]
        if not self._waiting or len(self._waiting[-1][0]) >= BATCH:
            self._waiting.append(([], asyncio.get_running_loop().create_future()))
        batch, done = self._waiting[-1]
        batch.extend(entries)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="intake")
        await asyncio.shield(done)

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # let the requests that are ready in this turn of the loop join
        while self._waiting:
            batch, done = self._waiting.pop(0)
            try:
                await insert_batch(self._store, batch)
            except Exception as error:  # noqa: BLE001 – handed to everybody who waits for this commit
                done.set_exception(error)
                done.exception()  # whoever waited may have gone away meanwhile
            else:
                done.set_result(None)


async def insert_batch(store: Store, entries: Sequence[Entry]) -> None:
    """Insert what is new of ``entries`` in one transaction; falls back to single rows when one is poisonous.

    Sorted by person: two processes lock in the same order, and within a person the order of arrival stays.
    """
    ordered = sorted(entries, key=lambda entry: entry.person)
    try:
        await store.write(lambda connection: insert_new(connection, ordered), wake=[TOPIC])
    except StoreUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 – whatever the driver says of one row must not fail its neighbours
        if len(ordered) > 1:
            for entry in ordered:
                await insert_batch(store, [entry])
            return
        entry = ordered[0]
        await set_aside(
            store,
            channel=entry.channel,
            account=entry.account,
            raw=to_json([entry.external_id, entry.body]).encode("utf-8", "backslashreplace"),
            reason=f"refused by the database: {type(error).__name__}",
            now=entry.received_at,
        )
