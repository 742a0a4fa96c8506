"""Templates before the Zalo double: checked before they leave, known by our id, and none is ever sent twice blindly."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Form
from bot.store import dead, receipts, tokens
from bot.store.tables import outbox, outbox_parts
from bot.store.tokens import Place
from gateway import errors
from gateway.channel import Hook
from gateway.channels.zalo_template import CHANNEL
from gateway.zalo.events import parse
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.templates import declared, send_by_uid, tracking_id
from simulator.zalo.double import BY_PHONE, BY_UID
from simulator.zalo.troubles import down, failing, garbled, hanging, lacking, lost, reset
from simulator.zalo.world import APP_ID, OA_ID
from tests.contract.harness import every_log
from tests.support.canary import leaks
from tests.support.rows import rows
from tests.support.zalo_templates import FORM, IDS, PHONE, UID, Counter, counter


@pytest.fixture
async def desk(store):
    async with counter(store) as opened:
        yield opened


def body_of(desk: Counter, path: str) -> dict[str, object]:
    """The body of the one call of ``path``."""
    (call,) = [call for call in desk.zalo.calls if call.path == path]
    return json.loads(call.body)


async def test_a_template_goes_to_a_number_with_our_tracking_id(desk: Counter):
    message_id = await desk.send("0901000001")
    (sent,) = desk.zalo.sent
    assert (message_id, sent.to) == (sent.message_id, PHONE)
    assert body_of(desk, BY_PHONE) == {
        "phone": PHONE,
        "template_id": IDS[FORM.name],
        "template_data": dict(FORM.values),
        "tracking_id": "tracuu-7-0",
    }
    assert not desk.zalo.violations


async def test_a_template_goes_to_a_user_id_long_after_the_window_without_a_tracking_id(desk: Counter):
    desk.zalo.interact(UID, ago=timedelta(days=30))
    message_id = await desk.send(f"uid:{UID}")
    (sent,) = desk.zalo.sent
    assert (message_id, sent.to) == (sent.message_id, UID)
    assert body_of(desk, BY_UID).keys() == {"user_id", "template_id", "template_data"}
    assert not desk.zalo.violations


@pytest.mark.parametrize("name", declared())
async def test_every_template_of_ours_passes_the_rules_of_the_provider(desk: Counter, name: str):
    values = tuple((slot, param.example) for slot, param in declared()[name].params.items())
    await desk.send(form=Form(name=name, values=values))
    assert len(desk.zalo.sent) == 1
    assert not desk.zalo.violations


async def test_an_optional_slot_is_never_sent_empty(desk: Counter):
    params = declared()["thong-bao-bao-tri"].params
    values = tuple((slot, param.example) for slot, param in params.items() if param.required)
    await desk.send(form=Form(name="thong-bao-bao-tri", values=values))
    assert not desk.zalo.violations


async def test_decomposed_values_are_composed_before_they_leave(desk: Counter):
    values = {**dict(FORM.values), "state": "đã xử lý ở Sở Nội vụ, Tịnh Khê"}
    decomposed = tuple((slot, unicodedata.normalize("NFD", value)) for slot, value in values.items())
    await desk.send(form=replace(FORM, values=decomposed))
    assert body_of(desk, BY_PHONE)["template_data"] == values
    assert not desk.zalo.violations


def form_with(**changes: str) -> Form:
    return replace(FORM, values=tuple({**dict(FORM.values), **changes}.items()))


NEVER = {
    "free words": ({"form": None}, errors.RefusedError),
    "a template that nobody declared": ({"form": Form(name="khuyen-mai")}, errors.RefusedError),
    "a slot that is none": ({"form": form_with(phone="x")}, errors.RefusedError),
    "a slot that lacks": ({"form": Form(name=FORM.name)}, errors.RefusedError),
    "a value too long": ({"form": form_with(state="x" * 31)}, errors.RefusedError),
    "a value of two lines": ({"form": form_with(state="a\nb")}, errors.RefusedError),
    "a template without a number": ({"templates": {}}, errors.MisconfiguredError),
    "a fixed line": ({"user": "02553822222"}, errors.RefusedError),
    "no number at all": ({"user": "an"}, errors.RefusedError),
    "a user id under test": ({"user": f"uid:{UID}", "mode": "development"}, errors.RefusedError),
}


@pytest.mark.parametrize(("changes", "error"), NEVER.values(), ids=NEVER.keys())
async def test_what_cannot_be_sent_never_leaves(desk: Counter, changes, error):
    desk.zalo.interact(UID)
    with pytest.raises(error) as raised:
        await desk.send(**changes)
    assert type(raised.value) is error
    assert not desk.zalo.calls


TOMORROW = datetime(2026, 11, 16, 23, 5, tzinfo=UTC)
"""06:05 of the next day in Việt Nam."""
CODES = {
    -118: errors.ElsewhereError,
    -119: errors.ElsewhereError,
    -114: errors.ElsewhereError,
    -110: errors.ElsewhereError,
    -139: errors.OptedOutError,
    -141: errors.OptedOutError,
    -144: errors.DeferredError,
    -147: errors.DeferredError,
    -1471: errors.ElsewhereError,
    -1472: errors.ElsewhereError,
    -133: errors.DeferredError,
    -115: errors.MisconfiguredError,
    -136: errors.MisconfiguredError,
    -137: errors.MisconfiguredError,
    -1381: errors.MisconfiguredError,
    -126: errors.MisconfiguredError,
    -127: errors.MisconfiguredError,
    -109: errors.MisconfiguredError,
    -131: errors.MisconfiguredError,
    -1241: errors.MisconfiguredError,
    -146: errors.MisconfiguredError,
    -108: errors.RefusedError,
    -1121: errors.RefusedError,
    -9999: errors.RefusedError,
}


@pytest.mark.parametrize(("code", "error"), CODES.items(), ids=str)
async def test_every_number_of_the_provider_has_its_meaning(desk: Counter, code, error):
    desk.zalo.plan(BY_PHONE, failing(code))
    with pytest.raises(error) as raised:
        await desk.send()
    if isinstance(raised.value, errors.DeferredError):
        assert TOMORROW <= raised.value.until <= TOMORROW + timedelta(minutes=10)
    assert not desk.zalo.sent
    assert len(desk.zalo.calls) == 1


async def test_the_same_number_by_user_id_is_read_as_that_host_means_it(desk: Counter):
    desk.zalo.interact(UID)
    desk.zalo.plan(BY_UID, failing(-249))
    with pytest.raises(errors.ElsewhereError):
        await desk.send(f"uid:{UID}")


async def test_a_dead_token_is_refreshed_once_and_the_template_goes_once(desk: Counter):
    desk.zalo.revoke_access()
    await desk.send()
    assert len(desk.zalo.sent) == 1
    assert [call.path for call in desk.zalo.calls if call.path != BY_PHONE] == ["/v4/oa/access_token"]
    kept = await tokens.find(desk.store, Place(channel="zalo", account=OA_ID))
    assert kept.pair.access == desk.zalo.tokens().access, "the pair is that of the Official Account"


async def test_a_message_under_test_says_so_and_reaches_administrators_only(desk: Counter):
    desk.zalo.world.admins.add(PHONE)
    await desk.send(mode="development")
    assert body_of(desk, BY_PHONE)["mode"] == "development"
    with pytest.raises(errors.MisconfiguredError):
        await desk.send("84901000002", mode="development")
    assert len(desk.zalo.sent) == 1


TROUBLES = {
    "the answer was lost": lost(),
    "the connection broke in the middle of the answer": reset(),
    "no answer, and it was done": hanging(executed=True),
    "no answer": hanging(),
    "an error page": down(502),
    "an error page, and it was done": down(502, executed=True),
    "a page that is no answer": garbled(),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
@pytest.mark.parametrize("path", [BY_PHONE, BY_UID])
async def test_an_unknown_result_is_asked_for_once_and_left_to_the_operator(desk: Counter, path: str, trouble):
    desk.zalo.interact(UID)
    desk.zalo.plan(path, trouble)
    await desk.queue(PHONE if path == BY_PHONE else f"uid:{UID}")
    await desk.work()
    for _ in range(3):
        desk.zalo.clock.turn(timedelta(hours=2))
        await desk.work()
    assert await rows(desk.store, outbox, "state") == [("parked",)]
    assert len([call for call in desk.zalo.calls if call.path == path]) == 1
    assert len(desk.zalo.sent) == int(trouble.executed)


def zalo_account(desk: Counter) -> ZaloAccount:
    """The account that the events come to."""
    given = {"channel": "zalo", "account": OA_ID, "app_id": APP_ID, "app_secret": "the-app-secret"}
    return ZaloAccount.model_validate(given)


async def hear(desk: Counter, raw: bytes) -> None:
    """What the webhook of the Official Account makes of an event."""
    hook = Hook(method="POST", query={}, headers={"x-zevent-server": "ZNS"}, cookies={}, body=raw)
    parsed = parse(hook, zalo_account(desk), desk.now())
    await receipts.accept(desk.store, [one for one in parsed.receipts if one.channel == CHANNEL.name])


async def test_a_report_of_delivery_proves_that_a_message_of_unknown_result_left(desk: Counter):
    desk.zalo.receipts = False
    desk.zalo.plan(BY_PHONE, lost())
    await desk.queue()
    await desk.work()
    (sent,) = desk.zalo.sent
    await hear(desk, desk.zalo.deliver_template(sent).raw)
    assert await dead.replay_outbox(desk.store, 1, now=desk.now())
    await desk.work()
    assert len(desk.zalo.sent) == 1, "an operator's replay did not pay for it again"
    assert await rows(desk.store, outbox, "state") == [("sent",)]
    ((provider_id, state),) = await rows(desk.store, outbox_parts, "provider_id", "state")
    assert (provider_id, state) == (sent.tracking_id, int(DeliveryState.DELIVERED))


async def test_a_report_of_delivery_finds_the_message_by_the_providers_id(desk: Counter):
    desk.zalo.receipts = False
    await desk.queue()
    await desk.work()
    (sent,) = desk.zalo.sent
    await hear(desk, desk.zalo.deliver_template(sent).raw)
    assert await rows(desk.store, outbox_parts, "provider_id", "state") == [
        (sent.message_id, int(DeliveryState.DELIVERED))
    ]


async def test_a_template_that_was_taken_without_an_id_is_known_by_ours_or_left_to_the_operator(desk: Counter):
    desk.zalo.interact(UID)
    desk.zalo.plan(BY_PHONE, lacking("data"))
    assert await desk.send() == tracking_id("7:0")
    desk.zalo.plan(BY_UID, lacking("data"))
    with pytest.raises(errors.OutcomeUnknownError):
        await desk.send(f"uid:{UID}")


async def test_no_log_and_no_error_holds_a_number_a_value_or_a_token(desk: Counter):
    marks = [PHONE, UID, "Tịnh Khê", desk.zalo.tokens().access, "the-app-secret"]
    desk.zalo.oa.template_quota = 1
    desk.zalo.interact(UID)
    with every_log() as logged:
        said = []
        for trouble in (None, failing(-118), failing(-1121), failing(-9999), down(502), failing(-144)):
            desk.zalo.plan(BY_PHONE, trouble)
            for changes in ({}, {"form": form_with(state="Tịnh Khê " * 9)}, {"user": "Tịnh Khê"}):
                try:
                    await desk.send(**changes)
                except errors.SendError as error:
                    said.append(str(error))
        assert "zalo.template_quota" in logged()
        assert not leaks(logged(), marks)
        assert not leaks("\n".join(said), marks)


async def test_the_channel_of_the_account_may_send_a_template_to_whom_it_knows(desk: Counter):
    desk.zalo.interact(UID, ago=timedelta(days=8))
    message_id = await send_by_uid(FORM, UID, desk.account(), desk.wire, ids=IDS)
    assert [sent.message_id for sent in desk.zalo.sent] == [message_id]
