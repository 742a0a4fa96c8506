"""What could not be understood or stored: kept raw with its reason, where it blocks nobody."""

from datetime import datetime

from sqlalchemy import insert

from bot.store.engine import Store
from bot.store.tables import quarantine
from bot.store.transaction import Transaction

RAW_BYTES = 256 * 1024


async def set_aside(store: Store, *, channel: str, account: str, raw: bytes, reason: str, now: datetime) -> None:
    """Keep ``raw`` (its first 256 KiB) and why it was not taken."""
    row = {"channel": channel, "account": account, "raw": raw[:RAW_BYTES], "reason": reason, "received_at": now}

    async def job(connection: Transaction) -> None:
        await connection.execute(insert(quarantine).values(row))

    await store.write(job)
