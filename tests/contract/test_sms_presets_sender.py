"""The whole way: a person writes over a double, the answer waits in the outbox, the real sender sends it, receipts climb."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.outbox import Draft
from bot.store.tables import inbox, outbox_parts
from bot.store.tables import outbox as outbox_table
from gateway.channel import Presence
from gateway.channels.sms import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.sms.fault import broken, busy
from tests.contract.sms_casefile import PRESETS, load_sms_cases
from tests.contract.sms_desk import Line, open_line
from tests.contract.sms_talk import ANNA, anna
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import rows
from tests.support.talk import content

pytestmark = SQLITE_ONLY
TO_ANSWER = [preset for preset in PRESETS if load_sms_cases(preset).message and preset != "esms"]
"""eSMS' answer goes into the request: tests/contract/test_sms_reply_in_answer.py."""
WITH_RECEIPTS = [preset for preset in TO_ANSWER if load_sms_cases(preset).report]
DROPS = {"vcom": ("A64", "sent"), "vas-soap": ("A75", "dead")}
"""Who drops what it has had, and how that ends: nothing says how a VAS partner names it, so an operator sees it."""
REPLY = Reply(text="Dan so: 1.234.567 nguoi (2025).")


def sender(line: Line) -> Sender:
    presence = Presence(channel=CHANNEL, account=line.account)
    return Sender(presence, line.wire, content(), metrics=Metrics(), jitter=Random(1), accounts=())


async def ask(line: Line) -> None:
    """Anna writes, and what is to be said waits in the outbox."""
    await line.double.say(ANNA, "DL dân số")
    row = (await rows(line.store, inbox, "id"))[-1][0]
    vault = line.store.vault
    draft = Draft(
        person=vault.person(anna(line)),
        channel="sms",
        account=line.account.account,
        lane=Lane.ANSWER,
        reply=REPLY,
        language="vi",
        origin=f"inbox:{row}",
        dedupe_key=f"answer:{row}",
    )
    await line.store.write(lambda connection: outbox.enqueue(connection, draft, now=line.wire.clock(), vault=vault))


async def work(line: Line, sending: Sender) -> None:
    while await sending.take():
        await sending.finish()


@pytest.mark.parametrize("preset", TO_ANSWER)
async def test_an_answer_leaves_once_and_is_known_as_sent(preset: str, store: Store) -> None:
    async with open_line(preset, store) as line:
        line.double.receipts = False
        await ask(line)
        sending = sender(line)
        await work(line, sending)
        await work(line, sending)
        assert line.double.phones.texts(ANNA) == [REPLY.text]
        assert await rows(store, outbox_table, "state") == [("sent",)]
        assert not line.double.violations


@pytest.mark.parametrize("preset", WITH_RECEIPTS)
async def test_the_receipts_of_an_answer_lift_it_to_delivered(preset: str, store: Store) -> None:
    async with open_line(preset, store) as line:
        await ask(line)
        await work(line, sender(line))
        told = len(line.double.usual)
        while len(line.double.courier.deliveries) < 1 + told:
            await asyncio.sleep(0.005)
        await line.double.settle()
        assert await rows(store, outbox_parts, "state") == [(int(DeliveryState.DELIVERED),)]
        assert not line.double.violations


@pytest.mark.parametrize("preset", TO_ANSWER)
async def test_an_answer_that_may_have_left_is_seen_once_where_the_provider_drops_what_it_had(
    preset: str, store: Store
) -> None:
    async with open_line(preset, store) as line:
        line.double.receipts = False
        await ask(line)
        line.double.plans.add(broken(taken=True))
        await later(line)
        rule, becomes = DROPS.get(preset, ("", "sent"))
        assert line.double.phones.texts(ANNA) == [REPLY.text] * (1 if rule else len(line.double.calls))
        assert [violation.rule for violation in line.double.violations] == ([rule] if rule else [])
        assert await rows(store, outbox_table, "state") == [(becomes,)]


@pytest.mark.parametrize("preset", TO_ANSWER)
async def test_a_provider_that_asks_to_wait_gets_the_answer_later(preset: str, store: Store) -> None:
    async with open_line(preset, store) as line:
        line.double.receipts = False
        await ask(line)
        line.double.plans.add(busy())
        await work(line, sender(line))
        assert not line.double.sent
        await later(line)
        assert line.double.phones.texts(ANNA) == [REPLY.text]


async def later(line: Line) -> None:
    """The sender works on as time passes."""
    sending = sender(line)
    for _ in range(4):
        await work(line, sending)
        line.double.clock.turn(timedelta(minutes=2))
