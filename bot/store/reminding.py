"""Writing down that somebody is reminded, and telling them, in one step: message, ledger and record, or nothing.

The ledger (one row per duty, officer and step) and the digests (one per officer and day) have unique keys, so any
number of processes may look at once, with clocks that differ: whoever comes second finds it done.
"""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, func, select

from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.delivery import Lane
from bot.core.local_time import local_day
from bot.core.messages import Address, Reply
from bot.core.obligations.agency import Officer
from bot.core.obligations.planning import Digest, Notice
from bot.core.obligations.steps import rank
from bot.core.pools import Pool
from bot.core.record import Entry
from bot.store import outbox
from bot.store.dialect import insert_if_new, insert_missing
from bot.store.engine import Store
from bot.store.officers import BoundAddress, addresses_of
from bot.store.outbox import Draft
from bot.store.pooling import route
from bot.store.record import append_all
from bot.store.tables import acts, digests, posts, reminders
from bot.store.task_numbers import number_tasks
from bot.store.transaction import Transaction
from bot.store.vault import Vault

ORIGIN = "reminding"
"""What the outbox says of whose message it is."""
KEEP = timedelta(days=800)
"""How long the ledger is kept: longer than anything is looked back at, so that nothing is told twice."""
_SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A duty as the officer is told of it: under the ``number`` that they type for it."""

    notice: Notice
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that was queued: to whom, about what, and its ``dedupe_key`` in the outbox."""

    officer: int
    lines: tuple[Line, ...]
    address: Address
    language: str
    reply: Reply
    message: str


class Voice(Protocol):
    """How a digest is worded, and what is put on record of it. No effects."""

    def word(self, officer: int, lines: Sequence[Line], address: Address, language: str) -> Reply:
        """The message to an address in a language."""

    def entries(self, said: Said, at: datetime) -> Sequence[Entry]:
        """What the record keeps of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """How messages are queued at ``now``: by which ``accounts`` of ours, until when they are worth reading.

    Where the way to somebody is in one of ``pools``, ``draw`` chooses the account by its weights.
    ``open_for`` are the duties that are open for an officer, which keep their numbers.
    """

    now: datetime
    expires_at: datetime
    accounts: Mapping[Member, Account]
    voice: Voice
    open_for: Callable[[int], Collection[str]]
    pools: Sequence[Pool] = ()
    draw: Callable[[], float] = lambda: 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listener:
    """An officer, and where they can be reached, the best address first."""

    number: int
    ways: Sequence[BoundAddress]


class _TakenBackError(Exception):
    """What was written in this transaction does not count: it was only tried, or nothing was left to be said."""

    def __init__(self, said: Said | None) -> None:
        super().__init__()
        self.said = said


async def read_told(store: Store, keys: Iterable[str]) -> dict[tuple[str, int], set[str]]:
    """The ledger for the duties ``keys``: the steps that were told, by duty and officer."""
    wanted, found = sorted(set(keys)), dict[tuple[str, int], set[str]]()
    columns = (reminders.c.key, reminders.c.officer_id, reminders.c.step)
    for start in range(0, len(wanted), _SLICE):
        some = select(*columns).where(reminders.c.key.in_(wanted[start : start + _SLICE]))
        async with store.read() as connection:
            for key, officer, step in await connection.execute(some):
                found.setdefault((key, officer), set()).add(step)
    return found


async def holds_posts(store: Store) -> bool:
    """Whether anybody at all is recorded as an officer."""
    async with store.read() as connection:
        return (await connection.execute(select(posts.c.id).limit(1))).first() is not None


async def told_on(store: Store, day: date) -> frozenset[int]:
    """The officers who have had their digest of that day."""
    async with store.read() as connection:
        found = await connection.execute(select(digests.c.officer_id).where(digests.c.day == day))
        return frozenset(found.scalars())


async def reached_on(store: Store, officers: Mapping[int, Officer], ours: Container[Member]) -> dict[int, Officer]:
    """``officers``, of whom nobody counts as reachable whom none of the accounts ``ours`` reaches."""
    asked = [one.id for one in officers.values() if one.reachable]
    async with store.read() as connection:
        bound = await addresses_of(connection, store.vault, asked)
    reached = {
        officer
        for officer, ways in bound.items()
        if any(way.reachable and (way.address.channel, way.address.account) in ours for way in ways)
    }
    return {number: replace(one, reachable=number in reached) for number, one in officers.items()}


async def queue_digest(store: Store, digest: Digest, how: Queueing, *, rehearse: bool = False) -> Said | None:
    """Queue ``digest`` and write down that it was told; all or nothing. None where nothing was to be queued.

    That is: the officer has had the message of the day, can be reached nowhere any more, or was told of all of it, or
    has answered, since it was planned. Safe to repeat. ``rehearse``: everything is tried and nothing written.
    """

    async def job(connection: Transaction) -> Said | None:
        ways = _ways(await addresses_of(connection, store.vault, [digest.officer]), digest.officer, how)
        notices = await _still_untold(connection, digest)
        if not ways or not notices:
            return None
        number = await _begin(connection, digest.officer, how.now)
        if number is None:
            return None
        ours = await _write_down(connection, digest.officer, notices, number, how.now)
        said = await _say(connection, store.vault, _Listener(number=digest.officer, ways=ways), ours, how)
        if rehearse:
            raise _TakenBackError(said)
        return said

    try:
        return await store.write(job, wake=[outbox.TOPIC])
    except _TakenBackError as undone:
        return undone.said


async def forget(store: Store, *, before: datetime) -> int:
    """Delete what was told before that moment. It must lie behind whatever is still looked at. Returns how many rows.

    The record of it stays.
    """

    async def job(connection: Transaction) -> int:
        gone = (await connection.execute(delete(reminders).where(reminders.c.at < before))).rowcount
        return gone + (await connection.execute(delete(digests).where(digests.c.at < before))).rowcount

    return await store.write(job)


def _ways(bound: Mapping[int, Sequence[BoundAddress]], officer: int, how: Queueing) -> Sequence[BoundAddress]:
    """Where the officer can be reached on accounts of ours; first where they may be told what they did not ask for."""

    def is_shut(one: BoundAddress) -> bool:
        unasked = how.accounts[one.address.channel, one.address.account].unasked
        return unasked is not None and one.active_at <= how.now - unasked

    ours = [
        one
        for one in bound.get(officer, ())
        if one.reachable and (one.address.channel, one.address.account) in how.accounts
    ]
    return sorted(ours, key=is_shut)


async def _still_untold(connection: Transaction, digest: Digest) -> list[Notice]:
    """The notices of which nothing was said by anybody, and that were not told at this or a later step, meanwhile."""
    keys = [notice.duty.obligation.key for notice in digest.notices]
    heard, told = dict[str, int](), dict[str, list[str]]()
    for start in range(0, len(keys), _SLICE):
        some = keys[start : start + _SLICE]
        newest = (
            select(acts.c.key, func.max(acts.c.id).label("newest")).where(acts.c.key.in_(some)).group_by(acts.c.key)
        )
        heard |= {row.key: row.newest for row in await connection.execute(newest)}
        mine = (reminders.c.officer_id == digest.officer) & reminders.c.key.in_(some)
        for row in await connection.execute(select(reminders.c.key, reminders.c.step).where(mine)):
            told.setdefault(row.key, []).append(row.step)
    return [notice for notice in digest.notices if _is_current(notice, heard, told)]


def _is_current(notice: Notice, heard: Mapping[str, int], told: Mapping[str, Sequence[str]]) -> bool:
    key = notice.duty.obligation.key
    known = max((act.id for act in notice.duty.progress.acts), default=0)
    repeats = any(rank(step) >= rank(notice.duty.step) for step in told.get(key, ()))
    return heard.get(key, 0) <= known and not repeats


async def _begin(connection: Transaction, officer: int, now: datetime) -> int | None:
    """The number of the officer's digest of the day; None when there is one already."""
    day = local_day(now)
    row = {"officer_id": officer, "day": day, "at": now, "dedupe_key": _name(officer, day)}
    if not await insert_if_new(connection, digests, **row):
        return None
    mine = select(digests.c.id).where(digests.c.officer_id == officer, digests.c.day == day)
    number: int = await connection.scalar(mine)
    return number


async def _write_down(
    connection: Transaction, officer: int, notices: Sequence[Notice], digest: int, now: datetime
) -> list[Notice]:
    """Put ``notices`` into the ledger. Returns those that nobody else put there first. Raises _TakenBackError."""
    rows = [
        {
            "key": notice.duty.obligation.key,
            "officer_id": officer,
            "step": notice.duty.step,
            "digest_id": digest,
            "at": now,
        }
        for notice in notices
    ]
    await insert_missing(connection, reminders, rows)
    mine = select(reminders.c.key).where(reminders.c.officer_id == officer, reminders.c.digest_id == digest)
    written = frozenset((await connection.execute(mine)).scalars())
    ours = [notice for notice in notices if notice.duty.obligation.key in written]
    if not ours:
        raise _TakenBackError(None)
    return ours


async def _say(connection: Transaction, vault: Vault, to: _Listener, notices: Sequence[Notice], how: Queueing) -> Said:
    officer = to.number
    keys = [notice.duty.obligation.key for notice in notices]
    numbers = await number_tasks(connection, officer, keys, how.now, still_open=how.open_for(officer))
    lines = tuple(Line(notice=notice, number=numbers[notice.duty.obligation.key]) for notice in notices)
    first, *others = to.ways
    address = await route(connection, vault, how.pools, first.address, lane=Lane.REMINDER, form=False, draw=how.draw())
    said = Said(
        officer=officer,
        lines=lines,
        address=address,
        language=first.language,
        reply=how.voice.word(officer, lines, address, first.language),
        message=_name(officer, local_day(how.now)),
    )
    draft = Draft(
        person=vault.person(address),
        channel=address.channel,
        account=address.account,
        lane=Lane.REMINDER,
        reply=said.reply,
        language=said.language,
        origin=ORIGIN,
        dedupe_key=said.message,
        expires_at=how.expires_at,
        elsewhere=[one.address for one in others],
    )
    await outbox.enqueue(connection, draft, now=how.now, vault=vault)
    await append_all(connection, how.voice.entries(said, how.now))  # last: everybody who appends waits for each other
    return said


def _name(officer: int, day: date) -> str:
    return f"reminder:{officer}:{day.isoformat()}"
