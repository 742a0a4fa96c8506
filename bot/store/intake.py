"""Group commit: messages of people become durable before anybody answers 200."""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter

from bot.core.errors import StoreUnavailableError
from bot.core.messages import InboundMessage, Sign, SignKind
from bot.store import standing
from bot.store.budget import count_arrivals
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.group import Group
from bot.store.inbox import TOPIC, Entry, insert_new, seal
from bot.store.quarantine import set_aside
from bot.store.transaction import Transaction
from bot.store.types import from_micros, to_json

BATCH = 512
"""Requests in one commit."""
_PERSON = attrgetter("person")


class Intake:
    """Everybody who asks while a commit runs goes into the next one together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._requests = Group(self._insert, size=BATCH)
        self._signs = Group(self._note, size=BATCH)

    async def accept(self, messages: Sequence[InboundMessage]) -> None:
        """Return once every message is durable (or was before: same channel, account and external id).

        A message that the database refuses for its own sake goes to quarantine and fails nobody else.
        Raises StoreUnavailableError when nothing could be committed; then nothing of it is stored.
        """
        await self._requests.add([seal(self._store.vault, message) for message in messages])

    async def note(self, signs: Sequence[Sign]) -> None:
        """Return once what people did is durable, and whoever wants to be forgotten is.

        Raises StoreUnavailableError when it could not be committed.
        """
        for sign in signs:
            if sign.kind is SignKind.WITHDRAWN:
                await erase(self._store, sign.address, now=sign.at)
        await self._signs.add([sign for sign in signs if sign.kind is not SignKind.WITHDRAWN])

    async def _note(self, requests: Sequence[Sequence[Sign]]) -> None:
        await standing.note(self._store, list(chain.from_iterable(requests)))

    async def _insert(self, requests: Sequence[Sequence[Entry]]) -> None:
        await insert_batch(self._store, list(chain.from_iterable(requests)))


async def insert_batch(store: Store, entries: Sequence[Entry]) -> None:
    """Insert what is new of ``entries`` in one transaction; falls back to single rows when one is poisonous.

    Sorted by person: two processes lock in the same order, and within a person the order of arrival stays.
    """
    ordered = sorted(entries, key=_PERSON)

    async def job(connection: Transaction) -> None:
        await insert_new(connection, ordered)
        await count_arrivals(connection, store.vault, ordered)

    try:
        await store.write(job, wake=[TOPIC])
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
