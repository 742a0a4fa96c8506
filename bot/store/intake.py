"""Group commit: messages of people become durable before anybody answers 200."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from bot.core.errors import StoreUnavailableError
from bot.core.messages import InboundMessage
from bot.store.engine import Store
from bot.store.inbox import TOPIC, Entry, insert_new, seal
from bot.store.quarantine import set_aside
from bot.store.types import from_micros, to_json

BATCH = 512
_PERSON = attrgetter("person")


@dataclass(slots=True)
class Batch:
    """What goes into one commit, and the requests that wait for it."""

    entries: list[Entry] = field(default_factory=list)
    requests: list[asyncio.Future[None]] = field(default_factory=list)

    def end(self, error: Exception | None) -> None:
        """Tell every request that still waits how it went; None = durable."""
        for done in self.requests:
            if done.done():
                continue  # cancelled: whoever posted has gone away, the message stays
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)


class Intake:
    """Everybody who asks while a commit runs goes into the next one together; nobody waits for a timer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Batch] = deque()
        self._flushing: asyncio.Task[None] | None = None

    async def accept(self, messages: Sequence[InboundMessage]) -> None:
        """Return once every message is durable (or was before: same channel, account and external id).

        A message that the database refuses for its own sake goes to quarantine and fails nobody else.
        Raises StoreUnavailableError when nothing could be committed; then nothing of it is stored.
        """
        entries = [seal(self._store.vault, message) for message in messages]
        if not self._waiting or len(self._waiting[-1].entries) >= BATCH:
            self._waiting.append(Batch())
        batch = self._waiting[-1]
        # each request waits for a future of its own: one that is cancelled must not cancel what the others wait for
        done = asyncio.get_running_loop().create_future()
        batch.entries += entries
        batch.requests.append(done)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="intake")
        await done

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # let the requests that are ready in this turn of the loop join
        while self._waiting:
            batch = self._waiting.popleft()
            try:
                await insert_batch(self._store, batch.entries)
            except Exception as error:  # noqa: BLE001 – handed to everybody who waits for this commit
                batch.end(error)
            else:
                batch.end(None)


async def insert_batch(store: Store, entries: Sequence[Entry]) -> None:
    """Insert what is new of ``entries`` in one transaction; falls back to single rows when one is poisonous.

    Sorted by person: two processes lock in the same order, and within a person the order of arrival stays.
    """
    ordered = sorted(entries, key=_PERSON)
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
            now=from_micros(entry.received_at),
        )
