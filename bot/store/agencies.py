"""The agencies that have duties, as they were imported."""

from typing import Any

from sqlalchemy import select

from bot.core.local_time import local_day
from bot.core.obligations.agency import Agency, AgencyKind
from bot.store.engine import Store
from bot.store.tables import agencies


async def read_agencies(store: Store) -> dict[int, Agency]:
    """Every agency by its id, in the order in which they were first imported."""
    async with store.read() as connection:
        return {row.id: to_agency(row) for row in await connection.execute(select(agencies).order_by(agencies.c.id))}


def to_agency(row: Any) -> Agency:
    """What a row of the table says."""
    return Agency(
        id=row.id,
        province=row.province,
        name=row.name,
        kind=AgencyKind(row.kind),
        rule_set=row.rule_set,
        applied_by=row.applied_by,
        aliases=tuple(row.aliases),
        recorded_on=local_day(row.imported_at),
    )
