"""The pairs of tokens with which our accounts speak to a provider that replaces both at each refresh.

A refresh token can be used once, so one process refreshes at a time: it takes the pair's lease, asks the provider, and
stores the new pair before anybody uses it. Whoever finds a lease that has ended finds a refresh that nobody saw end:
its token may be spent, so the pair is of unknown state and is never refreshed again. A person has to log in.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import tokens
from bot.store.transaction import Transaction

TOPIC = "tokens"
LEASE = timedelta(seconds=30)
"""How long a refresh may take: much longer than the caller waits for the provider."""
LONGEST = LEASE * 2
"""A lease that ends later was taken before the clock was set back: its end has been missed."""
CRASHED = "a refresh was begun and nobody saw it end"
RESTORED = "restored from a backup: the pair may have been replaced since"


class TokenState(StrEnum):
    """Whether a pair can be used."""

    GOOD = "good"
    UNKNOWN = "unknown"  # a refresh got no answer: its token may be spent, and what came for it is lost
    REFUSED = "refused"  # the provider does not refresh it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both tokens; neither is ever shown."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPair:
    """A pair as it is kept. ``version`` grows with every pair of the account; ``reason`` is why it is not good.

    ``refresher`` refreshes it until ``refreshing_until``; None = nobody.
    """

    pair: Pair
    version: int
    state: TokenState
    obtained_at: datetime
    expires_at: datetime
    refresher: str | None = None
    refreshing_until: datetime | None = None
    reason: str = ""

    def is_abandoned(self, now: datetime) -> bool:
        """Whether its refresher has died: a claim of this version will say so."""
        return self.refreshing_until is not None and _has_ended(self.refreshing_until, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose pair: one of our accounts on a channel."""

    channel: str
    account: str


async def find(store: Store, place: Place) -> StoredPair | None:
    """The pair of an account, None when nobody ever logged in."""
    async with store.read() as connection:
        row = (await connection.execute(select(tokens).where(_of(place)))).one_or_none()
    return None if row is None else _open(store, place, row)


async def list_states(store: Store) -> dict[Place, TokenState]:
    """The state of every pair; one whose refresher has died counts as good until somebody wants to refresh it."""
    query = select(tokens.c.channel, tokens.c.account, tokens.c.state).order_by(tokens.c.channel, tokens.c.account)
    async with store.read() as connection:
        rows = (await connection.execute(query)).all()
    return {Place(channel=row.channel, account=row.account): TokenState(row.state) for row in rows}


async def put(store: Store, place: Place, pair: Pair, *, now: datetime, expires_at: datetime) -> int:
    """Keep ``pair``, which a person's log-in gave, whatever was there; returns its version."""

    async def job(connection: Transaction) -> int:
        version = 1
        row = _row(store, place, pair, version=version, now=now, expires_at=expires_at)
        if await insert_if_new(connection, tokens, channel=place.channel, account=place.account, **row):
            return version
        known = select(tokens.c.version).where(_of(place)).with_for_update()
        version = int(await connection.scalar(known)) + 1
        row = _row(store, place, pair, version=version, now=now, expires_at=expires_at)
        await connection.execute(update(tokens).where(_of(place)).values(**row))
        return version

    return await store.write(job, wake=[TOPIC])


async def claim(store: Store, place: Place, *, version: int, refresher: str, now: datetime) -> StoredPair | None:
    """Take the lease to refresh ``version``; whoever is ``refresher`` of what this returns may do so, until a
    :data:`LEASE` from ``now``.

    What is returned may have another version (somebody was faster), another refresher (somebody is about it) or a state
    that is not good. None when there is no pair.
    """

    async def job(connection: Transaction) -> StoredPair | None:
        row = (await connection.execute(select(tokens).where(_of(place)).with_for_update())).one_or_none()
        if row is None:
            return None
        changes = _claimed(row, version=version, refresher=refresher, now=now)
        if changes:
            await connection.execute(update(tokens).where(_of(place)).values(**changes))
        return _open(store, place, row, **changes)

    return await store.write(job)


async def replace(store: Store, place: Place, pair: Pair, *, version: int, now: datetime, expires_at: datetime) -> bool:
    """Keep ``pair``, which a refresh of ``version`` gave; whether it was kept: not when a log-in has come between.

    A pair that came late, when its lease had ended and others took it for lost, is good all the same.
    """
    row = _row(store, place, pair, version=version + 1, now=now, expires_at=expires_at)
    return await _change(store, place, version, row)


async def condemn(store: Store, place: Place, *, version: int, state: TokenState, reason: str) -> bool:
    """Say that ``version`` is of no use any more, and why; whether it was still that version."""
    return await _change(store, place, version, {"state": state, "reason": reason, **_NOBODY})


async def release(store: Store, place: Place, *, version: int, refresher: str) -> None:
    """Give the lease up: the refresh token has not left this machine, or was not looked at."""

    async def job(connection: Transaction) -> None:
        mine = _of(place) & (tokens.c.version == version) & (tokens.c.refresher == refresher)
        await connection.execute(update(tokens).where(mine).values(**_NOBODY))

    await store.write(job, wake=[TOPIC])


async def distrust_all(connection: Transaction) -> None:
    """Every pair may have been replaced since it was written down; for who restores a backup."""
    values = {"state": TokenState.UNKNOWN, "reason": RESTORED, **_NOBODY}
    await connection.execute(update(tokens).values(**values))


_NOBODY: dict[str, Any] = {"refresher": None, "refreshing_until": None}


def _claimed(row: Row[Any], *, version: int, refresher: str, now: datetime) -> dict[str, Any]:
    """What changes when ``refresher`` asks for the lease."""
    if row.state != TokenState.GOOD or row.version != version:
        return {}
    if row.refresher is None:
        return {"refresher": refresher, "refreshing_until": now + LEASE}
    if not _has_ended(row.refreshing_until, now):
        return {}
    return {"state": TokenState.UNKNOWN, "reason": CRASHED, **_NOBODY}


def _has_ended(until: datetime, now: datetime) -> bool:
    return not now < until <= now + LONGEST


async def _change(store: Store, place: Place, version: int, values: dict[str, Any]) -> bool:
    async def job(connection: Transaction) -> bool:
        still = _of(place) & (tokens.c.version == version)
        return (await connection.execute(update(tokens).where(still).values(**values))).rowcount > 0

    return await store.write(job, wake=[TOPIC])


def _row(
    store: Store, place: Place, pair: Pair, *, version: int, now: datetime, expires_at: datetime
) -> dict[str, Any]:
    plain = json.dumps([pair.access, pair.refresh]).encode()
    return {
        "version": version,
        "state": TokenState.GOOD,
        "sealed": store.vault.seal_bytes(plain, _purpose(place, version)),
        "obtained_at": now,
        "expires_at": expires_at,
        "reason": "",
        **_NOBODY,
    }


def _open(store: Store, place: Place, row: Row[Any], **changes: Any) -> StoredPair:
    access, refresh = json.loads(store.vault.open_bytes(row.sealed, _purpose(place, row.version)))
    return StoredPair(
        pair=Pair(access=access, refresh=refresh),
        version=row.version,
        state=TokenState(changes.get("state", row.state)),
        obtained_at=row.obtained_at,
        expires_at=row.expires_at,
        refresher=changes.get("refresher", row.refresher),
        refreshing_until=changes.get("refreshing_until", row.refreshing_until),
        reason=changes.get("reason", row.reason),
    )


def _purpose(place: Place, version: int) -> str:
    # neither another account's pair nor an older one can be put in its place
    return json.dumps(["token", place.channel, place.account, version])


def _of(place: Place) -> ColumnElement[bool]:
    return and_(tokens.c.channel == place.channel, tokens.c.account == place.account)
