"""Keys of the public API: made, found, revoked. Of a key only its keyed hash is kept.

A key is signed as well: what was never ours is told from what was without asking the database.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from bot.core.local_time import local_day
from bot.store.engine import Store
from bot.store.tables import api_keys
from bot.store.transaction import Transaction
from bot.store.vault import Vault

SECRET_BYTES = 20
"""Entropy of a key; the caller brings it."""
_PREFIX = "tracuu_"
_TAG_BYTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without what opens: ``rate`` in units a minute, ``used_on`` the last day in Việt Nam (ISO)."""

    number: int
    name: str
    rate: int
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_on: str | None

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def make_key(vault: Vault, entropy: bytes) -> str:
    """The key of ``entropy``: :data:`SECRET_BYTES` bytes that nobody can guess. Raises ValueError for others."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError(f"a key has {SECRET_BYTES} bytes, not {len(entropy)}")
    return _PREFIX + base64.b32encode(entropy + _tag(vault, entropy)).decode().lower()


async def add_key(
    store: Store, key: str, *, name: str, rate: int, now: datetime, expires_at: datetime | None
) -> ApiKey:
    """Let ``key`` count from now on, as that of ``name``."""
    values = {"name": name, "rate": rate, "made_at": now, "expires_at": expires_at}
    row = insert(api_keys).values(hash=_hash(store.vault, key), **values).returning(api_keys)

    async def job(connection: Transaction) -> ApiKey:
        return _key((await connection.execute(row)).one())

    return await store.write(job)


async def find_key(store: Store, key: str, *, now: datetime) -> ApiKey | None:
    """The key, None when it is not ours or counts no more. The day of its use is noted, once a day."""
    if not _is_ours(store.vault, key):
        return None
    async with store.read() as connection:
        mine = select(api_keys).where(api_keys.c.hash == _hash(store.vault, key))
        row = (await connection.execute(mine)).one_or_none()
    found = _key(row) if row is not None else None
    if found is None or not found.counts(now):
        return None
    today = local_day(now).isoformat()
    if found.used_on != today:
        await _note_use(store, found, today)
    return found


async def list_keys(store: Store) -> list[ApiKey]:
    """Every key that is or was, the newest first."""
    async with store.read() as connection:
        return [_key(row) for row in await connection.execute(select(api_keys).order_by(api_keys.c.id.desc()))]


async def revoke_key(store: Store, number: int, *, now: datetime) -> ApiKey | None:
    """Let a key count no more; None when there is none with that number. Safe to repeat."""

    async def job(connection: Transaction) -> ApiKey | None:
        mine = api_keys.c.id == number
        await connection.execute(update(api_keys).where(mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=now))
        row = (await connection.execute(select(api_keys).where(mine))).one_or_none()
        return None if row is None else _key(row)

    return await store.write(job)


async def forget(store: Store, *, before: datetime) -> int:
    """Delete the keys that have counted no more since ``before``. Returns how many."""
    old = delete(api_keys).where(or_(api_keys.c.revoked_at < before, api_keys.c.expires_at < before))

    async def job(connection: Transaction) -> int:
        return int((await connection.execute(old)).rowcount)

    return await store.write(job)


async def _note_use(store: Store, key: ApiKey, day: str) -> None:
    async def job(connection: Transaction) -> None:
        await connection.execute(update(api_keys).where(api_keys.c.id == key.number).values(used_on=day))

    await store.write(job)


def _is_ours(vault: Vault, key: str) -> bool:
    text = key.removeprefix(_PREFIX)
    if text == key or len(text) != (SECRET_BYTES + _TAG_BYTES) * 8 // 5 or not text.isascii() or text != text.lower():
        return False
    try:
        whole = base64.b32decode(text.upper())
    except ValueError:
        return False
    return hmac.compare_digest(whole[SECRET_BYTES:], _tag(vault, whole[:SECRET_BYTES]))


def _tag(vault: Vault, entropy: bytes) -> bytes:
    return hmac.digest(vault.derive("api key tag"), entropy, hashlib.sha256)[:_TAG_BYTES]


def _hash(vault: Vault, key: str) -> str:
    return hmac.digest(vault.derive("api key"), key.encode(), hashlib.sha256).hex()


def _key(row: Any) -> ApiKey:
    return ApiKey(
        number=row.id,
        name=row.name,
        rate=row.rate,
        made_at=row.made_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_on=row.used_on,
    )
