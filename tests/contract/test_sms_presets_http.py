"""The presets against the doubles, over HTTP, through the real route and store: words, answers, sends, receipts."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from bot.core.delivery import DeliveryState, Lane, climb
from bot.core.messages import Address
from bot.store import sending
from bot.store.engine import Store
from bot.store.outbox import Head
from bot.store.sending import SentPart
from bot.store.tables import inbox, outbox_parts, quarantine
from bot.store.tables import receipts as receipts_table
from gateway.channel import Part
from gateway.channels.sms import CHANNEL
from gateway.errors import MisconfiguredError, OutcomeUnknownError, SendError, ThrottledError, UnreachableError
from simulator.sms.call import Call
from simulator.sms.courier import Delivery
from simulator.sms.fault import Course, Way, broken, busy, down, garbled, hanging, slow
from simulator.sms.vas import DIALECTS, Dialect
from tests.contract.sms_casefile import PRESETS, SendRow, load_sms_cases
from tests.contract.sms_desk import Line, open_line
from tests.contract.sms_parts import ANNA, answer_to, answering
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, rows

pytestmark = SQLITE_ONLY
WORDS = 'DL dân số & "nước" + <1>'
WITH_WORDS = [preset for preset in PRESETS if load_sms_cases(preset).message]
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


@contextlib.asynccontextmanager
async def at(preset: str, store: Store) -> AsyncIterator[Line]:
    async with open_line(preset, store) as line:
        line.double.receipts = False
        yield line


async def answered(line: Line, words: str = WORDS, reply: str = "Dan so: 1.234.567", *, key: str = "12:0") -> Delivery:
    """Anna writes and is answered, whichever way the answer goes."""
    known = len(await rows(line.store, inbox, "id"))
    saying = asyncio.create_task(line.double.say(ANNA, words))
    while len(found := await rows(line.store, inbox, "external_id")) == known:
        await asyncio.sleep(0.01)
    part = await answer_to(line.store, anna(line), reply, request=found[-1][0])
    assert await CHANNEL.send(part, anna(line), key, line.account, line.wire)
    return await saying


def anna(line: Line) -> Address:
    return Address(channel="sms", account=line.account.account, user=ANNA)


async def heard(store: Store) -> list[str]:
    return [body["text"] for (body,) in await rows(store, inbox, "body")]


async def asked(line: Line) -> str:
    """The request that the next message answers, where the provider wants one."""
    if not line.desk.cases.answers:
        return "r-1"
    await line.double.say(ANNA, "DL")
    found = await rows(line.store, inbox, "external_id")
    return str(found[-1][0])


async def prepared(line: Line, text: str = "Dan so") -> tuple[Part, Address]:
    """A message that may be sent by this account."""
    if line.desk.cases.answers:
        return await answer_to(line.store, anna(line), text, request=await asked(line)), anna(line)
    part, to = await answering(line.desk, line.store, text)
    return part, to


async def send(line: Line, text: str = "Dan so", *, key: str = "12:0") -> str:
    part, to = await prepared(line, text)
    return await CHANNEL.send(part, to, key, line.account, line.wire)


@pytest.mark.parametrize("preset", WITH_WORDS)
async def test_a_persons_words_are_stored_and_the_answer_reaches_the_phone(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        delivery = await answered(line)
        assert delivery.taken
        assert await heard(store) == [WORDS]
        assert line.double.phones.texts(ANNA) == ["Dan so: 1.234.567"]
        assert not line.double.violations


@pytest.mark.parametrize("preset", [preset for preset in WITH_WORDS if preset != "esms"])
async def test_what_comes_again_is_stored_once_and_the_provider_is_content(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        first = await line.double.say(ANNA, WORDS)
        again = await line.double.bring(first.post)
        assert again.taken
        assert len(await rows(store, inbox, "id")) == 1
        assert not line.double.violations


async def test_a_question_that_esms_asks_again_is_answered_again_without_a_second_row(store: Store) -> None:
    async with at("esms", store) as line:
        first = await answered(line)
        await line.double.bring(first.post)
        assert line.double.phones.texts(ANNA) == ["Dan so: 1.234.567"] * 2
        assert len(await rows(store, inbox, "id")) == 1
        assert not line.double.violations


async def test_v_com_hears_104_for_what_it_brings_again(store: Store) -> None:
    async with at("vcom", store) as line:
        first = await line.double.say(ANNA, WORDS)
        line.double.clock.turn(timedelta(seconds=20))
        again = await line.double.bring(first.post)
        assert json.loads(first.body)["data"]["code"] == 200
        assert json.loads(again.body)["errors"]["code"] == 104


@pytest.mark.parametrize("dialect", DIALECTS, ids=[dialect.method for dialect in DIALECTS])
async def test_every_spelling_of_a_vas_partner_is_read(dialect: Dialect, store: Store) -> None:
    agreed = {"encoding": "plain" if dialect.plain else "base64", "mo_method": dialect.method}
    async with open_line("vas-soap", store, **agreed) as line:
        line.double.dialect = dialect
        delivery = await line.double.say(ANNA, WORDS)
        assert f"<{dialect.method}Response>" in delivery.body
        assert await heard(store) == [WORDS]
        assert not line.double.violations


async def test_a_message_that_is_not_packed_as_agreed_is_kept_aside(store: Store) -> None:
    async with open_line("vas-soap", store) as line:
        line.double.dialect = DIALECTS[-1]
        await line.double.say(ANNA, WORDS)
        assert not await heard(store)
        assert len(await rows(store, quarantine, "id")) == 1
        assert not line.double.violations


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_vonage_may_call_by_get_and_by_post(method: str, store: Store) -> None:
    async with at("vonage", store) as line:
        line.double.method = method
        await line.double.say(ANNA, WORDS)
        assert await heard(store) == [WORDS]


async def test_all_that_several_people_wrote_in_one_post_is_stored(store: Store) -> None:
    async with at("infobip", store) as line:
        await line.double.bring(line.double.messages((ANNA, "một"), ("+84987654321", "hai"), ("+84", "ba")))
        assert sorted(await heard(store)) == ["hai", "một"]


SENDS = [(preset, row) for preset in PRESETS for row in load_sms_cases(preset).send]


@pytest.mark.parametrize(("preset", "row"), SENDS, ids=[f"{preset}: {row.what}" for preset, row in SENDS])
async def test_a_message_is_sent_as_the_provider_wants_it(preset: str, row: SendRow, store: Store) -> None:
    async with at(preset, store) as line:
        provider_id = await send(line, row.text)
        call = line.double.calls[-1]
        assert {path: said(call, path) for path in row.call} == {
            path: value.replace("<key>", "12:0") for path, value in row.call.items()
        }
        assert line.double.phones.texts(ANNA) == [row.text if row.shown is None else row.shown]
        assert not line.double.violations
        sent = line.double.sent[0]
        assert provider_id in {sent.id, sent.key or "12:0", "12:0"}


def said(call: Call, path: str) -> str | None:
    """What stands at ``path`` of a call: dotted in JSON, a name in a form or in XML."""
    if call.content_type == "application/json":
        value: Any = call.json()
        for step in path.split("."):
            value = value[int(step)] if isinstance(value, list) else value.get(step)
        return None if value is None else str(value)
    if "xml" in call.content_type:
        found = [one.text for one in ET.fromstring(call.body).iter() if one.tag.rpartition("}")[2] == path]  # noqa: S314
        return found[0] if found else None
    return call.parameters.get(path)


@pytest.mark.parametrize("preset", PRESETS)
async def test_a_provider_that_is_slow_has_sent_it(preset: str, store: Store) -> None:
    async with at(preset, store) as line:
        line.double.plans.add(slow(0.05))
        assert await send(line)
        assert line.double.phones.texts(ANNA) == ["Dan so"]


FAULTS = {
    "connection broken after it was taken": (broken(taken=True), {OutcomeUnknownError}),
    "connection broken before it was taken": (broken(taken=False), {OutcomeUnknownError}),
    "never answered": (hanging(), {OutcomeUnknownError}),
    "a page instead of an answer": (garbled(), {OutcomeUnknownError}),
    "502 of a server in between": (down(), {OutcomeUnknownError, UnreachableError}),
    "503 of a server in between": (down(503), {UnreachableError}),
    "too often": (busy(), {ThrottledError, UnreachableError}),
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
            await asyncio.wait_for(CHANNEL.send(part, to, "12:0", line.account, hurried(line)), 10)
        assert type(caught.value) in kinds
        assert ANNA.removeprefix("+") not in str(caught.value)


def hurried(line: Line) -> Any:
    """The line's wire, whose calls do not wait long."""
    line.wire.session._timeout = aiohttp.ClientTimeout(total=0.3)
    return line.wire


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
