"""The dispatcher, with a real store and the real handlers – and with one that fails."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.core.messages import Reply
from bot.dispatch import CAP, TRIES, Dispatcher
from bot.handler import Context, Outcome
from bot.store.engine import Store
from bot.store.tables import conversations, inbox, outbox
from tests.conftest import NOW
from tests.support.crowd import message, put_in
from tests.support.mind import mind
from tests.support.talk import content


async def _repeat(context: Context) -> Outcome:
    return Outcome(replies=(Reply(text=context.message.text),))


async def _fail_on_poison(context: Context) -> Outcome:
    if "poison" in context.message.text:
        raise RuntimeError(f"a bug that quotes {context.message.text}")
    return await _repeat(context)


async def work(store: Store, look_up=_repeat) -> Dispatcher:
    """Handle everything that is due."""
    dispatcher = Dispatcher(mind(store, look_up))
    while await dispatcher.take():
        await dispatcher.finish()
    return dispatcher


async def replies(store: Store) -> Sequence[str]:
    async with store.read() as connection:
        rows = (await connection.execute(select(outbox.c.reply).order_by(outbox.c.id))).scalars()
        return [row["text"] for row in rows]


async def states(store: Store) -> Sequence[str]:
    async with store.read() as connection:
        return list((await connection.execute(select(inbox.c.state).order_by(inbox.c.id))).scalars())


async def test_each_message_is_answered_in_order_of_arrival(store: Store):
    await put_in(store, [message("an", number, f"câu {number}", NOW) for number in range(30)])
    await work(store)
    assert await replies(store) == [f"câu {number}" for number in range(30)]
    assert set(await states(store)) == {"done"}


async def test_the_same_words_twice_are_answered_twice(store: Store):
    await put_in(store, [message("an", 1, "dân số", NOW), message("an", 2, "dân số", NOW)])
    await work(store)
    assert await replies(store) == ["dân số", "dân số"]


async def test_a_handler_that_always_fails_costs_one_message_and_an_apology(store: Store, canaries):
    texts = ["câu một", f"poison {canaries.text}", "câu hai"]
    await put_in(store, [message("an", number, text, NOW) for number, text in enumerate(texts)])
    now = NOW
    for _ in range(TRIES):
        dispatcher = Dispatcher(replace(mind(store, _fail_on_poison), clock=lambda now=now: now))
        while await dispatcher.take():
            await dispatcher.finish()
        now = now.replace(hour=now.hour + 1)
    apology = content().say("vi", "dispatch.apology")
    assert await replies(store) == ["câu một", apology, "câu hai"]
    assert await states(store) == ["done", "dead", "done"]
    async with store.read() as connection:
        error = await connection.scalar(select(inbox.c.error).where(inbox.c.state == "dead"))
    assert error.startswith("RuntimeError at test_dispatch.py:")
    assert canaries.text not in error


async def test_a_flood_is_capped_and_explained_in_one_sentence(store: Store):
    await put_in(store, [message("an", number, f"câu {number}", NOW) for number in range(CAP * 30)])
    await put_in(store, [message("binh", 1, "câu của Bình", NOW)])
    await work(store)
    said = await replies(store)
    sentence = content().say("vi", "dispatch.flood", limit=CAP)
    assert said.count(sentence) == 1
    assert "câu của Bình" in said
    assert [text for text in said if text.startswith("câu ") and text[4:].isdecimal()] == [
        f"câu {number}" for number in range(len(said) - 2)
    ]
    assert (await states(store)).count("capped") == CAP * 30 - (len(said) - 2)


async def test_nothing_is_due_once_everything_is_handled(store: Store):
    await put_in(store, [message(f"u{number}", 1, "dân số", NOW) for number in range(40)])
    dispatcher = await work(store)
    assert await dispatcher.take() == 0
    async with store.read() as connection:
        heads = (await connection.execute(select(conversations.c.due_at, conversations.c.lease_owner))).all()
    assert {tuple(head) for head in heads} == {(None, None)}


@pytest.mark.parametrize("words", ["STOP", "ngừng", "TC"])
async def test_stop_words_are_heard_in_the_middle_of_anything(store: Store, words: str):
    await put_in(store, [message("an", 1, "danh mục", NOW), message("an", 2, words, NOW)])
    await work(store)
    assert len(await replies(store)) == 2
