"""What was uploaded to a provider: it goes to the next person by the provider's id, until the provider forgets it."""

from datetime import datetime

from sqlalchemy import and_, delete, select

from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.tables import uploads
from bot.store.transaction import Transaction


async def find(store: Store, channel: str, account: str, reference: str, now: datetime) -> str | None:
    """The provider's id of the picture ``reference``; None when it has to be uploaded (again)."""
    one = and_(uploads.c.channel == channel, uploads.c.account == account, uploads.c.reference == reference)
    async with store.read() as connection:
        found: str | None = await connection.scalar(select(uploads.c.provider_id).where(one, uploads.c.until > now))
    return found


async def keep(store: Store, channel: str, account: str, reference: str, *, provider_id: str, until: datetime) -> None:
    """Remember under which id the provider has ``reference``, in place of any other, and for how long."""

    async def job(connection: Transaction) -> None:
        values = {
            "channel": channel,
            "account": account,
            "reference": reference,
            "provider_id": provider_id,
            "until": until,
        }
        await upsert(connection, uploads, values, lambda new: {"provider_id": new.provider_id, "until": new.until})

    await store.write(job)


async def forget(store: Store, *, now: datetime) -> int:
    """Delete what providers have forgotten. Returns how many."""

    async def job(connection: Transaction) -> int:
        return (await connection.execute(delete(uploads).where(uploads.c.until <= now))).rowcount

    return await store.write(job)
