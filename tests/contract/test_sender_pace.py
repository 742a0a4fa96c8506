"""The pace that an account is allowed, in sum over all processes that send for it, and who is silent when asked to be."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Address
from bot.store import leases
from bot.store.engine import Store
from bot.store.leases import LEASE, SKEW
from gateway.channel import AccountSettings, Part, Presence, Wire
from gateway.errors import Scope, ThrottledError
from gateway.forms import SMS
from gateway.metrics import Metrics
from gateway.sender import Sender
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider
from tests.support.outage import outage
from tests.support.talk import content

SECOND = timedelta(seconds=1)
STEP = timedelta(milliseconds=100)
TWO_SEGMENTS = "x" * 161


@dataclass(slots=True)
class Watching(Provider):
    """A provider that notes by its own clock when each part arrives, and does ``first`` before it takes the first."""

    clock: Callable[[], datetime] | None = None
    times: list[datetime] = field(default_factory=list)
    first: Callable[[], Awaitable[None]] | None = None

    async def send(self, part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
        assert self.clock is not None
        self.times.append(self.clock())
        first, self.first = self.first, None
        if first is not None:
            await first()
        return await super(Watching, self).send(part, to, key, account, wire)

    def busiest(self, window: timedelta = SECOND) -> int:
        """The most parts that arrived within any ``window``."""
        return max(sum(at <= other < at + window for other in self.times) for at in self.times)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        found = Desk(store, session, Watching())
        found.provider.clock = lambda: found.now
        yield found


def sender(desk: Desk, store: Store | None = None, *, rate: float | None, sms: bool = False) -> Sender:
    """A sender of the one account, in the process that ``store`` belongs to."""
    channel = replace(desk.provider.channel(), rate=50)
    if sms:
        channel = replace(channel, capabilities=SMS)
    presence = Presence(channel=channel, account=AccountSettings(channel=CHANNEL, account=ACCOUNT, rate=rate))
    wire = Wire(store=store or desk.store, session=desk.session, clock=lambda: desk.now)
    return Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))


async def leave(one: Sender) -> None:
    """Let a sender stop as its process does when it is asked to."""
    stop = asyncio.Event()
    stop.set()
    await one.run(stop)


async def test_several_processes_keep_to_the_pace_in_sum_while_one_follows_the_other(desk: Desk, open_another):
    rate = 4
    for number in range(rate * 20):
        await desk.queue(f"số {number}", user=f"u{number}")
    stores = [desk.store, await open_another("second"), await open_another("third")]
    alive = [sender(desk, store, rate=rate) for store in stores]
    for step in range(500):
        for one in alive:
            await one.take()
            await one.finish()
        if step == 55:
            await leave(alive.pop(0))
            alive.append(sender(desk, stores[0], rate=rate))
        if step == 113:
            alive.pop(0)  # killed: it releases nothing
        desk.now += STEP
    assert len(desk.provider.times) == rate * 20
    assert desk.provider.busiest() <= rate


async def test_who_follows_a_sender_that_stopped_waits_for_its_last_second_by_any_clock(desk: Desk, open_another):
    await desk.queue("một", user="an")
    await desk.queue("hai", user="binh")
    first = sender(desk, rate=1)
    await desk.work(first)
    await leave(first)
    desk.now += SECOND / 2
    second = sender(desk, await open_another("other"), rate=1)
    assert await second.take() == 0, "its clock may be behind ours"
    desk.now += SECOND
    await desk.work(second)
    assert len(desk.provider.arrived) == 2


async def test_a_sender_whose_clock_was_behind_is_followed_at_the_pace(desk: Desk, open_another):
    for number in range(4):
        await desk.queue(f"số {number}", user=f"u{number}")
    first = sender(desk, rate=2)
    await desk.work(first)
    await leave(first)
    begun, desk.now = desk.now, desk.now + SKEW  # the same moment by the clock of another machine
    second = sender(desk, await open_another("other"), rate=2)
    await desk.work(second)
    assert len(desk.provider.times) == 2
    desk.now = begun + SKEW + SECOND
    await desk.work(second)
    assert len(desk.provider.times) == 4


async def test_a_clock_set_forward_does_not_give_a_second_twice(desk: Desk):
    for number in range(4):
        await desk.queue(f"số {number}", user=f"u{number}")
    one = sender(desk, rate=2)
    await desk.work(one)
    desk.now += 7200 * SECOND
    await desk.work(one)
    assert len(desk.provider.times) == 2, "hardly any time has passed"
    desk.now += SECOND
    await desk.work(one)
    assert len(desk.provider.times) == 4


async def test_who_does_not_hear_that_the_account_is_its_own_follows_at_the_pace(desk: Desk, open_another):
    await desk.queue("một", user="an")
    await desk.queue("hai", user="binh")
    first = sender(desk, rate=1)
    await desk.work(first)
    await leave(first)
    other = await open_another("other")
    second = sender(desk, other, rate=1)
    place = {"channel": CHANNEL, "account": ACCOUNT}
    await leases.release(other, **place, owner="nobody", now=desk.now)  # now there is a connection that can break
    async with outage(other):
        with pytest.raises(StoreUnavailableError):
            await second.take()
    owner = second._tenure.owner
    assert await leases.hold(other, **place, owner=owner, now=desk.now), "as if only the answer had been lost"
    await desk.work(second)
    assert len(desk.provider.arrived) == 1
    desk.now += SECOND
    await desk.work(second)
    assert len(desk.provider.arrived) == 2


async def test_a_killed_sender_is_followed_within_seconds(desk: Desk, open_another):
    await desk.queue("một", user="an")
    await desk.queue("hai", user="binh")
    killed, other = sender(desk, rate=1), sender(desk, await open_another("other"), rate=1)
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.Event().wait()

    desk.provider.first = hang
    running = asyncio.create_task(killed.run(asyncio.Event()))
    await hanging.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    waited = timedelta(0)
    while not desk.provider.arrived:
        await desk.work(other)
        desk.now += STEP
        waited += STEP
    assert LEASE <= waited <= LEASE + 3 * SECOND
    assert desk.provider.arrived == [("binh", "hai")]


async def test_a_frozen_sender_that_comes_back_sends_nothing_more(desk: Desk, open_another):
    await desk.queue("một", "hai", "ba")
    await desk.queue("bốn", user="binh")
    frozen, other = sender(desk, rate=1000), sender(desk, await open_another("other"), rate=1000)

    async def freeze() -> None:
        desk.now += LEASE
        assert await other.take() == 0, "it has the account, but the other may have sent just now"

    desk.provider.first = freeze
    await desk.work(frozen)
    assert desk.provider.arrived == [("an", "một")], "the part that was under way; nothing behind it, nothing beside it"
    desk.now += SECOND
    await desk.work(other)
    assert sorted(desk.provider.arrived[1:]) == [("an", "ba"), ("an", "hai"), ("binh", "bốn")]


async def test_a_sender_whose_clock_is_set_back_sends_nothing_beside_its_follower(desk: Desk, open_another):
    await desk.queue("một", "hai", "ba", lane=Lane.INCIDENT)
    desk.now += 7200 * SECOND
    one, other = sender(desk, rate=1000), sender(desk, await open_another("other"), rate=1000)

    async def set_right() -> None:
        desk.now -= 7199 * SECOND
        assert await other.take() == 0, "it has the account, but the other may have sent just now"

    desk.provider.first = set_right
    await one.take()
    await one.finish()
    assert desk.provider.arrived == [("an", "một")]
    desk.now += SECOND
    await desk.work(other)
    assert desk.provider.arrived == [("an", "một"), ("an", "hai"), ("an", "ba")]


async def test_an_account_without_a_limit_is_worked_by_several(desk: Desk, open_another):
    unlimited = replace(desk.provider.channel(), rate=None)
    account = AccountSettings(channel=CHANNEL, account=ACCOUNT)
    wires = [
        Wire(store=store, session=desk.session, clock=lambda: desk.now)
        for store in (desk.store, await open_another("other"))
    ]
    presence = Presence(channel=unlimited, account=account)
    for number, wire in enumerate(wires):
        await desk.queue(f"số {number}")
        await desk.work(Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1)))
        assert len(desk.provider.arrived) == number + 1


async def test_the_rate_of_the_account_goes_before_the_one_of_the_channel(desk: Desk):
    for number in range(9):
        await desk.queue(f"số {number}", user=f"u{number}")
    await desk.work(sender(desk, rate=2))
    assert len(desk.provider.arrived) == 2


@pytest.mark.parametrize(("rate", "seconds"), [(2, 1), (4, 0.5), (1, 2), (0.5, 4)])
async def test_a_text_of_two_segments_takes_the_room_of_two(desk: Desk, rate: float, seconds: float):
    for number in range(4):
        await desk.queue(f"{number}{TWO_SEGMENTS}", user=f"u{number}")
    slow = sender(desk, rate=rate, sms=True)
    for _ in range(int(seconds * 4 / (STEP / SECOND))):
        await desk.work(slow)
        desk.now += STEP
    assert len(desk.provider.times) == 4
    window = SECOND * max(1.0, seconds)
    assert desk.provider.busiest(window) == max(1, rate // 2)


async def test_a_long_text_is_not_overtaken_for_ever_by_short_ones(desk: Desk):
    slow = sender(desk, rate=2, sms=True)
    await desk.queue("ngan 0", user="u0")
    await desk.queue(TWO_SEGMENTS, user="long")
    for number in range(1, 9):
        await desk.queue(f"ngan {number}", user=f"u{number}")
    desk.now += STEP
    for _ in range(4):
        await desk.work(slow)
        desk.now += SECOND
    assert "long" in [user for user, _ in desk.provider.arrived]


async def test_who_must_not_be_called_for_a_while_is_called_in_no_lane_and_others_are(desk: Desk):
    await desk.queue("một", user="an")
    await desk.queue("nhắc", user="an", lane=Lane.REMINDER)
    await desk.queue("hai", user="binh")
    desk.provider.answers = [ThrottledError("this chat only", after=30, scope=Scope.PERSON)]
    one = sender(desk, rate=1)
    for _ in range(29):
        await desk.work(one)
        desk.now += SECOND
    await desk.queue("ba", user="an", lane=Lane.INCIDENT)
    await desk.work(one)
    assert desk.provider.arrived == [("binh", "hai")]
    for _ in range(5):
        desk.now += SECOND
        await desk.work(one)
    assert desk.provider.arrived[1:] == [("an", "một"), ("an", "ba"), ("an", "nhắc")]


async def test_a_provider_that_does_not_say_whom_it_means_is_left_in_peace(desk: Desk):
    await desk.queue("một", user="an")
    await desk.queue("hai", user="binh")
    desk.provider.answers = [ThrottledError("slow down", after=30)]
    one = sender(desk, rate=1)
    for _ in range(30):
        await desk.work(one)
        assert desk.provider.arrived == []
        desk.now += SECOND
    for _ in range(2):
        await desk.work(one)
        desk.now += SECOND
    assert len(desk.provider.arrived) == 2
