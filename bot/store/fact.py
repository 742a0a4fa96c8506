"""Single values that the service keeps about itself, by name."""

from sqlalchemy import BigInteger, Text, cast, delete, select, update

from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.tables import facts
from bot.store.transaction import Transaction


async def read_fact(store: Store, name: str) -> str | None:
    """The value of ``name``, None when it was never written."""
    async with store.read() as connection:
        value: str | None = await connection.scalar(select(facts.c.value).where(facts.c.name == name))
    return value


async def write_fact(store: Store, name: str, value: str) -> None:
    """Keep ``value`` under ``name``, instead of what was there."""

    async def job(connection: Transaction) -> None:
        await upsert(connection, facts, {"name": name, "value": value}, lambda new: {"value": new.value})

    await store.write(job)


async def renew_fact(store: Store, name: str, value: str) -> bool:
    """Keep ``value`` under ``name``; whether it was not there already: of several who say the same, one hears True."""

    async def job(connection: Transaction) -> bool:
        if await insert_if_new(connection, facts, name=name, value=value):
            return True
        other = update(facts).where((facts.c.name == name) & (facts.c.value != value)).values(value=value)
        return (await connection.execute(other)).rowcount > 0

    return await store.write(job)


async def read_facts(store: Store, prefix: str) -> dict[str, str]:
    """The values whose names begin with ``prefix``, by name without it."""
    named = select(facts.c.name, facts.c.value).where(facts.c.name.startswith(prefix, autoescape=True))
    async with store.read() as connection:
        return {row.name.removeprefix(prefix): row.value for row in await connection.execute(named)}


async def drop_fact(store: Store, name: str) -> None:
    """Keep nothing under ``name`` any more."""

    async def job(connection: Transaction) -> None:
        await connection.execute(delete(facts).where(facts.c.name == name))

    await store.write(job)


async def count_up(connection: Transaction, name: str, by: int = 1) -> int:
    """Add ``by`` to the number ``name``, which begins at 0, and return it; within the caller's transaction."""
    await insert_if_new(connection, facts, name=name, value="0")
    counted = cast(cast(facts.c.value, BigInteger) + by, Text)
    statement = update(facts).where(facts.c.name == name).values(value=counted).returning(facts.c.value)
    return int((await connection.execute(statement)).scalar_one())
