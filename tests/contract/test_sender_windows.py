"""Several windows of a provider at once, the share of bulk, and what one person may get."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, Form, Reply
from bot.store.engine import Store
from gateway.channel import AccountSettings, Pace, Part, Window, Wire
from gateway.errors import Scope, ThrottledError
from tests.support.desk import Desk, Provider
from tests.support.pace import fullest

SECOND, STEP = timedelta(seconds=1), timedelta(milliseconds=100)
MINUTE = Window(units=10, seconds=60)


@dataclass(slots=True)
class Watching(Provider):
    """A provider that notes when each part arrives, for whom and in which lane."""

    clock: Callable[[], datetime] | None = None
    seen: list[tuple[float, str, Lane]] = field(default_factory=list)

    async def send(self, part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
        assert self.clock is not None
        self.seen.append((self.clock().timestamp(), to.user, part.lane))
        return await super(Watching, self).send(part, to, key, account, wire)

    def times(self, user: str | None = None) -> list[float]:
        return [at for at, who, _ in self.seen if user in (None, who)]


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        found = Desk(store, session, Watching())
        found.provider.clock = lambda: found.now
        yield found


async def pass_time(desk: Desk, sender, *, seconds: float) -> None:
    """Let the sender work through so much time, and a moment more."""
    for _ in range(int(seconds / (STEP / SECOND)) + 1):
        await desk.work(sender)
        desk.now += STEP


async def test_every_window_holds_at_once(desk: Desk):
    desk.provider.pace = Pace(windows=(Window(units=3), MINUTE))
    for number in range(25):
        await desk.queue(f"số {number}", user=f"u{number}", lane=Lane.INCIDENT)
    await pass_time(desk, desk.sender(), seconds=130)
    assert len(desk.provider.seen) == 25
    assert fullest(desk.provider.times(), 1) == 3
    assert fullest(desk.provider.times(), 60) == 10


async def test_bulk_keeps_to_its_share_and_answers_get_the_rest_at_once(desk: Desk):
    desk.provider.pace = Pace(windows=(MINUTE,), bulk=0.6)
    for number in range(5):
        await desk.queue(f"tin {number}", user=f"u{number}", lane=Lane.BROADCAST)
        await desk.queue(f"nhắc {number}", user=f"u{number}", lane=Lane.REMINDER)
    sender = desk.sender()
    await desk.work(sender)
    assert len(desk.provider.arrived) == 6, "no more than the share of reminders and notices together"
    for number in range(5):
        await desk.queue(f"trả lời {number}", user=f"hỏi {number}", lane=Lane(number % 2))
    await desk.work(sender)
    assert len(desk.provider.arrived) == 10
    assert {"trả lời 0", "trả lời 2", "trả lời 4"} < {text for _, text in desk.provider.arrived[6:]}
    await pass_time(desk, sender, seconds=61)
    assert len(desk.provider.arrived) == 15


async def test_who_gets_answers_uses_the_whole_window_and_bulk_waits(desk: Desk):
    desk.provider.pace = Pace(windows=(MINUTE,), bulk=0.6)
    await desk.queue("tin", user="binh", lane=Lane.BROADCAST)
    for number in range(10):
        await desk.queue(f"trả lời {number}", user=f"u{number}")
    sender = desk.sender()
    await desk.work(sender)
    assert [text[:3] for _, text in desk.provider.arrived] == ["trả"] * 10
    await pass_time(desk, sender, seconds=60)
    assert desk.provider.arrived[10:] == [("binh", "tin")]


async def test_a_long_notice_waits_for_the_share_of_bulk_and_holds_up_no_answer(desk: Desk):
    desk.provider.pace = Pace(windows=(Window(units=4),), bulk=0.5)
    desk.provider.cost = lambda part: 2 if part.text.startswith("dài") else 1
    await desk.queue("tin", user="u0", lane=Lane.REMINDER)
    await desk.queue("dài", user="u1", lane=Lane.BROADCAST)
    sender = desk.sender()
    await desk.work(sender)
    await desk.queue("trả lời", user="u2")
    await desk.work(sender)
    assert [text for _, text in desk.provider.arrived] == ["tin", "trả lời"]
    await pass_time(desk, sender, seconds=1)
    assert [text for _, text in desk.provider.arrived] == ["tin", "trả lời", "dài"]


def of_person(address: Address) -> tuple[Window, ...]:
    return (MINUTE,) if address.user.startswith("-") else (Window(units=1),)


async def test_a_chat_and_a_group_keep_to_their_own_windows_and_hold_up_nobody(desk: Desk):
    desk.provider.pace = Pace(windows=(Window(units=30),), person=of_person)
    await desk.queue(*(f"số {number}" for number in range(4)), user="an", lane=Lane.INCIDENT)
    await desk.queue(*(f"số {number}" for number in range(15)), user="-100", lane=Lane.INCIDENT)
    sender = desk.sender()
    await desk.work(sender)
    assert sorted(user for user, _ in desk.provider.arrived) == ["-100"] * 10 + ["an"]
    await desk.queue("hai", user="binh")
    await desk.work(sender)
    assert desk.provider.arrived[-1] == ("binh", "hai")
    await pass_time(desk, sender, seconds=61)
    assert fullest(desk.provider.times("an"), 1) == 1
    assert fullest(desk.provider.times("-100"), 60) == 10
    assert [text for user, text in desk.provider.arrived if user == "-100"] == [f"số {number}" for number in range(15)]
    assert set(await desk.states()) == {"sent"}


async def test_who_waits_for_a_window_of_their_own_holds_no_slot(desk: Desk):
    desk.provider.pace = Pace(windows=(), person=of_person)
    await desk.queue("một", "hai", user="an")
    sender = desk.sender()
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một")]
    assert sender._slots.free == 64


async def test_a_person_who_waits_is_served_when_the_window_opens_not_at_the_next_poll(desk: Desk):
    desk.provider.pace = Pace(person=of_person)
    await desk.queue("một", "hai", user="an")
    sender = desk.sender()
    await desk.work(sender)
    assert sender._handover.resumes_in(desk.now) == SECOND
    desk.now += SECOND
    assert sender._handover.resumes_in(desk.now) == timedelta(0)
    assert sender._handover.resumes_in(desk.now) is None


async def test_who_follows_another_fills_every_window_and_those_of_each_person(desk: Desk, open_another):
    desk.provider.pace = Pace(windows=(Window(units=3), MINUTE), person=of_person)
    await desk.queue("một", user="an")
    first = desk.sender()
    await desk.work(first)
    stop = asyncio.Event()
    stop.set()
    await first.run(stop)
    stopped = desk.now.timestamp()
    await desk.queue("hai", user="-100", lane=Lane.INCIDENT)
    second = desk.sender(store=await open_another("other"))
    await pass_time(desk, second, seconds=58)
    assert len(desk.provider.seen) == 1, "the other may have used the whole minute, here and towards the group"
    await pass_time(desk, second, seconds=4)
    (_, last) = desk.provider.times()
    assert last - stopped >= 60


async def test_a_chat_that_asks_for_silence_gets_it_in_every_lane_and_the_others_go_on(desk: Desk):
    desk.provider.pace = Pace(windows=(Window(units=30),), person=of_person)
    desk.provider.answers = [ThrottledError("this chat only", after=40, scope=Scope.PERSON)]
    await desk.queue("một", user="an", lane=Lane.INCIDENT)
    sender = desk.sender()
    await desk.work(sender)
    refused = desk.now.timestamp()
    for number in range(39):
        if number < 3:
            await desk.queue(f"tin {number}", user="an", lane=Lane.BROADCAST)
        await desk.queue(f"số {number}", user=f"u{number}")
        await desk.work(sender)
        desk.now += SECOND
    assert len(desk.provider.arrived) == 39
    assert desk.provider.times("an") == [refused]
    await pass_time(desk, sender, seconds=6)
    assert desk.provider.times("an")[1] - refused >= 40
    assert set(await desk.states()) == {"sent"}


async def test_what_a_channel_says_a_part_costs_is_what_it_takes(desk: Desk):
    desk.provider.pace = Pace(windows=(Window(units=4),))
    desk.provider.cost = lambda _part: 2
    for number in range(4):
        await desk.queue(f"số {number}", user=f"u{number}")
    await desk.work(desk.sender())
    assert len(desk.provider.arrived) == 2


async def test_a_part_says_what_it_is(desk: Desk):
    form = Form(name="nhac_viec", values=(("ten", "An"),))
    reply = Reply(text="một hai ba bốn", form=form, replaces="77")
    await desk.queue(reply, lane=Lane.REMINDER, language="en")
    await desk.work(desk.sender(limit=9, pages=2))
    first, last = desk.provider.parts
    assert (first.lane, first.language, first.form, first.replaces) == (Lane.REMINDER, "en", None, "77")
    assert (last.lane, last.language, last.form, last.replaces) == (Lane.REMINDER, "en", form, None)
