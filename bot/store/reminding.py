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
from bot.store.dialect import insert_new
from bot.store.engine import Store
from bot.store.officers import BoundAddress, addresses_of
from bot.store.outbox import Draft
from bot.store.pooling import route
from bot.store.record import append_all
from bot.store.tables import acts, digests, posts, reminders
from bot.store.task_numbers import number_all
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
    """What was written in this transaction does not count: it was only tried."""

    def __init__(self, said: list[Said]) -> None:
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


async def queue_digests(store: Store, some: Sequence[Digest], how: Queueing, *, rehearse: bool = False) -> list[Said]:
    """Queue ``some`` digests, one for each officer, and write down that they were told; all or nothing. Returns those
    that were to be queued.

    The others are of whoever has had the message of the day, can be reached nowhere any more, or was told of all of it,
    or has answered, since it was planned. Safe to repeat. ``rehearse``: everything is tried and nothing written.
    """

    async def job(connection: Transaction) -> list[Said]:
        bound = await addresses_of(connection, store.vault, [digest.officer for digest in some])
        untold = await _still_untold(connection, some)
        listeners = {each: _ways(bound, each, how) for each in untold}
        ours = await _write_down(connection, {each: untold[each] for each in untold if listeners[each]}, how.now)
        said = await _say_all(connection, store.vault, {each: listeners[each] for each in ours}, ours, how)
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


async def _still_untold(connection: Transaction, some: Sequence[Digest]) -> dict[int, list[Notice]]:
    """The notices of which nothing was said by anybody, and that were not told at this or a later step, meanwhile; by
    officer, without those who are left with none."""
    keys = sorted({notice.duty.obligation.key for digest in some for notice in digest.notices})
    heard, told = dict[str, int](), dict[tuple[str, int], list[str]]()
    mine = reminders.c.officer_id.in_(sorted(digest.officer for digest in some))
    for start in range(0, len(keys), _SLICE):
        few = keys[start : start + _SLICE]
        newest = select(acts.c.key, func.max(acts.c.id).label("newest")).where(acts.c.key.in_(few)).group_by(acts.c.key)
        heard |= {row.key: row.newest for row in await connection.execute(newest)}
        steps = select(reminders.c.key, reminders.c.officer_id, reminders.c.step)
        for row in await connection.execute(steps.where(mine, reminders.c.key.in_(few))):
            told.setdefault((row.key, row.officer_id), []).append(row.step)
    found = {each.officer: [notice for notice in each.notices if _is_current(notice, heard, told)] for each in some}
    return {officer: notices for officer, notices in found.items() if notices}


def _is_current(notice: Notice, heard: Mapping[str, int], told: Mapping[tuple[str, int], Sequence[str]]) -> bool:
    key = notice.duty.obligation.key
    known = max((act.id for act in notice.duty.progress.acts), default=0)
    repeats = any(rank(step) >= rank(notice.duty.step) for step in told.get((key, notice.officer), ()))
    return heard.get(key, 0) <= known and not repeats


async def _write_down(
    connection: Transaction, untold: Mapping[int, Sequence[Notice]], now: datetime
) -> dict[int, list[Notice]]:
    """Begin the digest of the day of each officer and put what is ``untold`` into the ledger, by officer. Returns what
    nobody else put there first, without those who are left with nothing or have had a digest already."""
    if not untold:
        return {}
    day = local_day(now)
    rows = [{"officer_id": each, "day": day, "at": now, "dedupe_key": _name(each, day)} for each in sorted(untold)]
    new = await insert_new(connection, digests, rows, digests.c.officer_id, digests.c.id)
    begun = {row.officer_id: row.id for row in new}
    ledger = [
        {
            "key": notice.duty.obligation.key,
            "officer_id": officer,
            "step": notice.duty.step,
            "digest_id": number,
            "at": now,
        }
        for officer, number in sorted(begun.items())
        for notice in untold[officer]
    ]
    columns = (reminders.c.key, reminders.c.officer_id)
    written = {tuple(row) for row in await insert_new(connection, reminders, ledger, *columns)} if ledger else set()
    ours = {
        officer: [each for each in untold[officer] if (each.duty.obligation.key, officer) in written]
        for officer in sorted(begun)
    }
    if idle := [number for officer, number in begun.items() if not ours[officer]]:
        await connection.execute(delete(digests).where(digests.c.id.in_(idle)))
    return {officer: mine for officer, mine in ours.items() if mine}


async def _say_all(
    connection: Transaction,
    vault: Vault,
    to: Mapping[int, Sequence[BoundAddress]],
    ours: Mapping[int, Sequence[Notice]],
    how: Queueing,
) -> list[Said]:
    """Word and queue the messages, and put them on record: last, since everybody who appends waits for each other."""
    keys = {officer: [notice.duty.obligation.key for notice in notices] for officer, notices in ours.items()}
    open_for = {officer: how.open_for(officer) for officer in ours}
    numbers = await number_all(connection, keys, how.now, still_open=open_for)
    said = []
    for officer, notices in ours.items():
        lines = tuple(Line(notice=each, number=numbers[officer][each.duty.obligation.key]) for each in notices)
        said.append(await _say(connection, vault, _Listener(number=officer, ways=to[officer]), lines, how))
    await append_all(connection, [entry for one in said for entry in how.voice.entries(one, how.now)])
    return said


async def _say(connection: Transaction, vault: Vault, to: _Listener, lines: tuple[Line, ...], how: Queueing) -> Said:
    officer, (first, *others) = to.number, to.ways
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
    return said


def _name(officer: int, day: date) -> str:
    return f"reminder:{officer}:{day.isoformat()}"
