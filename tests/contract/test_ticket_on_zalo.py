"""Somebody on Zalo hears that their report was closed: in free words, or in a template when they have long been silent."""

import json
from datetime import timedelta
from random import Random

import pytest

from bot.core.accounts import Account
from bot.core.effects import OpenTicket
from bot.core.messages import Address, InboundMessage, Reply, Sign, SignKind
from bot.core.tickets import Ticket, TicketKind
from bot.store import standing, tickets
from bot.store.intake import Intake
from bot.store.tables import outbox
from bot.wording.speech import Speech
from bot.wording.ticket import CHANGED, word_closed
from gateway.channel import Presence
from gateway.channels.zalo import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.zalo.settings import ZaloAccount
from simulator.zalo.double import BY_UID, CS
from simulator.zalo.troubles import lost
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID
from tests.support.rows import rows
from tests.support.talk import content
from tests.support.zalo_templates import IDS, UID, Counter, counter

PERSON = Address(channel="zalo", account=OA_ID, user=UID)
REPORT = OpenTicket(
    number=48213, identity="A-1", kind=TicketKind.WRONG_FIGURE, text="phải là 5", figure="Dân số xã Tịnh Khê: 15.312"
)


@pytest.fixture
async def desk(store):
    async with counter(store) as opened:
        yield opened


def word(ticket: Ticket, language: str) -> Reply:
    account = Account(channel=ticket.channel, name="")
    return word_closed(Speech(content=content(), language=language, account=account), ticket)


async def close_report(desk: Counter, *, silent: timedelta, paid: bool = True) -> None:
    """Somebody reports, says nothing for ``silent``, then the report is closed and whatever may go goes."""
    store, written = desk.store, desk.now()
    desk.zalo.interact(UID)
    await Intake(store).accept([InboundMessage(address=PERSON, external_id="m-1", received_at=written, text="báo sai")])
    await standing.note(store, [Sign(address=PERSON, kind=SignKind.INTERACTED, at=written)])
    await store.write(lambda connection: tickets.record(connection, store.vault, PERSON, REPORT, now=written))
    desk.zalo.clock.turn(silent)
    assert (await tickets.close(store, REPORT.number, note="Đã sửa.", word=word, now=desk.now())).told
    given = {"channel": "zalo", "account": OA_ID, "app_id": APP_ID, "app_secret": APP_SECRET, "paid": paid}
    bases = {"api_base": desk.zalo.api_base, "oauth_base": desk.zalo.oauth_base, "templates": IDS}
    account = ZaloAccount.model_validate({**given, **bases})
    presence = Presence(channel=CHANNEL, account=account)
    for _ in range(3):
        sender = Sender(presence, desk.wire, content(), metrics=Metrics(), jitter=Random(1))
        while await sender.take():
            await sender.finish()
        await sender._leave()
        desk.zalo.clock.turn(timedelta(hours=1))


def asked(desk: Counter, path: str) -> int:
    return len([call for call in desk.zalo.calls if call.path == path])


async def test_whoever_wrote_lately_hears_it_in_free_words(desk: Counter):
    await close_report(desk, silent=timedelta(hours=1))
    assert "Đã sửa." in desk.zalo.texts(UID)[0]
    assert (asked(desk, CS), asked(desk, BY_UID)) == (1, 0)


async def test_whoever_has_long_been_silent_hears_it_in_the_template(desk: Counter):
    await close_report(desk, silent=timedelta(days=8))
    assert (asked(desk, CS), asked(desk, BY_UID)) == (0, 1)
    (call,) = [call for call in desk.zalo.calls if call.path == BY_UID]
    body = json.loads(call.body)
    assert body["template_id"] == IDS[CHANGED]
    assert body["template_data"]["number"] == "48213"
    assert "phải là 5" not in call.body.decode()
    assert await rows(desk.store, outbox, "state") == [("sent",)]
    assert not desk.zalo.violations


async def test_a_template_of_unknown_result_is_left_to_the_operator_on_this_channel_too(desk: Counter):
    desk.zalo.plan(BY_UID, lost())
    await close_report(desk, silent=timedelta(days=8))
    assert asked(desk, BY_UID) == 1
    assert await rows(desk.store, outbox, "state") == [("parked",)]


async def test_where_nobody_pays_nothing_is_sent_after_the_window(desk: Counter):
    await close_report(desk, silent=timedelta(days=8), paid=False)
    assert (asked(desk, CS), asked(desk, BY_UID)) == (0, 0)
    assert await rows(desk.store, outbox, "state") == [("dead",)]
