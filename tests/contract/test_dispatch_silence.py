"""While one of our people talks to somebody the service says nothing there, and loses nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.core.messages import Address, InboundMessage, Reply, Sign, SignKind
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.store import conversations
from bot.store.consents import agreed
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import consents, inbox, outbox
from tests.support.mind import mind
from tests.support.rows import MINUTE, NOW, rows

PERSON = Address(channel="zalo", account="4000000000000000004", user="9007199254740993001")
END = NOW + timedelta(minutes=30)


async def repeat(context: Context) -> Outcome:
    return Outcome(replies=(Reply(text=context.message.text),), state="asked", data={"n": 1})


async def write(store: Store, *texts: str, whom: Address = PERSON) -> None:
    known = len(await rows(store, inbox, "id"))
    messages = [
        InboundMessage(address=whom, external_id=f"m-{known + number}", received_at=NOW, text=text)
        for number, text in enumerate(texts)
    ]
    await Intake(store).accept(messages)


async def take_over(store: Store, *, until: datetime = END, whom: Address = PERSON) -> None:
    await Intake(store).note([Sign(address=whom, kind=SignKind.TAKEN_OVER, at=NOW, until=until)])


async def work(store: Store, now: datetime) -> None:
    dispatcher = Dispatcher(mind(store, repeat, clock=lambda: now))
    while await dispatcher.take():
        await dispatcher.finish()


async def said(store: Store) -> Sequence[str]:
    return [reply["text"] for (reply,) in await rows(store, outbox, "reply")]


async def states(store: Store) -> list[tuple[Any, ...]]:
    return await rows(store, inbox, "state", "error")


async def test_nothing_is_said_while_one_of_our_people_talks(store: Store):
    await write(store, "dân số một", "dân số hai")
    await take_over(store)
    await work(store, NOW + MINUTE)
    assert await said(store) == []
    done = ("done", "silent: somebody of ours is talking there")
    assert await states(store) == [done, done], "handled, with the reason"
    other = Address(channel="zalo", account=PERSON.account, user="1")
    await write(store, "dân số", whom=other)
    await work(store, NOW + MINUTE)
    assert await said(store) == ["dân số"], "everybody else is answered"


async def test_afterwards_the_talk_goes_on_where_it_stood(store: Store):
    await write(store, "câu hỏi trước")
    await work(store, NOW)
    before = await conversations.load(store, PERSON)
    await take_over(store)
    await write(store, "trong lúc đó")
    await work(store, END - timedelta(microseconds=1))
    during = await conversations.load(store, PERSON)
    assert (during.state, during.data, during.updated_at, during.version) == (
        before.state,
        before.data,
        before.updated_at,
        before.version,
    )
    await write(store, "câu hỏi sau")
    await work(store, END)
    assert await said(store) == ["câu hỏi trước", "câu hỏi sau"]


async def test_the_last_to_take_over_decides_until_when(store: Store):
    await take_over(store)
    await take_over(store, until=END - 20 * MINUTE)
    await take_over(store, until=END + 10 * MINUTE)
    await write(store, "dân số")
    await work(store, END + 5 * MINUTE)
    assert await said(store) == []
    await write(store, "dân số")
    await work(store, END + 10 * MINUTE)
    assert await said(store) == ["dân số"]


async def test_stop_is_heard_also_then_though_nothing_is_said(store: Store):
    await write(store, "ĐK bảo trì")
    await take_over(store)
    await write(store, "STOP")
    await work(store, NOW + MINUTE)
    assert await said(store) == []
    assert await rows(store, consents, "given") == [(0,)]
    assert not await agreed(store, store.vault.people(PERSON), "maintenance")


async def test_a_call_for_help_is_answered_at_once_whoever_talks_there(store: Store):
    await take_over(store)
    await write(store, "cháy nhà ở xã Tịnh Khê", "dân số")
    await work(store, NOW + MINUTE)
    (numbers,) = await said(store)
    assert "114" in numbers
    assert [error for _, error in await states(store)] == [None, "silent: somebody of ours is talking there"]


async def test_who_was_only_taken_over_is_greeted_like_anybody_new(store: Store):
    await take_over(store)
    await write(store, "chào")
    await work(store, NOW + MINUTE)
    assert (await conversations.load(store, PERSON)).updated_at is None
