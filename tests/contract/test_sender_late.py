"""A provider that is away for hours: answers become one apology, what must arrive arrives once."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.core.delivery import Lane
from bot.store import dead
from bot.store.engine import Store
from bot.store.outbox import claim_queues
from bot.store.tables import outbox as outbox_table
from gateway.errors import OutcomeUnknownError, RefusedError, UnreachableError
from gateway.unsent import TOO_LATE, Unsent
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider
from tests.support.rows import rows
from tests.support.talk import content

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
APOLOGY = content().say("vi", "sending.late")


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


class Away(list):
    """The answers of a provider that is away until the list is emptied."""

    def pop(self, _place: int = 0) -> Exception:
        return UnreachableError("away")


async def pass_time(desk: Desk, sender, length: timedelta, step: timedelta = 10 * MINUTE) -> None:
    end = desk.now + length
    while desk.now < end:
        await desk.work(sender)
        desk.now += step


async def test_an_outage_of_six_hours_loses_nothing_that_must_arrive_and_doubles_nothing(desk: Desk):
    desk.provider.answers = Away([None])
    sender = desk.sender()
    for hour in range(6):
        for lane in (Lane.INCIDENT, Lane.REMINDER, Lane.BROADCAST):
            await desk.queue(f"{lane.name} {hour}", user="an", lane=lane)
        await desk.queue(f"câu {hour}", f"câu nữa {hour}", user="an")
        await desk.queue(f"câu {hour}", user=f"u{hour}")
        await pass_time(desk, sender, HOUR)
    desk.provider.answers = []
    await pass_time(desk, sender, 2 * HOUR)
    texts = [text for _, text in desk.provider.arrived]
    expected = {f"{lane} {hour}" for lane in ("INCIDENT", "REMINDER", "BROADCAST") for hour in range(6)}
    assert {text for text in texts if text != APOLOGY} == expected
    assert len(texts) == len(expected) + 7
    apologies = [user for user, text in desk.provider.arrived if text == APOLOGY]
    assert sorted(apologies) == sorted(["an", *(f"u{hour}" for hour in range(6))]), "one for each person"
    assert set(await desk.states()) == {"sent", "expired"}


async def test_a_day_without_the_provider_ends_nothing_but_what_has_a_time_of_its_own(desk: Desk):
    desk.provider.answers = Away([None])
    await desk.queue("nhắc", lane=Lane.REMINDER)
    await desk.queue("hôm nay", user="binh", lane=Lane.REMINDER, expires_at=desk.now + 5 * HOUR)
    sender = desk.sender()
    await pass_time(desk, sender, 30 * HOUR, HOUR)
    desk.provider.answers = []
    await pass_time(desk, sender, 2 * HOUR)
    assert desk.provider.arrived == [("an", "nhắc")]


async def test_the_tries_of_an_outage_do_not_count_when_a_result_is_unknown_afterwards(desk: Desk):
    desk.provider.answers = [*[UnreachableError("away")] * 60, *[OutcomeUnknownError("time-out")] * 3]
    await desk.queue("nhắc", lane=Lane.REMINDER)
    sender = desk.sender(keyed=True)
    await pass_time(desk, sender, 80 * HOUR, HOUR)
    assert desk.provider.arrived == [("an", "nhắc")]


async def test_an_answer_in_time_goes_as_it_is_and_a_moment_later_it_does_not(desk: Desk):
    await desk.queue("một")
    desk.now += TOO_LATE
    sender = desk.sender()
    await desk.work(sender)
    await desk.queue("hai")
    desk.now += TOO_LATE + SECOND
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một"), ("an", APOLOGY)]
    assert await rows(desk.store, outbox_table, "state", "origin") == [("sent", "test"), ("sent", "late")]


async def test_the_apology_is_in_the_language_of_the_answer_and_never_too_late(desk: Desk):
    await desk.queue("one", language="en")
    desk.now += TOO_LATE + SECOND
    desk.provider.answers = Away([None])
    sender = desk.sender()
    await pass_time(desk, sender, 6 * HOUR, HOUR / 2)
    desk.provider.answers = []
    await pass_time(desk, sender, 2 * HOUR)
    assert desk.provider.arrived == [("an", content().say("en", "sending.late"))]


async def test_what_is_asked_after_the_outage_is_answered_after_the_apology(desk: Desk):
    await desk.queue(*(f"cũ {number}" for number in range(30)))
    desk.now += HOUR
    await desk.queue("mới")
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", APOLOGY), ("an", "mới")]


async def test_two_senders_and_a_crash_between_them_apologise_once(desk: Desk, open_another):
    await desk.queue(*(f"số {number}" for number in range(12)))
    desk.now += TOO_LATE + SECOND
    place = {"channel": CHANNEL, "account": ACCOUNT}
    (queue,) = await claim_queues(desk.store, **place, now=desk.now, limit=1, messages=8)
    crashed, others = desk.sender(), [desk.sender(), desk.sender(store=await open_another("other"))]
    unsent: Unsent = crashed._handover._unsent
    await asyncio.gather(*(unsent.apologise(queue.head, queue.messages[0]) for _ in range(3)))
    desk.now += HOUR  # the lease of who crashed then has ended
    for _ in range(3):
        await asyncio.gather(*(desk.work(one) for one in others))
        await unsent.apologise(queue.head, queue.messages[0])
    assert desk.provider.arrived == [("an", APOLOGY)]
    async with desk.store.read() as connection:
        assert await connection.scalar(select(func.count()).where(outbox_table.c.origin == "late")) == 1


async def test_who_has_lost_the_queue_to_another_ends_nothing_in_it(desk: Desk):
    await desk.queue("một")
    desk.now += TOO_LATE + SECOND
    place = {"channel": CHANNEL, "account": ACCOUNT}
    (queue,) = await claim_queues(desk.store, **place, now=desk.now, limit=1, messages=8)
    desk.now += HOUR
    (_,) = await claim_queues(desk.store, **place, now=desk.now, limit=1, messages=8)
    await desk.sender()._handover._unsent.apologise(queue.head, queue.messages[0])
    assert await desk.states() == ["queued"]


async def test_an_answer_whose_first_part_has_arrived_is_completed(desk: Desk):
    await desk.queue("một hai ba bốn")
    desk.provider.answers = [None, UnreachableError("away")]
    await desk.work(desk.sender(limit=9, pages=2))
    desk.now += HOUR
    await desk.work(desk.sender(limit=9, pages=2))
    assert desk.provider.arrived == [("an", "một hai"), ("an", "ba bốn")]


async def test_what_people_fetch_from_us_is_never_late(desk: Desk):
    await desk.queue("một")
    desk.now += HOUR
    desk.provider.fetched = True
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", "một")]


async def test_an_answer_that_the_operator_sends_again_is_sent(desk: Desk):
    await desk.queue("một")
    desk.provider.answers = [RefusedError("not now")]
    sender = desk.sender()
    await desk.work(sender)
    desk.now += HOUR
    assert await dead.replay_outbox(desk.store, 1, now=desk.now)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một")]
