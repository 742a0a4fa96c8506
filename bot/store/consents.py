"""Consent to notices: every change is a row with its evidence; the latest for a topic counts.

It is a person's, not an address's: what was said to one of our accounts counts on the others that the person has.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select

from bot.core.balance import Member
from bot.core.effects import RecordConsent
from bot.store.engine import Store
from bot.store.tables import consents, conversations
from bot.store.transaction import Transaction


async def record(connection: Transaction, person: str, consent: RecordConsent, *, now: datetime) -> None:
    """Write down that consent was given or withdrawn."""
    await connection.execute(
        insert(consents).values(
            person=person, topic=consent.topic, given=int(consent.given), evidence=consent.evidence, at=now
        )
    )


async def agreed(store: Store, people: Collection[str], topic: str) -> bool:
    """Whether somebody who is known as each of ``people`` wants notices on ``topic`` now; never having been asked means
    no."""
    async with store.read() as connection:
        latest = await connection.scalar(
            select(consents.c.given)
            .where(consents.c.person.in_(people), (consents.c.topic == topic) | consents.c.topic.is_(None))
            .order_by(consents.c.id.desc())
            .limit(1)
        )
    return bool(latest)


async def wants_nothing(connection: Transaction, people: Sequence[str]) -> bool:
    """Whether somebody who is known as each of ``people`` has said to want no notices, and asked for none since."""
    return bool(await unwilling(connection, [people]))


async def unwilling(connection: Transaction, everybody: Sequence[Sequence[str]]) -> frozenset[str]:
    """The first name of each of ``everybody`` who, under whichever of their names, wants no notices at all."""
    names = sorted({name for people in everybody for name in people})
    if not names:
        return frozenset()
    said = select(consents.c.id, consents.c.person, consents.c.topic, consents.c.given)
    stopped, wished = dict[str, int](), dict[str, int]()
    for row in await connection.execute(said.where(consents.c.person.in_(names)).order_by(consents.c.id)):
        if row.given:
            wished[row.person] = row.id
        elif row.topic is None:
            stopped[row.person] = row.id
    return frozenset(people[0] for people in everybody if _last(stopped, people) > _last(wished, people))


def _last(said: dict[str, int], people: Sequence[str]) -> int:
    return max(said.get(name, 0) for name in people)


async def places(store: Store) -> list[Member]:
    """Our accounts to which anybody has said anything about notices, also those that we have no more."""
    said = select(conversations.c.channel, conversations.c.account).distinct()
    async with store.read() as connection:
        found = await connection.execute(said.where(conversations.c.person.in_(select(consents.c.person))))
        return sorted((row.channel, row.account) for row in found)
