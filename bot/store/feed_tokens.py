"""Who may read which calendar: the tokens of feeds, of which only a keyed hash is kept.

A token opens the duties of one officer's agencies, or of one agency, until it is revoked; it names nobody.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store.engine import Store
from bot.store.tables import feed_tokens
from bot.store.transaction import Transaction
from bot.store.vault import Vault

SECRET_BYTES = 16
"""Entropy of a token; the caller brings it."""
_TOKEN = re.compile(r"[a-z2-7]{26}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedToken:
    """A token without what opens: whose calendar it is, either an ``officer``'s or an ``agency``'s (ids)."""

    number: int
    officer: int | None
    agency: int | None
    made_at: datetime
    revoked_at: datetime | None


def make_token(entropy: bytes) -> str:
    """The token of ``entropy``: :data:`SECRET_BYTES` bytes that nobody can guess. Raises ValueError for others."""
    if len(entropy) != SECRET_BYTES:
        raise ValueError(f"a token has {SECRET_BYTES} bytes, not {len(entropy)}")
    return base64.b32encode(entropy).decode().rstrip("=").lower()


async def add_token(
    store: Store, token: str, *, officer: int | None = None, agency: int | None = None, now: datetime
) -> FeedToken:
    """Let ``token`` open the calendar of an officer or of an agency from now on."""
    values = {"token": _hash(store.vault, token), "officer_id": officer, "agency_id": agency, "made_at": now}
    row = insert(feed_tokens).values(values).returning(feed_tokens)

    async def job(connection: Transaction) -> FeedToken:
        return _token((await connection.execute(row)).one())

    return await store.write(job)


async def find_token(store: Store, token: str) -> FeedToken | None:
    """The token, None when it is not ours or has been revoked: nobody can tell the one from the other."""
    if not _TOKEN.fullmatch(token):
        return None
    mine = feed_tokens.c.token == _hash(store.vault, token)
    async with store.read() as connection:
        found = await connection.execute(select(feed_tokens).where(mine, feed_tokens.c.revoked_at.is_(None)))
        row = found.one_or_none()
    return None if row is None else _token(row)


async def list_tokens(store: Store) -> list[FeedToken]:
    """Every token that is or was, the newest first."""
    async with store.read() as connection:
        rows = await connection.execute(select(feed_tokens).order_by(feed_tokens.c.id.desc()))
        return [_token(row) for row in rows]


async def revoke_tokens(
    store: Store, *, officer: int | None = None, agency: int | None = None, number: int | None = None, now: datetime
) -> int:
    """Let every token of an officer or of an agency, or the one with ``number``, open nothing any more. Returns how
    many did until now."""
    columns = {"officer_id": officer, "agency_id": agency, "id": number}
    mine = [feed_tokens.c[name] == value for name, value in columns.items() if value is not None]
    revoked = update(feed_tokens).where(*mine, feed_tokens.c.revoked_at.is_(None)).values(revoked_at=now)

    async def job(connection: Transaction) -> int:
        return int((await connection.execute(revoked)).rowcount)

    return await store.write(job) if mine else 0


async def forget(store: Store, *, before: datetime) -> int:
    """Delete the tokens that were revoked before ``before``. Returns how many."""
    old = delete(feed_tokens).where(feed_tokens.c.revoked_at < before)

    async def job(connection: Transaction) -> int:
        return int((await connection.execute(old)).rowcount)

    return await store.write(job)


def _hash(vault: Vault, token: str) -> str:
    return hmac.digest(vault.derive("calendar feed"), token.encode(), hashlib.sha256).hex()


def _token(row: Any) -> FeedToken:
    return FeedToken(
        number=row.id,
        officer=row.officer_id,
        agency=row.agency_id,
        made_at=row.made_at,
        revoked_at=row.revoked_at,
    )
