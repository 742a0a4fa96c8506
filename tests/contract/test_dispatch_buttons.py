"""Pressed buttons on their way through the dispatcher: long values, and the message whose place the answer takes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.messages import Reply
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.store import long_choices
from bot.store.engine import Store
from bot.store.tables import outbox
from tests.conftest import NOW
from tests.support.crowd import message, put_in
from tests.support.mind import mind
from tests.support.talk import content

QUESTION = "dân số xã Tịnh Khê " * 8
PAGE = Reply(text="Trang 2", turns=True)


async def _repeat(context: Context) -> Outcome:
    return Outcome(replies=(Reply(text=context.choice or ""),))


async def pressed(store: Store, choice: str, look_up=_repeat, **fields: Any) -> Sequence[dict[str, Any]]:
    """What is answered to a press of the button that carries ``choice``."""
    await put_in(store, [replace(message("an", 1, "", NOW), choice=choice, **fields)])
    dispatcher = Dispatcher(mind(store, look_up))
    while await dispatcher.take():
        await dispatcher.finish()
    async with store.read() as connection:
        return list((await connection.execute(select(outbox.c.reply).order_by(outbox.c.id))).scalars())


async def test_a_shortened_value_is_handled_as_what_it_stands_for(store: Store):
    value = f"lookup:{QUESTION}"
    owner = store.vault.person(message("an", 1, "", NOW).address)
    carried = (await long_choices.shorten(store, owner, [value], now=NOW))[value]
    assert [reply["text"] for reply in await pressed(store, carried)] == [QUESTION]


async def test_a_button_that_was_shown_to_somebody_else_says_nothing_of_what_they_wrote(store: Store):
    value = f"lookup:{QUESTION}"
    theirs = (await long_choices.shorten(store, "b" * 32, [value], now=NOW))[value]
    (reply,) = await pressed(store, theirs)
    assert QUESTION not in reply["text"]


async def test_a_value_that_is_forgotten_is_said_to_have_lapsed(store: Store):
    (reply,) = await pressed(store, "~" + "a" * 43)
    lapsed = content().say("vi", "fallback.lapsed", example="“dân số Quảng Ngãi”")
    assert reply["text"] == lapsed


def turning(*replies: Reply):
    async def handle(_context: Context) -> Outcome:
        return Outcome(replies=replies)

    return handle


CASES = {
    "another page": ((PAGE,), "4711", ["4711"]),
    "another page where nothing can be changed": ((PAGE,), None, [None]),
    "something else": ((Reply(text="a"),), "4711", [None]),
    "a page and more": ((PAGE, Reply(text="a")), "4711", [None, None]),
}


@pytest.mark.parametrize(("replies", "number", "replaced"), CASES.values(), ids=CASES)
async def test_only_another_page_takes_the_place_of_the_pressed_message(store: Store, replies, number, replaced):
    answers = await pressed(store, "lookup:q", turning(*replies), pressed=number)
    assert [reply.get("replaces") for reply in answers] == replaced
