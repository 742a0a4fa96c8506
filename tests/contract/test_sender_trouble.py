"""The sender when everything around it fails: what is lost, doubled, shuffled or held up."""

from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import update

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Receipt
from bot.store import receipts
from bot.store.engine import Store
from bot.store.tables import outbox as outbox_table
from bot.store.tables import outbox_parts
from bot.store.waiting import LONGEST_PAUSE
from gateway.errors import MisconfiguredError, OutcomeUnknownError, RefusedError, ThrottledError, UnreachableError
from gateway.sender import PATIENT_LEASE, TURN
from tests.contract.harness import every_log
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Moody
from tests.support.rows import rows

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Moody())


async def sent(desk: Desk) -> list[str]:
    return [text for _, text in desk.provider.arrived]


TROUBLE = {
    "unreachable": UnreachableError("down"),
    "misconfigured": MisconfiguredError("key"),
    "throttled": ThrottledError("slow down", after=1),
    "unknown": OutcomeUnknownError("time-out"),
}


@pytest.mark.parametrize("error", TROUBLE.values(), ids=TROUBLE)
async def test_a_short_trouble_does_not_shuffle_a_talk(desk: Desk, error: Exception):
    await desk.queue("một", "hai")
    desk.provider.answers = [error]
    sender = desk.sender()
    await desk.work(sender)
    assert desk.provider.calls == 1, "nothing is tried behind it"
    await desk.queue("ba")
    await desk.work(sender)
    desk.now += 2 * SECOND
    await desk.work(sender)
    assert await sent(desk) == ["một", "hai", "ba"]


async def test_trouble_with_one_person_holds_up_nobody_else(desk: Desk):
    await desk.queue("một", user="an")
    desk.provider.answers = [UnreachableError("down")]
    sender = desk.sender()
    await desk.work(sender)
    await desk.queue("hai", user="binh")
    await desk.work(sender)
    assert desk.provider.arrived == [("binh", "hai")]


async def test_many_messages_and_parts_of_one_person_keep_to_the_pace(desk: Desk):
    await desk.queue("một hai ba bốn", "năm sáu bảy tám")
    sender = desk.sender(limit=9, pages=2, rate=1)
    for second in range(4):
        await desk.work(sender)
        assert len(desk.provider.arrived) == second + 1
        desk.now += SECOND
    assert await sent(desk) == ["một hai", "ba bốn", "năm sáu", "bảy tám"]
    assert await desk.states() == ["sent", "sent"]


async def test_a_flooder_takes_turns_with_everybody_else_at_a_slow_provider(desk: Desk):
    await desk.queue(*(f"số {number}" for number in range(9)), user="flood")
    await desk.queue("một câu", user="binh")
    sender = desk.sender(rate=1)
    for _ in range(3):
        await desk.work(sender)
        desk.now += SECOND
    assert ("binh", "một câu") in desk.provider.arrived


@pytest.mark.parametrize("after", [0, -5, float("nan"), float("inf"), 1e12])
async def test_a_wild_time_to_wait_neither_hammers_nor_silences(desk: Desk, after: float):
    await desk.queue("một", lane=Lane.INCIDENT)
    desk.provider.answers = [ThrottledError("?", after=after)]
    sender = desk.sender()
    await desk.work(sender)
    assert desk.provider.calls == 1
    desk.now += LONGEST_PAUSE + SECOND
    await desk.work(sender)
    assert await sent(desk) == ["một"]


async def test_a_clock_set_back_during_a_wait_does_not_prolong_it(desk: Desk):
    await desk.queue("một", user="an")
    desk.provider.answers = [ThrottledError("wait", after=5)]
    sender = desk.sender()
    await desk.work(sender)
    desk.now -= timedelta(hours=2)
    await desk.queue("hai", user="binh")
    await desk.work(sender)
    desk.now += 6 * SECOND
    await desk.work(sender)
    assert await sent(desk) == ["hai"]


async def test_what_is_our_own_fault_waits_until_it_is_mended(desk: Desk):
    await desk.queue("một", lane=Lane.INCIDENT)
    desk.provider.answers = [MisconfiguredError("key")] * 60
    sender = desk.sender()
    for _ in range(61):
        await desk.work(sender)
        desk.now += DAY
    assert desk.provider.calls == 61
    assert await desk.states() == ["sent"]


async def test_a_message_all_of_whose_parts_have_left_is_at_its_end(desk: Desk):
    await desk.queue("một hai ba bốn")
    desk.provider.answers = [None, UnreachableError("down")]
    await desk.work(desk.sender(limit=9, pages=2))
    desk.now += DAY
    await desk.work(desk.sender(limit=4000))  # a new program cuts it into fewer parts than have left
    assert await desk.states() == ["sent"]
    assert await sent(desk) == ["một hai"]


async def test_a_reply_that_cannot_be_read_is_dead_and_the_next_goes(desk: Desk):
    await desk.queue("một", "hai")
    newer = update(outbox_table).where(outbox_table.c.id == 1).values(reply={"text": "x", "hologram": 1})
    await desk.store.write(lambda connection: connection.execute(newer))
    await desk.work(desk.sender())
    assert await desk.states() == ["dead", "sent"]


async def test_a_provider_that_never_answers_ends_as_unknown(desk: Desk):
    await desk.queue("một")
    desk.provider.answers = [TimeoutError()]
    sender = desk.sender()
    await desk.work(sender)
    desk.now += DAY
    await desk.work(sender)
    assert (await rows(desk.store, outbox_table, "state", "resends")) == [("sent", 1)]


@pytest.mark.parametrize("reported", [True, False], ids=["reported meanwhile", "never heard of"])
async def test_a_part_of_unknown_result_is_repeated_only_while_no_receipt_tells_that_it_left(
    desk: Desk, reported: bool
):
    desk.provider.reports_key = True
    await desk.queue("một")
    desk.provider.answers = [OutcomeUnknownError("time-out")]
    sender = desk.sender()
    await desk.work(sender)
    if reported:
        receipt = Receipt(
            channel=CHANNEL, account=ACCOUNT, provider_id="1:0", state=DeliveryState.DELIVERED, at=desk.now
        )
        await receipts.accept(desk.store, [receipt])
    desk.now += DAY
    await desk.work(sender)
    assert desk.provider.calls == (1 if reported else 2)
    assert await desk.states() == ["sent"]
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == (
        [("1:0", DeliveryState.DELIVERED)] if reported else [("id-1:0", DeliveryState.SENT)]
    )


async def test_an_id_that_cannot_be_recorded_is_left_to_the_operator_and_not_sent_again(desk: Desk):
    await desk.queue("một", "hai", lane=Lane.INCIDENT)
    desk.provider.odd_ids = ["\ud800"]
    sender = desk.sender()
    await desk.work(sender)
    desk.now += DAY
    await desk.work(sender)
    assert await sent(desk) == ["một", "hai"]
    assert await desk.states() == ["parked", "sent"]


async def test_a_lease_that_ended_while_we_were_sending_does_not_double_a_part(desk: Desk):
    await desk.queue("một", "hai", "ba")
    sender = desk.sender()

    async def jump() -> None:
        """The clock leaps forward while the first part is with the provider, and the queue is claimed once more."""
        desk.now += PATIENT_LEASE * 2
        assert await sender.take() == 1

    desk.provider.first = jump
    await desk.work(sender)
    assert await sent(desk) == ["một", "hai", "ba"]
    assert await desk.states() == ["sent"] * 3


@pytest.mark.parametrize("word", ["\ud800", "\x00"], ids=["lone surrogate", "NUL"])
async def test_a_reason_that_no_database_takes_ends_a_message_all_the_same(desk: Desk, word: str):
    await desk.queue("một", "hai")
    desk.provider.answers = [RefusedError(f"odd {word}")]
    await desk.work(desk.sender())
    assert await rows(desk.store, outbox_table, "state", "error") == [("dead", "refused: odd"), ("sent", None)]


async def test_a_turn_is_not_endless(desk: Desk):
    await desk.queue(*(f"số {number}" for number in range(TURN + 2)))
    sender = desk.sender()
    assert await sender.take() == 1
    await sender.finish()
    assert len(desk.provider.arrived) == TURN


async def test_no_trouble_puts_a_text_into_a_log(desk: Desk, canaries):
    await desk.queue(f"một {canaries.text}", f"hai {canaries.text}", f"ba {canaries.text}", lane=Lane.INCIDENT)
    desk.provider.answers = [RuntimeError(f"a bug that quotes {canaries.text}"), RefusedError(canaries.text)]
    desk.provider.odd_ids = ["\ud800"]
    sender = desk.sender()
    with every_log() as logged:
        for _ in range(4):
            await desk.work(sender)
            desk.now += DAY
    assert "send.failed" in logged()
    assert canaries.text not in logged()
    assert set(await desk.states()) <= {"sent", "dead", "parked"}


async def test_the_parts_of_a_message_are_recorded_one_by_one(desk: Desk):
    await desk.queue("một hai ba bốn năm sáu")
    desk.provider.answers = [None, None, OutcomeUnknownError("time-out")]
    await desk.work(desk.sender(limit=9, pages=3))
    assert await rows(desk.store, outbox_parts, "number") == [(0,), (1,)]
    desk.now += DAY
    await desk.work(desk.sender(limit=9, pages=3))
    assert await sent(desk) == ["một hai", "ba bốn", "năm sáu"]
