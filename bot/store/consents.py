"""Consent to notices: every change is a row with its evidence; the latest for a topic counts."""

from datetime import datetime

from sqlalchemy import insert, select

from bot.core.effects import RecordConsent
from bot.store.engine import Store
from bot.store.tables import consents
from bot.store.transaction import Transaction


async def record(connection: Transaction, person: str, consent: RecordConsent, *, now: datetime) -> None:
    """Write down that consent was given or withdrawn."""
    await connection.execute(
        insert(consents).values(
            person=person, topic=consent.topic, given=int(consent.given), evidence=consent.evidence, at=now
        )
    )


async def agreed(store: Store, person: str, topic: str) -> bool:
    """Whether ``person`` wants notices on ``topic`` now; never having been asked means no."""
    async with store.read() as connection:
        latest = await connection.scalar(
            select(consents.c.given)
            .where(consents.c.person == person, (consents.c.topic == topic) | consents.c.topic.is_(None))
            .order_by(consents.c.id.desc())
            .limit(1)
        )
    return bool(latest)


async def wants_nothing(connection: Transaction, person: str) -> bool:
    """Whether the last that ``person`` said was to want no notices at all."""
    last = select(consents.c.topic, consents.c.given).where(consents.c.person == person)
    row = (await connection.execute(last.order_by(consents.c.id.desc()).limit(1))).one_or_none()
    return row is not None and row.topic is None and not row.given
