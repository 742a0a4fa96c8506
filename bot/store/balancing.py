"""The weights between accounts that stand in for each other, shared by all processes, and what they are decided on.

What left and what was reported is read from the parts and receipts that are there anyway; only what failed is written
down for this, counted by each sender and added up every few seconds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, and_, delete, exists, func, insert, select, type_coerce, update

from bot.core.balance import LIMITS, Balance, Limits, Member, Reason, Seen, Share, at_rest, step
from bot.core.delivery import DeliveryState
from bot.core.pools import Pool
from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.tables import outbox_parts, pool_steps, pools, receipts, send_troubles
from bot.store.transaction import Transaction
from bot.store.types import from_micros, to_micros

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A step that was taken: the weights from then on, and why."""

    pool: str
    at: datetime
    reason: Reason
    weights: Mapping[Member, int]


async def note_troubles(store: Store, counts: Mapping[Member, int], *, now: datetime) -> None:
    """Add what failed by the providers' fault since it was noted last."""

    async def job(connection: Transaction) -> None:
        for (channel, account), count in sorted(counts.items()):
            row = {"channel": channel, "account": account, "at": now, "count": count}
            await upsert(connection, send_troubles, row, _added)

    await store.write(job)


def _added(new: Any) -> dict[str, Any]:
    return {"count": send_troubles.c["count"] + new["count"]}


async def rebalance(store: Store, pool: Pool, *, now: datetime, limits: Limits = LIMITS) -> Moved | None:
    """Look at what the accounts of ``pool`` showed and take the step that is due; None when nothing moves.

    Of several processes that look at once one takes it. Other accounts or weights in the settings begin anew.
    """
    async with store.read() as connection:
        known = (await connection.execute(select(pools).where(pools.c.name == pool.name))).one_or_none()
        balance = None if known is None else _balance(known)
        if balance is not None and _fits(balance, pool):
            seen = {member: await _observe(connection, member, now=now, limits=limits) for member in pool.weights}
            taken = step(balance, seen, now=now, limits=limits)
        else:
            version = 1 if balance is None else balance.version + 1
            taken = replace(at_rest(pool.weights), version=version), Reason.RESET
    if taken is None:
        return None
    after, reason = taken
    mine = await store.write(lambda connection: _take(connection, pool.name, balance, after, reason, now=now))
    return Moved(pool=pool.name, at=now, reason=reason, weights=after.weights) if mine else None


async def _take(
    connection: Transaction, name: str, before: Balance | None, after: Balance, reason: Reason, *, now: datetime
) -> bool:
    """Compare and set: whoever comes second changes nothing."""
    shares = [_document(share) for share in after.shares]
    values = {
        "version": after.version,
        "shares": shares,
        "errors_at": after.errors_at,
        "slow_at": after.slow_at,
        "moved_at": after.moved_at,
    }
    if before is None:
        mine = await insert_if_new(connection, pools, name=name, **values)
    else:
        unchanged = update(pools).where(pools.c.name == name, pools.c.version == before.version)
        mine = (await connection.execute(unchanged.values(**values))).rowcount > 0
    if mine:
        done = {"pool": name, "version": after.version, "at": now, "reason": reason, "shares": shares}
        await connection.execute(insert(pool_steps).values(**done))
    return mine


async def _observe(connection: Transaction, member: Member, *, now: datetime, limits: Limits) -> Seen:
    channel, account = member
    trouble, part = send_troubles.c, outbox_parts.c
    failed = select(func.coalesce(func.sum(trouble["count"]), 0)).where(
        trouble.channel == channel, trouble.account == account, _within(limits.error_window, now)
    )
    ours = and_(part.channel == channel, part.account == account, part.state > DeliveryState.UNKNOWN, part.at <= now)
    left = select(func.count()).select_from(outbox_parts).where(ours)
    errors = int(await connection.scalar(failed) or 0)
    tries = errors + (await connection.scalar(left.where(part.at > now - limits.error_window)) or 0)
    recent = part.at > now - limits.slow_window
    taken = await connection.scalar(left.where(recent)) or 0
    late = 0
    if taken >= limits.slow_sample and await _reports(connection, member):
        over = left.where(recent, part.at <= now - limits.slow, ~_reported_in_time(limits.slow))
        late = await connection.scalar(over) or 0
    return Seen(errors=errors, tries=tries, taken=taken, late=late)


def _within(window: timedelta, now: datetime) -> Any:
    """What was noted lately. A moment in the future is of a clock that was ahead: it says nothing about now."""
    return and_(send_troubles.c.at > now - window, send_troubles.c.at <= now)


async def _reports(connection: Transaction, member: Member) -> bool:
    """Whether this account has ever reported, as long as receipts are kept: of one that never does nothing is late."""
    channel, account = member
    mine = exists().where(receipts.c.channel == channel, receipts.c.account == account)
    return bool(await connection.scalar(select(mine)))


def _reported_in_time(slow: timedelta) -> Any:
    final = receipts.c.state >= DeliveryState.EXPIRED
    same = and_(
        receipts.c.channel == outbox_parts.c.channel,
        receipts.c.account == outbox_parts.c.account,
        receipts.c.provider_id == outbox_parts.c.provider_id,
    )
    # moments are kept as microseconds
    soon = type_coerce(receipts.c.at, BigInteger) - type_coerce(outbox_parts.c.at, BigInteger) < slow // _MICROSECOND
    return exists().where(same, final, soon)


async def read_balances(store: Store) -> dict[str, Balance]:
    """The weights of every pool, as they are now."""
    async with store.read() as connection:
        return {row.name: _balance(row) for row in await connection.execute(select(pools).order_by(pools.c.name))}


async def weights_of(connection: Transaction, pool: Pool) -> Mapping[Member, int]:
    """The weights of ``pool`` as they are now; those of rest while nothing is known of it."""
    row = (await connection.execute(select(pools).where(pools.c.name == pool.name))).one_or_none()
    if row is None or not _fits(_balance(row), pool):
        return pool.weights
    return _balance(row).weights


async def read_steps(store: Store, pool: str, *, limit: int = 100) -> list[Moved]:
    """The last steps that the weights of ``pool`` took, the newest first."""
    last = select(pool_steps).where(pool_steps.c.pool == pool).order_by(pool_steps.c.version.desc()).limit(limit)
    async with store.read() as connection:
        return [
            Moved(
                pool=pool,
                at=row.at,
                reason=Reason(row.reason),
                weights={share.member: share.weight for share in map(_share, row.shares)},
            )
            for row in await connection.execute(last)
        ]


async def is_troubled(connection: Transaction, member: Member, *, errors: int, now: datetime) -> bool:
    """Whether at least so many ``errors`` of this account were noted within the last minute."""
    trouble = send_troubles.c
    mine = (trouble.channel == member[0], trouble.account == member[1], _within(LIMITS.error_window, now))
    failed = await connection.scalar(select(func.coalesce(func.sum(trouble["count"]), 0)).where(*mine))
    return int(failed or 0) >= errors


async def forget(store: Store, names: Collection[str], *, troubles: datetime, steps: datetime) -> int:
    """Delete the troubles and the steps from before these moments, and pools that are none of ``names`` any more.
    Returns how many rows went."""

    async def job(connection: Transaction) -> int:
        await connection.execute(delete(pools).where(pools.c.name.not_in(names)))
        old = await connection.execute(delete(send_troubles).where(send_troubles.c.at < troubles))
        return old.rowcount + (await connection.execute(delete(pool_steps).where(pool_steps.c.at < steps))).rowcount

    return await store.write(job)


def _fits(balance: Balance, pool: Pool) -> bool:
    return {share.member: share.rest for share in balance.shares} == dict(pool.weights)


def _balance(row: Row[Any]) -> Balance:
    return Balance(
        shares=tuple(map(_share, row.shares)),
        version=row.version,
        errors_at=row.errors_at,
        slow_at=row.slow_at,
        moved_at=row.moved_at,
    )


def _document(share: Share) -> dict[str, Any]:
    left_at = None if share.left_at is None else to_micros(share.left_at)
    return {"member": list(share.member), "weight": share.weight, "rest": share.rest, "left_at": left_at}


def _share(document: Mapping[str, Any]) -> Share:
    channel, account = document["member"]
    left_at = None if document["left_at"] is None else from_micros(document["left_at"])
    return Share(member=(channel, account), weight=document["weight"], rest=document["rest"], left_at=left_at)
