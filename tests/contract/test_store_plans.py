"""No step reads more because somebody has a backlog, or because the service has a long past: the plans on both engines."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, insert

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Receipt
from bot.store import conversations, inbox, receipts, sending, stats, sweep
from bot.store.conversations import EVERYBODY
from bot.store.engine import Store
from bot.store.outbox import Head, claim_heads, due
from bot.store.tables import conversations as conversations_table
from bot.store.tables import inbox as inbox_table
from bot.store.tables import outbox, outbox_heads, outbox_parts
from bot.store.tables import receipts as receipts_table
from tests.support.rows import MINUTE, NOW, address, analyze, message, plans, receive, statements

PAST, PEOPLE, BACKLOG = 10_000, 2_000, 2_000
LATER = NOW + MINUTE * 600
BLANK = {"channel": "web", "account": "main"}
_READS_ALL = re.compile(r"(?:SCAN|Seq Scan on) (inbox|outbox|outbox_heads|outbox_parts|conversations|receipts)\b(.*)")
_BY_ID = re.compile(r"Index Scan using (inbox_pkey|outbox_pkey) on \w+  .*\n\s+Filter")


async def fill(store: Store, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 1000):
        batch = rows[start : start + 1000]
        await store.write(lambda connection, batch=batch: connection.execute(insert(table), batch))


def inbox_row(number: int, person: str, state: str) -> dict[str, Any]:
    return {**BLANK, "external_id": f"{state}-{number}", "person": person, "body": {}, "received_at": NOW} | {
        "state": state,
        "attempts": 0,
    }


def outbox_row(number: int, person: str, state: str, lane: Lane, not_before: Any) -> dict[str, Any]:
    return {**BLANK, "person": person, "lane": int(lane), "reply": {"text": ""}, "language": "vi", "origin": "x"} | {
        "dedupe_key": f"{state}-{lane}-{number}",
        "created_at": NOW,
        "not_before": not_before,
        "state": state,
        "attempts": 0,
        "resends": 0,
    }


@pytest.fixture
async def busy(store: Store) -> Store:
    """A long past, many people with a reminder for later, and one who floods on both sides."""
    await receive(store, message(0, user="flood"), message(0, user="binh"))
    flooder = store.vault.person(address("flood"))
    sealed = inbox.seal(store.vault, message(0)).sealed
    people = [f"idle-{number}" for number in range(PEOPLE)]
    blank = {**BLANK, "sealed": sealed, "state": "", "data": {}, "choices": [], "language": "vi"}
    await fill(
        store,
        conversations_table,
        [{**blank, "person": person, "version": 0, "mail_count": 0} for person in people],
    )
    await fill(store, inbox_table, [inbox_row(n, people[n % PEOPLE], "done") for n in range(PAST)])
    await fill(store, inbox_table, [inbox_row(n, flooder, "pending") for n in range(BACKLOG)])
    answers = [outbox_row(n, people[n % PEOPLE], "sent", Lane.ANSWER, NOW) for n in range(PAST)]
    flood = [outbox_row(n, flooder, "queued", Lane.ANSWER, NOW) for n in range(BACKLOG)]
    reminders = [outbox_row(n, person, "queued", Lane.REMINDER, LATER) for n, person in enumerate(people)]
    await fill(store, outbox, answers + flood + reminders)
    heads = [{**BLANK, "person": person, "lane": int(Lane.ANSWER), "due_at": None} for person in people]
    heads += [{**BLANK, "person": flooder, "lane": int(Lane.ANSWER), "due_at": NOW}]
    heads += [{**BLANK, "person": person, "lane": int(Lane.REMINDER), "due_at": LATER} for person in people]
    await fill(store, outbox_heads, heads)
    parts = {**BLANK, "number": 0, "state": 1, "at": NOW}
    await fill(store, outbox_parts, [{**parts, "outbox_id": n, "provider_id": f"p{n}"} for n in range(PAST)])
    heard = {**BLANK, "state": 6, "detail": "", "at": NOW, "joined": 1}
    await fill(store, receipts_table, [{**heard, "provider_id": f"p{n}"} for n in range(PAST)])
    await analyze(store)
    return store


def head(store: Store) -> Head:
    return Head(person=store.vault.person(address("flood")), lane=Lane.ANSWER, address=address("flood"), owner="test")


async def work_inbox(store: Store) -> None:
    claimed = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=32)
    (flooder,) = [one for one in claimed if one.conversation.address.user == "flood"]
    await inbox.waiting(store, flooder.person, flooder.conversation.address, limit=8)
    await store.write(lambda connection: inbox.next_received(connection, flooder.person))
    await store.write(lambda connection: inbox.cap(connection, flooder.person, keep=50, now=NOW))


async def work_outbox(store: Store) -> None:
    claimed = await claim_heads(store, channel="web", account="main", now=NOW, limit=64)
    assert [one.person for one in claimed] == [head(store).person]
    assert len(await due(store, claimed[0], now=NOW, limit=8)) == 8
    await sending.settle(store, claimed[0], now=NOW)


async def hear(store: Store) -> None:
    state = DeliveryState.DELIVERED
    await receipts.accept(store, [Receipt(channel="web", account="main", provider_id="p7", state=state, at=NOW)])
    await receipts.join_left_over(store)


async def expire(store: Store) -> None:
    await sweep.expire(store, now=NOW)


STEPS = {"inbox": work_inbox, "outbox": work_outbox, "receipts": hear, "expiry": expire}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
async def test_a_step_reads_only_what_it_needs(busy: Store, step) -> None:
    async with statements() as heard:
        await step(busy)
    plan = await plans(busy, heard)
    assert not [line for line in _READS_ALL.findall(plan) if "USING" not in line[1] or "sqlite_auto" in line[1]], plan
    assert not _BY_ID.search(plan), plan


async def test_a_claim_of_messages_does_not_read_what_is_due_later(busy: Store) -> None:
    async with statements() as heard:
        await claim_heads(busy, channel="web", account="main", now=NOW, limit=64)
    plan = await plans(busy, [entry for entry in heard if "UPDATE outbox_heads" in entry[0]])
    ranges = re.findall(r"lane ?=.*due_at ?<", plan)
    assert len(ranges) >= len(Lane), plan


async def test_looking_for_forgotten_rows_starts_from_the_rows_and_writes_nothing(busy: Store) -> None:
    await sweep.wake_forgotten(busy, now=NOW)
    async with statements() as heard:
        assert await sweep.wake_forgotten(busy, now=NOW) == 0
    assert not [statement for statement, _ in heard if "UPDATE" in statement]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_counting_the_dead_reads_the_dead(busy: Store, engine: str) -> None:
    async with statements() as heard:
        await stats.look(busy, now=NOW)
    plan = await plans(busy, heard)
    assert "outbox_given_up" in plan
    assert "inbox_dead" in plan
