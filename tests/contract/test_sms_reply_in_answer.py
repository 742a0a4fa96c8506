"""The answer to a request is the reply to its message: never both ways, whoever comes late, dies or asks again."""

import asyncio
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Address, InboundMessage, Reply
from bot.store import reply_slots
from bot.store.intake import Intake
from bot.store.outbox import Draft, enqueue
from bot.store.reply_slots import Place, SlotState
from bot.store.tables import inbox, outbox, outbox_parts
from bot.store.tables import reply_slots as slots_table
from gateway.holding import await_reply, hand_over, open_slots
from gateway.sms.catalogue import FOLDER
from tests.support.rows import rows
from tests.support.sms_counter import ESMS, PERSON, TAKEN, Counter, counter, signed

ANSWER = "Dan so tinh: 1.245.600 <nguoi> & hon"
CITIZEN = Address(channel="sms", account="8041", user=f"+{PERSON}")
PLACE = Place(channel="sms", account="8041", external_id="mo-1")


@pytest.fixture
async def desk(store):
    async with counter(store, {**ESMS, "preset": _preset("15")}) as opened:
        yield opened
        opened.provider.look_back()


async def stored(desk: Counter, count: int = 1) -> None:
    while len(await rows(desk.store, inbox, "id")) < count:
        await asyncio.sleep(0.01)


def said(answer: tuple[int, str]) -> tuple[str | None, str | None, str | None]:
    status, body = answer
    assert status == 200
    root = ET.fromstring(body)  # noqa: S314 – written by ourselves
    assert root.tag == "ClientResponse"
    return root.findtext("Message"), root.findtext("Smsid"), root.findtext("Receiver")


async def ask(desk: Counter, number: int = 1) -> "asyncio.Task[tuple[int, str]]":
    asking = asyncio.create_task(desk.write(number))
    await stored(desk)
    return asking


async def test_the_request_is_answered_with_the_reply_to_its_message(desk: Counter):
    asking = await ask(desk)
    assert not asking.done()
    await desk.answer(ANSWER)
    await desk.send()
    assert said(await asking) == (ANSWER, "mo-1", PERSON)
    assert desk.provider.requests == []
    assert await rows(desk.store, outbox, "state") == [("sent",)]
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == [("answer:1:0", DeliveryState.SENT)]


async def test_a_request_is_accepted_when_its_message_is_stored_however_long_it_is_held(desk: Counter):
    asking = await ask(desk)
    accepted = desk.metrics.accept_seconds.labels("sms")
    async with asyncio.timeout(10):
        while not next(one.value for one in accepted._child_samples() if one.name == "_count"):
            await asyncio.sleep(0.01)
    assert not asking.done()
    await desk.answer(ANSWER)
    await desk.send()
    assert said(await asking)[0] == ANSWER


async def test_a_repeated_request_gets_the_same_reply_again(desk: Counter):
    asking = await ask(desk)
    await desk.answer(ANSWER)
    await desk.send()
    first = said(await asking)
    assert said(await desk.write(1)) == said(await desk.write(1)) == first
    assert len(await rows(desk.store, inbox, "id")) == 1


async def test_two_requests_for_one_message_that_wait_together_get_the_same_reply(desk: Counter):
    both = [await ask(desk), await ask(desk)]
    await desk.answer(ANSWER)
    await desk.send()
    assert [said(answer)[0] for answer in await asyncio.gather(*both)] == [ANSWER, ANSWER]


async def test_a_second_message_for_the_same_question_goes_by_the_send_call(desk: Counter):
    asking = await ask(desk)
    await desk.answer(ANSWER)
    await desk.send()
    assert said(await asking)[0] == ANSWER
    draft = Draft(
        person=desk.store.vault.person(CITIZEN),
        channel="sms",
        account="8041",
        lane=Lane.ANSWER,
        reply=Reply(text="Them mot tin"),
        language="vi",
        origin="inbox:1",
        dedupe_key="second",
    )
    await desk.store.write(lambda connection: enqueue(connection, draft, now=desk.clock.now))
    desk.provider.script.append(TAKEN)
    await desk.send()
    assert [json.loads(request)["Content"] for request in desk.provider.requests] == ["Them mot tin"]
    assert said(await desk.write(1))[0] == ANSWER


async def test_a_reply_that_is_late_goes_by_the_send_call_and_the_request_hears_nothing(store):
    hasty = {**ESMS, "preset": _preset("0.2")}
    async with counter(store, hasty) as desk:
        desk.provider.script.append(TAKEN)
        assert said(await desk.write(1)) == ("", "mo-1", PERSON)
        await desk.answer(ANSWER)
        await desk.send()
        (request,) = desk.provider.requests
        assert json.loads(request)["Content"] == ANSWER
        assert await rows(store, outbox_parts, "provider_id") == [("s-1",)]
        # repeated, it hears nothing either: the reply has gone the other way
        assert said(await desk.write(1)) == ("", "mo-1", PERSON)


async def test_without_a_send_call_a_late_reply_is_an_honest_dead_letter(store):
    async with counter(store, _only_answers()) as desk:
        await desk.write(1)
        await desk.answer(ANSWER)
        await desk.send()
        ((state, error),) = await rows(store, outbox, "state", "error")
        assert state == "dead"
        assert "the request that waited for this answer is over" in error


async def test_a_late_reply_without_a_send_call_is_given_to_who_asks_again(store):
    async with counter(store, _only_answers()) as desk:
        assert said(await desk.write(1))[0] == ""
        await desk.answer(ANSWER)
        await desk.send()
        assert said(await desk.write(1))[0] == said(await desk.write(1))[0] == ANSWER


async def test_nobody_is_given_the_reply_to_a_message_of_another_person(desk: Counter):
    asking = await ask(desk)
    await desk.answer(ANSWER)
    await desk.send()
    assert said(await asking)[0] == ANSWER
    # the provider has given its id twice, or somebody has changed the number that no sign covers
    assert said(await desk.hook({**signed(1), "sender": "84901000002"})) == ("", "mo-1", "84901000002")


async def test_a_request_that_gives_up_leaves_open_what_another_one_waits_for(desk: Counter):
    written = InboundMessage(address=CITIZEN, external_id="mo-1", received_at=desk.clock.now, text="dan so")
    later = desk.clock.now + timedelta(seconds=3)
    await open_slots(desk.store, [written], until=desk.clock.now)
    await open_slots(desk.store, [written], until=later)
    assert await reply_slots.give_up(desk.store, PLACE, until=desk.clock.now) is None
    await reply_slots.leave(desk.store, PLACE, until=desk.clock.now)
    assert await rows(desk.store, slots_table, "state") == [(SlotState.OPEN,)]
    assert await reply_slots.give_up(desk.store, PLACE, until=later) is None
    assert await rows(desk.store, slots_table, "state") == [(SlotState.LATE,)]


async def test_for_a_request_whose_line_is_dropped_no_sender_waits(desk: Counter):
    asking = await ask(desk)
    asking.cancel()
    async with asyncio.timeout(10):
        while await rows(desk.store, slots_table, "state") != [(SlotState.LATE,)]:
            await asyncio.sleep(0.01)
    desk.provider.script.append(TAKEN)
    await desk.answer(ANSWER)
    await desk.send()
    assert len(desk.provider.requests) == 1


async def test_what_was_offered_to_a_request_whose_line_is_dropped_goes_by_the_send_call_at_once(desk: Counter):
    written = InboundMessage(address=CITIZEN, external_id="mo-1", received_at=desk.clock.now, text="dan so")
    until = desk.clock.now + timedelta(seconds=15)
    await open_slots(desk.store, [written], until=until)
    handing = asyncio.create_task(hand_over(desk.store, PLACE, key="1:0", text=ANSWER, clock=desk.clock, seconds=15))
    async with asyncio.timeout(10):
        while await rows(desk.store, slots_table, "state") != [(SlotState.OFFERED,)]:
            await asyncio.sleep(0.01)
    await reply_slots.leave(desk.store, PLACE, until=until)
    assert not await handing
    assert await rows(desk.store, slots_table, "state", "text") == [(SlotState.ELSEWHERE, None)]


async def test_a_request_that_is_held_when_the_service_stops_is_closed_for_senders(desk: Counter):
    written = InboundMessage(address=CITIZEN, external_id="mo-1", received_at=desk.clock.now, text="dan so")
    await open_slots(desk.store, [written], until=desk.clock.now + timedelta(seconds=15))
    holding = asyncio.create_task(await_reply(desk.store, written, seconds=15, gone=lambda: False))
    await asyncio.sleep(0.05)
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert await rows(desk.store, slots_table, "state") == [(SlotState.LATE,)]


async def test_when_the_process_that_holds_the_request_dies_the_reply_goes_by_the_send_call(store):
    async with counter(store, {**ESMS, "preset": _preset("0.2")}) as desk:
        desk.provider.script.append(TAKEN)
        written = InboundMessage(address=CITIZEN, external_id="mo-1", received_at=desk.clock.now, text="dan so")
        await open_slots(store, [written], until=desk.clock.now + timedelta(seconds=8))
        await Intake(store).accept([written])  # and there it dies: nobody takes what will be offered
        await desk.answer(ANSWER)
        await desk.send()
        assert len(desk.provider.requests) == 1
        assert [state for (state,) in await rows(store, slots_table, "state")] == [SlotState.ELSEWHERE]


async def test_when_the_sender_dies_after_the_reply_was_given_nothing_is_sent_again(desk: Counter):
    asking = await ask(desk)
    await desk.answer(ANSWER)
    slot = await reply_slots.offer(desk.store, PLACE, part="1:0", text=ANSWER, now=desk.clock.now)
    assert slot is not None
    assert said(await asking)[0] == ANSWER
    await desk.send()  # another sender has the row, which nobody has closed
    assert desk.provider.requests == []
    assert await rows(desk.store, outbox, "state") == [("sent",)]


async def test_the_sign_is_taken_in_both_spellings_of_the_manual(store):
    async with counter(store, {**ESMS, "preset": _preset("0.2")}) as desk:
        for number, form in ((1, "base64"), (2, "hex")):
            assert (await desk.hook(signed(number, form=form)))[0] == 200
        for forged in (signed(3, key="another"), {**signed(4), "content": "khac"}, {**signed(5), "sign": ""}):
            assert await desk.hook(forged) == (401, "")
        assert [row for (row,) in await rows(store, inbox, "external_id")] == ["mo-1", "mo-2"]


async def test_who_cannot_read_an_answer_gets_an_empty_one_at_once(desk: Counter):
    query = {**signed(1), "sender": "1414"}
    assert said(await desk.hook(query)) == ("", "mo-1", "1414")
    assert await rows(desk.store, slots_table, "state") == []


def _only_answers() -> dict[str, str]:
    """An account whose preset has no send call."""
    preset = _preset("0.2").partition("# --- delivery reports")[0]
    return {"channel": "sms", "account": "8041", "preset": preset, "private_key": "the-private-key"}


def _preset(seconds: str) -> str:
    """eSMS's preset with another patience: none, or one that a busy machine does not outlast."""
    return (FOLDER / "esms.toml").read_text(encoding="utf-8").replace("seconds = 8", f"seconds = {seconds}")


async def test_the_process_that_is_asked_and_the_one_that_sends_may_be_two(desk: Counter, open_another):
    elsewhere = replace(desk, store=await open_another("sender"))
    asking = await ask(desk)
    await elsewhere.answer(ANSWER)
    await elsewhere.send()
    assert said(await asking)[0] == ANSWER
    assert desk.provider.requests == []
