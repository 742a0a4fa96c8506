"""Where each message costs money: what may have left is never sent again by itself, whatever happens meanwhile."""

import asyncio

import aiohttp
import pytest

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Form, Receipt, Reply
from bot.store import dead, receipts
from bot.store.engine import Store
from bot.store.tables import outbox, outbox_parts
from gateway import worker
from gateway.channel import Capabilities
from gateway.errors import OutcomeUnknownError, ThrottledError, UnreachableError
from gateway.sender import PATIENT_LEASE
from tests.conftest import NOW
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Moody
from tests.support.rows import rows


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Moody(paid=True, reports_key=True))


async def pass_time(desk: Desk) -> None:
    """Let every lease and pause end, and send what may go then."""
    for _ in range(3):
        desk.now += PATIENT_LEASE * 40
        await desk.work(desk.sender())


async def report(desk: Desk, key: str) -> None:
    """The provider tells that the part with ``key`` arrived."""
    receipt = Receipt(channel=CHANNEL, account=ACCOUNT, provider_id=key, state=DeliveryState.DELIVERED, at=NOW)
    await receipts.accept(desk.store, [receipt])


@pytest.mark.parametrize("lane", Lane)
async def test_an_unknown_result_is_left_to_the_operator_in_every_lane(desk: Desk, lane: Lane):
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    await desk.queue("một", lane=lane)
    await desk.work(desk.sender())
    await pass_time(desk)
    assert desk.provider.calls == 1
    assert await desk.states() == ["parked"]


async def test_a_report_proves_later_what_nobody_knew(desk: Desk):
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    await desk.queue("một")
    await desk.work(desk.sender())
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == [("1:0", DeliveryState.UNKNOWN)]
    await report(desk, "1:0")
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == [("1:0", DeliveryState.DELIVERED)]
    await dead.replay_outbox(desk.store, 1, now=desk.now)
    await desk.work(desk.sender())
    assert (desk.provider.calls, await desk.states()) == (1, ["sent"])


async def test_a_process_that_ends_while_a_message_is_under_way_leaves_it_to_the_operator(desk: Desk):
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.Event().wait()

    desk.provider.first = hang
    await desk.queue("một")
    async with worker.until_stopped("sender", desk.sender().run):
        await hanging.wait()
    await pass_time(desk)
    assert desk.provider.keys == ["1:0"]
    assert await desk.states() == ["parked"]


@pytest.mark.parametrize("answer", [UnreachableError("away"), ThrottledError("wait", after=3)], ids=lambda e: e.code)
async def test_what_certainly_did_not_leave_is_sent_later_and_once(desk: Desk, answer: Exception):
    desk.provider.answers = [answer, answer]
    await desk.queue("một", lane=Lane.INCIDENT)
    await desk.work(desk.sender())
    await pass_time(desk)
    assert [text for _, text in desk.provider.arrived] == ["một"]
    assert await desk.states() == ["sent"]


async def test_messages_that_arrive_are_sent_once_each(desk: Desk):
    await desk.queue("một", "hai")
    await desk.work(desk.sender())
    await pass_time(desk)
    assert desk.provider.keys == ["1:0", "2:0"]


async def test_a_message_of_unknown_result_that_a_receipt_has_named_is_not_sent_again_by_an_operator(desk: Desk):
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    await desk.queue("một", lane=Lane.INCIDENT)
    await desk.work(desk.sender())
    await report(desk, "1:0")
    assert await dead.replay_outbox(desk.store, 1, now=desk.now)
    await pass_time(desk)
    assert desk.provider.calls == 1
    assert await desk.states() == ["sent"]
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == [("1:0", int(DeliveryState.DELIVERED))]


async def test_an_operator_may_send_again_what_no_receipt_has_named(desk: Desk):
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    await desk.queue("một", lane=Lane.INCIDENT)
    await desk.work(desk.sender())
    assert await dead.replay_outbox(desk.store, 1, now=desk.now)
    await pass_time(desk)
    assert (desk.provider.calls, await desk.states()) == (2, ["sent"])
    assert await rows(desk.store, outbox, "resends") == [(1,)]


async def test_where_only_forms_cost_money_free_words_are_repeated_once_and_a_form_never(desk: Desk):
    desk.provider.paid, desk.provider.forms = False, True
    desk.provider.answers = [OutcomeUnknownError("time-out"), OutcomeUnknownError("time-out")]
    await desk.queue("một", user="an")
    await desk.queue(Reply(text="hai", form=Form(name="nhac-han")), user="binh")
    await desk.work(desk.sender())
    await pass_time(desk)
    assert sorted(desk.provider.keys) == ["1:0", "1:0", "2:0"]
    assert await desk.states() == ["sent", "parked"]


def test_a_paid_message_has_one_part():
    with pytest.raises(ValueError, match="has one part"):
        Capabilities(limit=100, pages=2, paid=True)
