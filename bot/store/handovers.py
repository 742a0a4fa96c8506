"""Tell an officer of a wish that a duty goes to somebody else, or of what became of it: once, in one transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.balance import Member
from bot.core.delivery import Lane
from bot.core.messages import Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.officers import BoundAddress, addresses_of
from bot.store.outbox import Draft
from bot.store.task_numbers import number_tasks
from bot.store.transaction import Transaction
from bot.store.vault import Vault

ORIGIN = "handover"
"""What the outbox says of whose message it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That ``officer`` is told of the wish or decision ``act`` on the duty ``key``.

    ``still_open`` are the keys of all duties that are open for them, which keep their numbers. ``word`` is the text at
    an address, by the number that the duty has for them.
    """

    officer: int
    act: int
    key: str
    still_open: Collection[str]
    word: Callable[[BoundAddress, int], Reply]


async def queue_telling(
    store: Store, telling: Telling, ours: Collection[Member], *, now: datetime, expires_at: datetime
) -> None:
    """Queue ``telling`` where the officer can be reached on accounts of ``ours``. Safe to repeat: it is told once.

    Nobody is told where no address of theirs can be reached; a later look may find one.
    """

    async def job(connection: Transaction) -> None:
        bound = (await addresses_of(connection, store.vault, [telling.officer])).get(telling.officer, ())
        ways = [one for one in bound if one.reachable and (one.address.channel, one.address.account) in ours]
        if not ways:
            return
        numbers = await number_tasks(connection, telling.officer, [telling.key], now, still_open=telling.still_open)
        draft = _draft(telling, ways, numbers[telling.key], store.vault, expires_at)
        await outbox.enqueue(connection, draft, now=now, vault=store.vault)

    await store.write(job, wake=[outbox.TOPIC])


def _draft(telling: Telling, ways: Sequence[BoundAddress], number: int, vault: Vault, expires_at: datetime) -> Draft:
    first, *others = ways
    return Draft(
        person=vault.person(first.address),
        channel=first.address.channel,
        account=first.address.account,
        lane=Lane.REMINDER,
        reply=telling.word(first, number),
        language=first.language,
        origin=ORIGIN,
        dedupe_key=f"{ORIGIN}:{telling.act}:{telling.officer}",
        expires_at=expires_at,
        elsewhere=[one.address for one in others],
    )
