"""An outbox full of notices, and people who ask meanwhile."""

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert

from bench.database import now
from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage, Reply
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.reply import to_document
from bot.store.tables import outbox as outbox_table
from bot.store.tables import outbox_heads
from bot.store.transaction import Transaction
from gateway.channel import AccountSettings

TEXT = "Dan so tinh Quang Ngai: 2.161.755 nguoi, so lieu den 12/06/2025, theo NQ 202/2025/QH15. Soan DL 2 gui 8179"
_ASKING = 100


async def fill(store: Store, account: AccountSettings, users: Sequence[str], *, messages: int) -> None:
    """``messages`` notices for ``users`` of ``account`` in turn, no two alike."""
    place = {"channel": account.channel, "account": account.account}
    persons = await acquaint(store, account, users)
    at = now()
    lane = {**place, "lane": int(Lane.BROADCAST)}
    heads = [{"person": person, **lane, "due_at": at, "waiting_since": at} for person in persons]
    await put(store, outbox_heads, heads)
    row = {**lane, "language": "vi", "origin": "bench", "created_at": at, "not_before": at}
    row |= {"state": "queued", "attempts": 0, "resends": 0}
    numbered = (
        {
            **row,
            "person": persons[number % len(persons)],
            "dedupe_key": f"n{number}",
            "reply": to_document(notice(number)),
        }
        for number in range(messages)
    )
    await put(store, outbox_table, list(numbered))
    await store.write(lambda connection: connection.exec_driver_sql("ANALYZE"))


def notice(number: int) -> Reply:
    """One notice: a provider may refuse a person the same words twice."""
    return Reply(text=f"{TEXT} ({number})")


def subscribers(people: int) -> list[str]:
    """Those whom notices wait for."""
    return [f"+8490{number:07}" for number in range(people)]


def asking() -> list[str]:
    """Those who ask meanwhile."""
    return [f"+8491{number:07}" for number in range(_ASKING)]


async def acquaint(store: Store, account: AccountSettings, users: Sequence[str]) -> list[str]:
    """Let ``users`` have written once, so that their addresses are known; their persons."""
    intake, at = Intake(store), now()
    addresses = [Address(channel=account.channel, account=account.account, user=user) for user in users]
    hello = [InboundMessage(address=one, external_id=one.user, text="HD", received_at=at) for one in addresses]
    for start in range(0, len(hello), 500):
        await intake.accept(hello[start : start + 500])
    return [store.vault.person(address) for address in addresses]


async def put(store: Store, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert ``rows``, a thousand at a time."""
    for start in range(0, len(rows), 1000):
        batch = rows[start : start + 1000]
        await store.write(functools.partial(_insert, table, batch))


async def _insert(table: Table, rows: list[dict[str, Any]], connection: Transaction) -> None:
    await connection.execute(insert(table), rows)
