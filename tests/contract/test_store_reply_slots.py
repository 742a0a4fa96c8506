"""The slots of held requests, step by step: of two who come together one is too late, and a text goes one way only."""

import asyncio
from datetime import timedelta

import pytest

from bot.store import reply_slots
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.reply_slots import Place, SlotState
from bot.store.sweep import forget
from bot.store.tables import reply_slots as table
from tests.support.rows import NOW, address, rows

PLACE = Place(channel="sms", account="8041", external_id="mo-1")
UNTIL = NOW + timedelta(seconds=8)


async def opened(store: Store) -> None:
    await reply_slots.open_slot(store, PLACE, store.vault.person(address()), until=UNTIL)


async def offered(store: Store, *, part: str = "1:0", text: str = "xin chào", after: float = 1.0) -> bool:
    now = NOW + timedelta(seconds=after)
    return await reply_slots.offer(store, PLACE, part=part, text=text, now=now) is not None


async def state(store: Store) -> SlotState | None:
    slot = await reply_slots.look(store, PLACE)
    return slot and slot.state


async def test_what_is_offered_while_somebody_waits_is_the_answer(store: Store):
    await opened(store)
    assert await reply_slots.take(store, PLACE) is None
    assert await offered(store)
    assert await reply_slots.take(store, PLACE) == "xin chào"
    assert await reply_slots.take(store, PLACE) == "xin chào"
    assert await state(store) is SlotState.GIVEN


async def test_the_same_part_finds_its_own_slot_again_and_another_does_not(store: Store):
    await opened(store)
    assert await offered(store)
    assert await offered(store)
    assert not await offered(store, part="2:0")
    await reply_slots.take(store, PLACE)
    assert await offered(store)
    assert not await reply_slots.withdraw(store, PLACE, part="1:0")


@pytest.mark.parametrize("ended", ["its time is over", "whoever waited gave up", "nobody ever waited"])
async def test_what_comes_when_nobody_waits_goes_another_way_for_good(store: Store, ended: str):
    if ended != "nobody ever waited":
        await opened(store)
    if ended == "whoever waited gave up":
        assert await reply_slots.give_up(store, PLACE, until=UNTIL) is None
    assert not await offered(store, after=9.0)
    await opened(store)  # the request is repeated
    assert await state(store) is SlotState.ELSEWHERE
    assert not await offered(store)


async def test_who_gives_up_in_the_moment_in_which_the_text_comes_has_it(store: Store):
    await opened(store)
    assert await offered(store)
    assert await reply_slots.give_up(store, PLACE, until=UNTIL) == "xin chào"


async def test_what_nobody_took_can_be_taken_back_and_then_nobody_gets_it(store: Store):
    await opened(store)
    assert await offered(store)
    assert await reply_slots.withdraw(store, PLACE, part="1:0")
    assert await reply_slots.take(store, PLACE) is None
    assert await reply_slots.give_up(store, PLACE, until=UNTIL) is None
    assert not await offered(store)


async def test_a_repeated_request_opens_a_slot_that_was_given_up(store: Store):
    await opened(store)
    await reply_slots.give_up(store, PLACE, until=UNTIL)
    await opened(store)
    assert await offered(store)


async def test_of_a_sender_and_a_request_that_give_up_together_one_has_the_text(store: Store, open_another):
    other = await open_another("another")
    for number in range(20):
        place = Place(channel="sms", account="8041", external_id=f"mo-{number}")
        await reply_slots.open_slot(store, place, "p", until=UNTIL)
        await reply_slots.offer(store, place, part="1:0", text="x", now=NOW)
        taken, back = await asyncio.gather(
            reply_slots.give_up(store, place, until=UNTIL), reply_slots.withdraw(other, place, part="1:0")
        )
        assert (taken is not None) != back


async def test_of_an_offer_and_a_request_that_gives_up_together_the_text_has_one_way(store: Store, open_another):
    other = await open_another("another")
    for number in range(20):
        place = Place(channel="sms", account="8041", external_id=f"mo-{number}")
        await reply_slots.open_slot(store, place, "p", until=UNTIL)
        taken, slot = await asyncio.gather(
            reply_slots.give_up(store, place, until=UNTIL),
            reply_slots.offer(other, place, part="1:0", text="x", now=NOW),
        )
        assert (taken is not None) == (slot is not None)


async def test_of_an_offer_and_a_request_that_come_together_both_know_where_the_text_went(store: Store, open_another):
    other = await open_another("another")
    for number in range(20):
        place = Place(channel="sms", account="8041", external_id=f"mo-{number}")
        _, slot = await asyncio.gather(
            reply_slots.open_slot(store, place, "p", until=UNTIL),
            reply_slots.offer(other, place, part="1:0", text="x", now=NOW),
        )
        found = await reply_slots.look(store, place)
        assert found is not None
        assert found.state is (SlotState.ELSEWHERE if slot is None else SlotState.OFFERED)


async def test_what_has_no_other_way_is_kept_for_who_asks_again_unless_nobody_is_known_to_have_asked(store: Store):
    await reply_slots.offer(store, PLACE, part="1:0", text="x", now=NOW)
    await reply_slots.keep(store, PLACE, part="1:0", text="x")
    assert await rows(store, table, "state", "text") == [(SlotState.ELSEWHERE, None)]
    known = Place(channel="sms", account="8041", external_id="mo-2")
    await reply_slots.open_slot(store, known, "p", until=NOW)
    assert await reply_slots.offer(store, known, part="1:0", text="x", now=NOW) is None
    await reply_slots.keep(store, known, part="2:0", text="another part")
    assert await reply_slots.take(store, known) is None
    await reply_slots.keep(store, known, part="1:0", text="x")
    assert await reply_slots.take(store, known) == "x"


async def test_who_waits_is_woken(store: Store):
    await opened(store)
    with store.wakeup.subscribe(reply_slots.topic_of(PLACE)) as wake:
        await offered(store)
        async with asyncio.timeout(5):
            await wake.wait(60)


async def test_a_slot_goes_with_its_person_and_with_its_age(store: Store):
    await opened(store)
    await offered(store)
    assert (await erase(store, address(), now=NOW))["reply_slots"] == 1
    await opened(store)
    await forget(store, before=UNTIL)
    assert await state(store) is SlotState.OPEN
    await forget(store, before=UNTIL + timedelta(seconds=1))
    assert await rows(store, table, "state") == []
