"""Which process sends for an account whose provider limits the pace: one row, one holder, for a few seconds at a time.

The pace is kept in the memory of one sender, so there must be only one. A holder renews its lease as long as it works
and gives it up when it stops; one that died is followed when its lease ends. Clocks of several machines are expected to
agree within :data:`SKEW`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, exists, select, update

from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import sender_leases
from bot.store.transaction import Transaction

LEASE = timedelta(seconds=6)
"""How long an account waits for another sender after its own was killed."""
SKEW = timedelta(seconds=1)
"""A holder stops this long before its lease ends."""
LONGEST = LEASE * 2
"""Who sees a lease that ends later takes it over: it was taken before the clock was set back."""
_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The account is ours until ``until``. ``former``: somebody else may have sent until then; None when nobody did."""

    until: datetime
    former: datetime | None = None


async def hold(store: Store, *, channel: str, account: str, owner: str, now: datetime) -> Lease | None:
    """Take or renew the lease on an account for ``owner``; None while somebody else holds it.

    A lease from before the clock was set back holds nobody up: it is taken over as one that ended.
    """
    until = now + LEASE

    async def job(connection: Transaction) -> Lease | None:
        mine = _of(channel, account).where(sender_leases.c.owner == owner)
        if (await connection.execute(mine.values(until=until))).rowcount:
            return Lease(until=until)
        row = {"channel": channel, "account": account, "owner": owner, "until": until}
        if await insert_if_new(connection, sender_leases, **row):
            return Lease(until=until)
        return await _take_over(connection, channel, account, owner, now=now)

    return await store.write(job)


async def _take_over(connection: Transaction, channel: str, account: str, owner: str, *, now: datetime) -> Lease | None:
    columns = select(sender_leases.c.owner, sender_leases.c.until)
    place = (sender_leases.c.channel == channel) & (sender_leases.c.account == account)
    row = (await connection.execute(columns.where(place).with_for_update())).one()
    if row.owner != _NOBODY and now < row.until <= now + LONGEST:
        return None
    await connection.execute(_of(channel, account).values(owner=owner, until=now + LEASE))
    # who gave it up said when, by a clock that may be behind ours; who died may have sent just now
    return Lease(until=now + LEASE, former=min(row.until + SKEW, now) if row.owner == _NOBODY else now)


async def release(store: Store, *, channel: str, account: str, owner: str, now: datetime) -> None:
    """Give the lease of ``owner`` up; the next holder learns when."""
    mine = _of(channel, account).where(sender_leases.c.owner == owner)
    await store.write(lambda connection: connection.execute(mine.values(owner=_NOBODY, until=now)))


async def release_all(connection: Transaction) -> None:
    """Give every lease up, whoever holds it; for a process that knows that their owners are dead."""
    await connection.execute(update(sender_leases).values(owner=_NOBODY))


def is_held(*, channel: str, account: str, owner: str, now: datetime) -> ColumnElement[bool]:
    """The condition that ``owner`` holds the account, for the transaction that claims what it may send."""
    lease = and_(
        sender_leases.c.channel == channel,
        sender_leases.c.account == account,
        sender_leases.c.owner == owner,
        sender_leases.c.until > now,
    )
    return exists(select(sender_leases.c.owner).where(lease))


def _of(channel: str, account: str) -> Update:
    return update(sender_leases).where(sender_leases.c.channel == channel, sender_leases.c.account == account)
