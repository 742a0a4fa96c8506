"""Transactions of two processes that cross on PostgreSQL, statement by statement. On SQLite the write lane lets none cross."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Receipt, Reply
from bot.store import conversations, inbox, outbox, receipts, sending, turns
from bot.store.conversations import EVERYBODY
from bot.store.engine import Store
from bot.store.intake import insert_batch
from bot.store.outbox import Draft
from bot.store.sending import SentPart
from bot.store.tables import conversations as conversations_table
from bot.store.tables import outbox as outbox_table
from bot.store.tables import outbox_heads, outbox_parts
from bot.store.transaction import Transaction
from bot.store.turns import Turn
from tests.support.rows import NOW, address, claim_one, message, queue, receive, rows

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass(slots=True)
class Held:
    """A transaction that stops behind its ``after``-th statement until it is let go."""

    connection: Transaction
    after: int
    reached: asyncio.Event
    go: asyncio.Event

    @property
    def dialect(self) -> Any:
        return self.connection.dialect

    async def execute(self, statement: Any, parameters: Any = None, /) -> Any:
        result = await self.connection.execute(statement, parameters)
        await self._stop()
        return result

    async def scalar(self, statement: Any, parameters: Any = None, /) -> Any:
        result = await self.connection.scalar(statement, parameters)
        await self._stop()
        return result

    async def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Any:
        return await self.connection.exec_driver_sql(statement, parameters)

    async def run_sync(self, work: Any, /, *arguments: Any, **named: Any) -> Any:
        return await self.connection.run_sync(work, *arguments, **named)

    async def _stop(self) -> None:
        self.after -= 1
        if self.after == 0:
            self.reached.set()
            await self.go.wait()


@dataclass(slots=True)
class Crossing:
    """``job`` under way, stopped in the middle, until :meth:`finish`."""

    writing: asyncio.Task[Any]
    go: asyncio.Event

    @classmethod
    async def begin(cls, store: Store, job: Any, *, after: int) -> "Crossing":
        reached, go = asyncio.Event(), asyncio.Event()
        writing = asyncio.create_task(store.write(lambda connection: job(Held(connection, after, reached, go))))
        await asyncio.wait_for(reached.wait(), 10)
        return cls(writing, go)

    async def finish(self, *others: asyncio.Task[Any]) -> None:
        self.go.set()
        await asyncio.gather(self.writing, *others)


def receipt(state: DeliveryState) -> Receipt:
    return Receipt(channel="web", account="main", provider_id="m-1", state=state, at=NOW)


async def test_a_higher_report_that_arrives_while_a_part_is_recorded_is_not_lost(store, open_another):
    other = await open_another("other")
    await receipts.accept(other, [receipt(DeliveryState.SENT)])

    async def record(connection):
        state = (await receipts.heard(connection, address(), ["m-1"]))["m-1"]
        part = {"outbox_id": 1, "number": 0, "channel": "web", "account": "main", "provider_id": "m-1", "at": NOW}
        await connection.execute(outbox_parts.insert().values(**part, state=int(state)))

    recording = await Crossing.begin(store, record, after=1)
    await receipts.accept(other, [receipt(DeliveryState.READ)])
    await recording.finish()
    await receipts.join_left_over(store)
    assert await rows(store, outbox_parts, "state") == [(int(DeliveryState.READ),)]


async def test_a_message_that_arrives_while_the_last_one_is_settled_stays_due(store, open_another):
    other = await open_another("other")
    await receive(store, message(1))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, address(), limit=1)

    async def settle(connection):
        await conversations.hold(connection, claimed)
        await inbox.finish(connection, waiting.id, state="done", now=NOW)
        await conversations.settle(connection, claimed, now=NOW, release=True)

    settling = await Crossing.begin(store, settle, after=3)
    arriving = asyncio.create_task(insert_batch(other, [inbox.seal(other.vault, message(2))]))
    await asyncio.sleep(0.2)
    assert not arriving.done()
    await settling.finish(arriving)
    assert await claim_one(store)


async def test_an_answer_that_is_queued_while_its_queue_is_settled_stays_due(store, open_another):
    other = await open_another("other")
    await receive(store, message(1))
    await queue(store, "first")
    (head,) = await outbox.claim_heads(store, channel="web", account="main", now=NOW, limit=9)
    (first,) = await outbox.due(store, head, now=NOW, limit=9)
    await sending.close(store, first.id, outbox.OutboxState.SENT, now=NOW)
    draft = Draft(
        person=head.person,
        channel="web",
        account="main",
        lane=Lane.ANSWER,
        reply=Reply(text="second"),
        language="vi",
        origin="test",
        dedupe_key="second",
    )
    queueing = await Crossing.begin(other, lambda connection: outbox.enqueue(connection, draft, now=NOW), after=1)
    await sending.settle(store, head, now=NOW)
    await queueing.finish()
    (head,) = await outbox.claim_heads(store, channel="web", account="main", now=NOW, limit=9)
    assert [one.reply.text for one in await outbox.due(store, head, now=NOW, limit=9)] == ["second"]


PEOPLE = [f"p{number}" for number in range(6)]
ROUNDS = 10


async def accept(store: Store, step: int) -> None:
    mixed = [message(f"{store.owner}-{step}-{turn}", user=user) for turn, user in enumerate(PEOPLE * 2)]
    await insert_batch(store, [inbox.seal(store.vault, item) for item in mixed])


async def work(store: Store, step: int) -> None:
    for claimed in await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=3):
        talk = claimed.conversation
        for waiting in await inbox.waiting(store, claimed.person, talk.address, limit=4):
            reply = Reply(text=str(waiting.id))
            turn = Turn(waiting=waiting, conversation=talk, replies=[reply], state="", data={}, effects=())
            talk = await turns.commit(store, claimed, turn, now=NOW, release=False)
        await turns.give_back(store, claimed, now=NOW)


async def send(store: Store, step: int) -> None:
    for head in await outbox.claim_heads(store, channel="web", account="main", now=NOW, limit=3):
        for item in await outbox.due(store, head, now=NOW, limit=4):
            part = SentPart(outbox_id=item.id, number=0, provider_id=f"m-{item.id}", state=DeliveryState.SENT, at=NOW)
            await sending.record_part(store, head, part, last=True)
        await sending.settle(store, head, now=NOW)


async def report(store: Store, step: int) -> None:
    parts = [f"m-{number}" for number in range(step * 8, step * 8 + 16)]
    states = (DeliveryState.READ, DeliveryState.DELIVERED)
    said = [replace(receipt(state), provider_id=part) for part in parts for state in states]
    await receipts.accept(store, said)


async def test_four_processes_that_do_everything_at_once_lose_double_and_shuffle_nothing(store, open_another):
    stores = [store, *[await open_another(f"process {number}") for number in range(3)]]
    for step in range(ROUNDS):
        await asyncio.gather(*(job(one, step) for job in (accept, work, send, report) for one in stores))
    for step in range(200):
        await asyncio.gather(*(job(one, step) for job in (work, send) for one in stores))
        heads = await rows(store, conversations_table, "due_at") + await rows(store, outbox_heads, "due_at")
        if set(heads) == {(None,)}:
            break
    await receipts.join_left_over(store, limit=10_000)
    replies = await rows(store, outbox_table, "person", "reply", "state")
    assert len(replies) == ROUNDS * len(stores) * len(PEOPLE) * 2
    assert {state for _, _, state in replies} == {"sent"}
    for person in PEOPLE:
        mine = [int(reply["text"]) for owner, reply, _ in replies if owner == store.vault.person(address(person))]
        assert mine == sorted(mine)
    states = dict(await rows(store, outbox_parts, "provider_id", "state"))
    assert {states[f"m-{number}"] for number in range(1, ROUNDS * 8)} == {int(DeliveryState.READ)}
