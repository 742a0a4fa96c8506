"""Who follows which dataset.

A following is a person's, not an address's: what was said to one of our accounts counts on the others that the person
has (:attr:`bot.store.vault.Vault.kin`), so functions take the person under all their names (``people``).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.core.delivery import OutboxState
from bot.core.effects import FollowDataset
from bot.core.follow import Follow
from bot.core.messages import Address
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import conversations, followers, follows, outbox, publications, standings
from bot.store.transaction import Transaction

ORIGIN = "following"
"""What caused a message to whoever follows something (:attr:`bot.store.outbox.Draft.origin`)."""
ON_OFFER = timedelta(hours=24)
"""So long the number of an entry in the last message to a follower means that entry."""
KEEP_UNREACHABLE = timedelta(days=90)
"""How long somebody may be out of reach, having blocked us or gone, until nothing is followed for them any more."""
_SLICE = 500


async def begin(connection: Transaction, people: Sequence[str], wanted: FollowDataset, *, now: datetime) -> None:
    """Let the person, who writes as the first of ``people``, follow a dataset from its present state on; following it
    again changes nothing.
    """
    known = select(follows.c.code).where(_mine(people), follows.c.code == wanted.code)
    if await connection.scalar(known) is not None:
        return
    newest = await connection.scalar(select(func.max(publications.c.id)))
    values = {"code": wanted.code, "title": wanted.title, "since": now, "publication": newest or 0, "hidden": 0}
    await insert_if_new(connection, follows, person=people[0], **values)


async def end(
    connection: Transaction, people: Collection[str], codes: Collection[str] | None = None, *, now: datetime
) -> None:
    """Let the person follow none of ``codes`` (None = nothing at all) any more.

    Who follows nothing is sent nothing about it either that is queued already.
    """
    these = _mine(people) if codes is None else _mine(people) & follows.c.code.in_(codes)
    await connection.execute(delete(follows).where(these))
    if await connection.scalar(select(follows.c.code).where(_mine(people)).limit(1)) is not None:
        return
    await connection.execute(delete(followers).where(followers.c.person.in_(people)))
    waiting = outbox.c.person.in_(people) & (outbox.c.state == OutboxState.QUEUED) & (outbox.c.origin == ORIGIN)
    ended = {"state": OutboxState.EXPIRED, "finished_at": now, "error": "nothing is followed any more"}
    await connection.execute(update(outbox).where(waiting).values(ended))


async def followed(store: Store, address: Address) -> tuple[Follow, ...]:
    """What whoever writes from ``address`` follows, the oldest first, each dataset once."""
    mine = select(follows).where(_mine(store.vault.people(address))).order_by(follows.c.since, follows.c.code)
    async with store.read() as connection:
        rows = (await connection.execute(mine)).all()
    return tuple({row.code: to_follow(row) for row in rows}.values())


async def told_lately(store: Store, address: Address, *, now: datetime) -> tuple[str, ...]:
    """The codes of the datasets of which the person was told within :data:`ON_OFFER`, in the order of the entries."""
    mine = followers.c.person.in_(store.vault.people(address)) & (followers.c.told_at > now - ON_OFFER)
    last = select(followers.c.told).where(mine).order_by(followers.c.told_at.desc()).limit(1)
    async with store.read() as connection:
        return tuple(await connection.scalar(last) or ())


async def forget(store: Store, *, now: datetime) -> int:
    """Delete what is followed for people who are gone: unknown here, or out of reach for long. Returns how many rows.

    Who only never writes goes on hearing: that is what they asked for, and STOP ends it at any time.
    """
    lost = select(standings.c.person).where(standings.c.unreachable_at < now - KEEP_UNREACHABLE)
    unknown = ~select(conversations.c.person).where(conversations.c.person == follows.c.person).exists()
    idle = ~select(follows.c.person).where(follows.c.person == followers.c.person).exists()

    async def tidy(connection: Transaction) -> int:
        over = followers.c.told_at <= now - ON_OFFER
        return (await connection.execute(delete(followers).where(over, idle))).rowcount

    gone = await store.write(tidy)
    while True:
        async with store.read() as connection:
            found = select(follows.c.person).distinct().where(unknown | follows.c.person.in_(lost)).limit(_SLICE)
            people = sorted((await connection.execute(found)).scalars())
        if not people:
            return gone

        async def job(connection: Transaction, people: Sequence[str] = people) -> int:
            await connection.execute(delete(followers).where(followers.c.person.in_(people)))
            return (await connection.execute(delete(follows).where(_mine(people)))).rowcount

        gone += await store.write(job)


def to_follow(row: Any) -> Follow:
    """What a row of the table says."""
    return Follow(code=row.code, title=row.title, since=row.since, publication=row.publication, hidden=bool(row.hidden))


def _mine(people: Collection[str]) -> Any:
    return follows.c.person.in_(people)
