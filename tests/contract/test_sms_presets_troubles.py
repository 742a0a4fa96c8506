"""The presets against the doubles when things go wrong: calls that fail, tokens that end, receipts in any order."""

import asyncio
import random
from dataclasses import replace

import aiohttp
import pytest

from bot.core.delivery import DeliveryState, Lane, climb
from bot.store import sending
from bot.store.engine import Store
from bot.store.outbox import Head
from bot.store.sending import SentPart
from bot.store.tables import outbox_parts
from bot.store.tables import receipts as receipts_table
from gateway.channels.sms import CHANNEL
from gateway.errors import MisconfiguredError, OutcomeUnknownError, SendError, ThrottledError, UnreachableError
from simulator.sms.fault import Course, Way, broken, busy, down, garbled, hanging, slow
from tests.contract.sms_casefile import PRESETS, load_sms_cases
from tests.contract.sms_desk import Line, open_line
from tests.contract.sms_parts import ANNA
from tests.contract.sms_talk import anna, at, prepared, send
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, rows

pytestmark = SQLITE_ONLY
WITH_RECEIPTS = [preset for preset in PRESETS if load_sms_cases(preset).report]
KEYED = ["esms", "vcom"]
STATES = {
    "esms": {"7": "SENT", "2": "BUFFERED", "5": "DELIVERED", "5f": "FAILED"},
    "speedsms": {"0": "DELIVERED", "1": "BUFFERED", "64": "FAILED"},
    "twilio": {"sent": "SENT", "delivered": "DELIVERED", "undelivered:30005": "FAILED", "read": "READ"},
    "vonage": {"accepted": "SENT", "buffered": "BUFFERED", "delivered": "DELIVERED", "failed:6": "FAILED"},
    "infobip": {"PENDING": "SENT", "DELIVERED": "DELIVERED", "UNDELIVERABLE": "FAILED", "EXPIRED": "EXPIRED"},
    "jasmin": {"ESME_ROK": "SENT", "DELIVRD": "DELIVERED", "UNDELIV": "FAILED", "EXPIRED": "EXPIRED"},
}
"""What the doubles report, and the rung of the ladder that it is."""


@pytest.mark.parametrize("preset", PRESETS)
async def test_a_provider_that_is_slow_has_sent_it(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        line.double.plans.add(slow(0.05))
        assert await send(line)
        assert line.double.phones.texts(ANNA) == ["Dan so"]


BUSY_IS_503 = {"vas-soap", "viettel"}
"""Whose doubles say so, for nothing is documented."""
FAULTS = {
    "connection broken after it was taken": (broken(taken=True), {OutcomeUnknownError}),
    "connection broken before it was taken": (broken(taken=False), {OutcomeUnknownError}),
    "never answered": (hanging(), {OutcomeUnknownError}),
    "a page instead of an answer": (garbled(), {OutcomeUnknownError}),
    "502 of a server in between": (down(), {OutcomeUnknownError, UnreachableError}),
    "503 of a server in between": (down(503), {UnreachableError}),
    "too often": (busy(), {ThrottledError}),
}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_what_goes_wrong_with_a_call_is_told_as_what_it_is(preset: str, fault: str, store: Store) -> None:
    trouble, kinds = FAULTS[fault]
    async with at(preset, store) as line:
        if preset == "fpt":
            line.double.plans.add(None)  # its token
        part, to = await prepared(line)
        line.double.plans.add(trouble)
        with pytest.raises(SendError) as caught:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
                await CHANNEL.send(part, to, "12:0", line.account, replace(line.wire, session=session))
        assert type(caught.value) in (
            kinds if fault != "too often" or preset not in BUSY_IS_503 else {UnreachableError}
        )
        assert ANNA.removeprefix("+") not in str(caught.value)


@pytest.mark.parametrize("preset", PRESETS)
async def test_a_provider_that_is_away_has_sent_nothing(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        part, to = await prepared(line)
        desk = line.desk.with_settings(**{line.desk.cases.address: "http://127.0.0.1:9"})
        with pytest.raises(UnreachableError):
            await CHANNEL.send(part, to, "12:0", desk.account, line.wire)


@pytest.mark.parametrize("preset", KEYED)
async def test_a_provider_that_knows_our_key_shows_a_repeated_message_once(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        part, to = await prepared(line)
        line.double.plans.add(broken(taken=True))
        with pytest.raises(OutcomeUnknownError):
            await CHANNEL.send(part, to, "12:0", line.account, line.wire)
        assert await CHANNEL.send(part, to, "12:0", line.account, line.wire)
        assert line.double.phones.texts(ANNA) == ["Dan so"]


async def test_a_token_is_got_once_and_again_when_it_is_over(store: Store) -> None:
    async with at("fpt", store) as line:
        part, to = await prepared(line)
        for number in range(3):
            await CHANNEL.send(part, to, f"{number}:0", line.account, line.wire)
        assert line.double.logins == 1
        line.double.revoke()
        await CHANNEL.send(part, to, "9:0", line.account, line.wire)
        assert line.double.logins == 2
        assert len(line.double.sent) == 4


async def test_wrong_secrets_for_the_token_are_our_own_fault(store: Store) -> None:
    async with at("fpt", store) as line:
        part, to = await prepared(line)
        line.double.client_secret = "another"  # noqa: S105 – a wrong one
        with pytest.raises(MisconfiguredError):
            await CHANNEL.send(part, to, "12:0", line.account, line.wire)
        assert not line.double.sent


async def recorded(line: Line, provider_id: str) -> None:
    """The sender writes down what has left."""
    to = anna(line)
    head = Head(person=line.store.vault.person(to), lane=Lane.ANSWER, address=to, owner="test")
    part = SentPart(outbox_id=1, number=0, provider_id=provider_id, state=DeliveryState.SENT, at=NOW)
    await sending.record_part(line.store, head, part, last=True)


async def known(store: Store) -> DeliveryState:
    ((state,),) = await rows(store, outbox_parts, "state")
    return DeliveryState(state)


@pytest.mark.parametrize("preset", WITH_RECEIPTS)
@pytest.mark.parametrize("way", list(Way))
async def test_receipts_early_late_twice_and_shuffled_end_in_the_highest_state(
    preset: str, way: Way, store: Store
) -> None:
    chance = random.Random(f"{preset} {way}")
    async with open_line(preset, store) as line:
        words = chance.sample(sorted(STATES[preset]), k=3)
        line.double.plans.follow(Course(states=tuple(words), way=way))
        provider_id = await send(line)
        if way is Way.EARLY:
            assert await rows(store, receipts_table, "id")
        if chance.random() < 0.5:
            await recorded(line, provider_id)
            await after(line, way, len(words))
        else:
            await after(line, way, len(words))
            await recorded(line, provider_id)
        expected = DeliveryState.SENT
        for word in words if way is not Way.LOST else ():
            expected = climb(expected, DeliveryState[STATES[preset][word]])
        assert await known(store) is expected
        assert not line.double.violations


async def after(line: Line, way: Way, count: int) -> None:
    """Until every receipt has come."""
    if way is Way.LATE:
        assert not line.double.courier.deliveries or not await rows(line.store, receipts_table, "id")
        line.double.clock.turn(Course().after)
    told = 0 if way is Way.LOST else count * (2 if way is Way.TWICE else 1)
    while sum("dlr" in d.post.url or b"report" in d.post.body for d in line.double.courier.deliveries) < told:
        await asyncio.sleep(0.005)
    await line.double.settle()
