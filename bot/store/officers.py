"""Officers with their posts, and the addresses that are bound to them.

Whoever is reminded is an officer; where, is asked of :func:`addresses_of` at the moment at which something is queued.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from bot.core.messages import Address
from bot.core.obligations.agency import Officer, Post, PostRole
from bot.store import consents
from bot.store.engine import Store
from bot.store.tables import agencies, conversations, members, officers, posts, standings
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundAddress:
    """An ``address`` that is bound to ``officer``, and the ``language`` spoken there.

    ``reachable``: the provider does not refuse us there, and nobody there has said STOP since. ``active_at`` is when it
    was bound or last written from, whichever is later.
    """

    officer: int
    address: Address
    person: str
    language: str
    reachable: bool
    active_at: datetime


async def read_officers(store: Store) -> dict[int, Officer]:
    """Every officer by id, with all posts (past and coming ones too), in the order of first import."""
    held = defaultdict[int, list[Post]](list)
    async with store.read() as connection:
        for row in await connection.execute(select(posts).order_by(posts.c.id)):
            held[row.officer_id].append(to_post(row))
        named = (await connection.execute(select(officers.c.id, officers.c.name).order_by(officers.c.id))).all()
        found = await addresses_of(connection, store.vault)
    return {
        row.id: Officer(
            id=row.id,
            name=row.name,
            posts=tuple(held[row.id]),
            reachable=any(bound.reachable for bound in found.get(row.id, ())),
        )
        for row in named
    }


async def addresses_of(
    connection: Transaction, vault: Vault, wanted: Collection[int] | None = None
) -> Mapping[int, Sequence[BoundAddress]]:
    """The live addresses of each officer of ``wanted`` (None = of all), the best first: those that can be reached, then
    the one that was used last. An officer without any is left out.
    """
    found = defaultdict[int, list[BoundAddress]](list)
    for bound in await _read_bound(connection, vault, wanted):
        found[bound.officer].append(bound)
    return {officer: sorted(each, key=_rank) for officer, each in found.items()}


async def find_officer(store: Store, address: Address) -> Officer | None:
    """The officer to whom ``address`` is bound now, with all posts."""
    mine = members.c.person == store.vault.person(address)
    found = select(members.c.officer_id).where(mine, members.c.unbound_at.is_(None), members.c.officer_id.is_not(None))
    async with store.read() as connection:
        number = await connection.scalar(found)
        if number is None:
            return None
        return await _read_officer(connection, store.vault, number)


async def agencies_of(store: Store, officer: int, *, day: date) -> tuple[str, ...]:
    """The names of the agencies in which ``officer`` (an id) holds a post on ``day``, in the order of the posts."""
    held = select(posts, agencies.c.name).join(agencies, agencies.c.id == posts.c.agency_id)
    mine = held.where(posts.c.officer_id == officer).order_by(posts.c.id)
    async with store.read() as connection:
        found = (await connection.execute(mine)).all()
    return tuple(dict.fromkeys(row.name for row in found if to_post(row).counts_on(day)))


def to_post(row: Any) -> Post:
    """What a row of the table says."""
    return Post(
        officer=row.officer_id,
        agency=row.agency_id,
        role=PostRole(row.role),
        unit=row.unit,
        since=row.since,
        until=row.until,
    )


async def _read_officer(connection: Transaction, vault: Vault, number: int) -> Officer | None:
    name = await connection.scalar(select(officers.c.name).where(officers.c.id == number))
    if name is None:
        return None
    held = await connection.execute(select(posts).where(posts.c.officer_id == number).order_by(posts.c.id))
    bound = (await addresses_of(connection, vault, [number])).get(number, ())
    reachable = any(each.reachable for each in bound)
    return Officer(id=number, name=name, posts=tuple(map(to_post, held)), reachable=reachable)


async def _read_bound(connection: Transaction, vault: Vault, wanted: Collection[int] | None) -> Sequence[BoundAddress]:
    live = (
        select(
            members.c.officer_id,
            members.c.person,
            members.c.bound_at,
            conversations.c.sealed,
            conversations.c.language,
            standings.c.interacted_at,
            standings.c.unreachable_at,
        )
        .join(conversations, conversations.c.person == members.c.person)
        .join(standings, standings.c.person == members.c.person, isouter=True)
        .where(members.c.unbound_at.is_(None), members.c.officer_id.is_not(None))
        .order_by(members.c.id)
    )
    if wanted is None:
        rows = list(await connection.execute(live))
    else:
        rows, numbers = [], sorted(wanted)
        for at in range(0, len(numbers), _SLICE):
            some = members.c.officer_id.in_(numbers[at : at + _SLICE])
            rows += await connection.execute(live.where(some))
    opened = [(row, vault.open(row.sealed, row.person)) for row in rows]
    silent = await _silent(connection, vault, opened)
    return [_to_bound(row, address, silent=row.person in silent) for row, address in opened]


async def _silent(connection: Transaction, vault: Vault, opened: Sequence[tuple[Row[Any], Address]]) -> frozenset[str]:
    """Whoever wants no notices at all, by the hash of the address that is bound."""
    found = frozenset[str]()
    for at in range(0, len(opened), _SLICE):
        people = [vault.people(address) for _, address in opened[at : at + _SLICE]]
        found |= await consents.unwilling(connection, people)
    return found


def _to_bound(row: Any, address: Address, *, silent: bool) -> BoundAddress:
    return BoundAddress(
        officer=row.officer_id,
        address=address,
        person=row.person,
        language=row.language,
        reachable=row.unreachable_at is None and not silent,
        active_at=max(row.bound_at, row.interacted_at or row.bound_at),
    )


def _rank(bound: BoundAddress) -> tuple[bool, float]:
    return not bound.reachable, -bound.active_at.timestamp()
