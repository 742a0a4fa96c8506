"""What a provider counts of us: the messages of a month in both directions, and the people who ever wrote.

A message that comes in is counted in the transaction that accepts it, by the provider's id of it, so that one that is
offered twice counts once. A message that goes out is counted before it leaves – a crash may leave one too many on the
count, never one too few – and taken off again where it certainly has not left. Each is a row: there is no number that
two processes could both have read, and a count is never more than a few thousand rows of an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from bot.core.budget import Allowance, Usage, keeps_for_answers, month_of
from bot.core.messages import Address
from bot.store.dialect import insert_if_new, insert_missing
from bot.store.engine import Store
from bot.store.inbox import Entry
from bot.store.tables import budget_messages, budget_months, budget_users
from bot.store.transaction import Transaction
from bot.store.types import from_micros
from bot.store.vault import Vault

COUNTED = frozenset({"zalo-bot"})
"""The channels whose providers count what comes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Whose budget: one of our accounts."""

    channel: str
    account: str

    def rows(self, table: Table) -> ColumnElement[bool]:
        """Its rows of ``table``."""
        return (table.c.channel == self.channel) & (table.c.account == self.account)


class Grant(Enum):
    """Whether a message may go out."""

    GIVEN = auto()
    NO_PLACE = auto()  # this person came after the last place was taken
    RESERVED = auto()  # what is left is for messages that somebody waits for
    SPENT = auto()


async def count_arrivals(connection: Transaction, vault: Vault, entries: Sequence[Entry]) -> None:
    """Count what has come in, within the transaction that accepts it; ``entries`` are sorted by person."""
    counted = [entry for entry in entries if entry.channel in COUNTED]
    if not counted:
        return
    await insert_missing(
        connection,
        budget_users,
        [{"channel": entry.channel, "account": entry.account, "person": entry.person} for entry in counted],
    )
    await insert_missing(connection, budget_messages, [_arrival(vault, entry) for entry in counted])


def _arrival(vault: Vault, entry: Entry) -> dict[str, str]:
    place = {"channel": entry.channel, "account": entry.account}
    # hashed: a provider's id of a message may name its author
    key = vault.person(Address(**place, user=f"message {entry.external_id}"))
    return {**place, "month": month_of(from_micros(entry.received_at)), "key": key}


async def take(
    store: Store, ledger: Ledger, person: str, *, allowance: Allowance, reserve: bool, now: datetime
) -> tuple[Grant, int]:
    """Count one message to ``person`` if the budget allows it, and its number for :func:`give_back`.

    With ``reserve`` it is one that nobody waits for, which leaves the last part of the budget alone.
    """
    month = month_of(now)

    async def job(connection: Transaction) -> tuple[Grant, int]:
        await _hold(connection, ledger, month)
        if not await _has_place(connection, ledger, person, allowance.users):
            return Grant.NO_PLACE, 0
        used = await _used(connection, ledger, month)
        if used >= allowance.messages:
            return Grant.SPENT, 0
        if reserve and keeps_for_answers(used, allowance.messages):
            return Grant.RESERVED, 0
        row = {"channel": ledger.channel, "account": ledger.account, "month": month, "key": None}
        counted = insert(budget_messages).values(row).returning(budget_messages.c.id)
        return Grant.GIVEN, int((await connection.execute(counted)).scalar_one())

    return await store.write(job)


async def give_back(store: Store, ledger: Ledger, number: int, *, now: datetime) -> int:
    """Take a message off the count that has not left; how many of this month are counted then."""

    async def job(connection: Transaction) -> int:
        await connection.execute(delete(budget_messages).where(budget_messages.c.id == number))
        return await _used(connection, ledger, month_of(now))

    return await store.write(job)


async def look(store: Store, ledger: Ledger, *, now: datetime) -> Usage:
    """What is used at ``now``."""
    month, rows = month_of(now), ledger.rows(budget_messages)
    count = select(func.count(budget_messages.c.key), func.count()).where(rows, budget_messages.c.month == month)
    users = select(func.count()).select_from(budget_users).where(ledger.rows(budget_users))
    async with store.read() as connection:
        received, messages = (await connection.execute(count)).one()
        return Usage(
            month=month, received=received, sent=messages - received, users=int(await connection.scalar(users) or 0)
        )


async def look_at_all(store: Store, *, now: datetime) -> dict[Ledger, Usage]:
    """The same for every account of which anything is counted."""
    messages, month = budget_messages.c, month_of(now)
    count = select(messages.channel, messages.account, func.count(messages.key), func.count())
    places = select(budget_users.c.channel, budget_users.c.account, func.count())
    async with store.read() as connection:
        users = {
            (channel, account): number
            for channel, account, number in await connection.execute(
                places.group_by(budget_users.c.channel, budget_users.c.account)
            )
        }
        counted = {
            (channel, account): (received, every - received)
            for channel, account, received, every in await connection.execute(
                count.where(messages.month == month).group_by(messages.channel, messages.account)
            )
        }
    found = {}
    for channel, account in sorted(users.keys() | counted.keys()):
        received, sent = counted.get((channel, account), (0, 0))
        usage = Usage(month=month, received=received, sent=sent, users=users.get((channel, account), 0))
        found[Ledger(channel=channel, account=account)] = usage
    return found


async def tell_level(store: Store, ledger: Ledger, level: int, *, now: datetime) -> bool:
    """Whether an operator is to be told of ``level`` now: once a month, by whichever process asks first."""
    month = month_of(now)
    mine = ledger.rows(budget_months) & (budget_months.c.month == month) & (budget_months.c.told < level)

    async def job(connection: Transaction) -> bool:
        await _hold(connection, ledger, month)
        return (await connection.execute(update(budget_months).where(mine).values(told=level))).rowcount > 0

    return await store.write(job)


async def forget(store: Store, *, now: datetime) -> int:
    """Delete the counts of months before the last one. Returns how many rows went."""
    this_year, this_month = map(int, month_of(now).split("-"))
    last = f"{this_year - (this_month == 1):04}-{(this_month - 2) % 12 + 1:02}"

    async def job(connection: Transaction) -> int:
        gone = 0
        for table in (budget_messages, budget_months):
            gone += (await connection.execute(delete(table).where(table.c.month < last))).rowcount
        return gone

    return await store.write(job)


async def forget_person(connection: Transaction, person: str) -> int:
    """Forget who had a place; that it is taken stays, as the provider goes on counting it."""
    mine = update(budget_users).where(budget_users.c.person == person)
    return (await connection.execute(mine.values(person=None))).rowcount


async def _hold(connection: Transaction, ledger: Ledger, month: str) -> None:
    """Have this account's month to ourselves until the transaction ends: what is counted now stays true."""
    row = {"channel": ledger.channel, "account": ledger.account, "month": month}
    await insert_if_new(connection, budget_months, **row, told=0)
    mine = ledger.rows(budget_months) & (budget_months.c.month == month)
    await connection.execute(select(budget_months.c.told).where(mine).with_for_update())


async def _used(connection: Transaction, ledger: Ledger, month: str) -> int:
    mine = ledger.rows(budget_messages) & (budget_messages.c.month == month)
    return int(await connection.scalar(select(func.count()).select_from(budget_messages).where(mine)) or 0)


async def _has_place(connection: Transaction, ledger: Ledger, person: str, places: int) -> bool:
    """Whether ``person`` is among the first ``places`` who came; whoever is new here takes the next one."""
    row = {"channel": ledger.channel, "account": ledger.account, "person": person}
    await insert_missing(connection, budget_users, [row])
    mine = select(budget_users.c.id).where(ledger.rows(budget_users), budget_users.c.person == person)
    number = int((await connection.execute(mine)).scalar_one())
    before = select(func.count()).select_from(budget_users).where(ledger.rows(budget_users), budget_users.c.id < number)
    return int(await connection.scalar(before) or 0) < places
