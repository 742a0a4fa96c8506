"""The events of the Zalo double: every name, who is who in it, and which follow what we send."""

import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulator.zalo.clock import Timeline
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.events import EVENTS
from simulator.zalo.world import APP_ID, OA_ID, OA_SECRET
from tests.conftest import NOW
from tests.contract.zalo_caller import PHONE, UID, Caller
from tests.contract.zalo_wrong_webhooks import Hook, running_hook
from tests.support.source import ROOT

EACH_EVENT = pytest.mark.parametrize("name", EVENTS)
NAMED = [
    "user_send_text",
    "user_send_image",
    "user_send_gif",
    "user_send_link",
    "user_send_video",
    "user_send_audio",
    "user_send_sticker",
    "user_send_location",
    "user_send_file",
    "user_send_business_card",
    "follow",
    "unfollow",
    "user_click_chatnow",
    "user_submit_info",
    "oa_send_text",
    "oa_send_image",
    "oa_send_gif",
    "oa_send_list",
    "oa_send_file",
    "oa_send_sticker",
    "user_received_message",
    "user_seen_message",
    "user_reacted_message",
    "oa_reacted_message",
    "anonymous_send_text",
    "anonymous_send_image",
    "anonymous_send_file",
    "anonymous_send_sticker",
    "oa_send_anonymous_text",
    "add_user_to_tag",
    "remove_user_from_tag",
    "remove_tag",
    "update_user_info",
    "user_withdraw",
    "change_template_status",
    "change_oa_daily_quota",
    "change_template_quality",
    "user_feedback",
    "user_click_response_button",
    "widget_interaction_accepted",
    "widget_failed_to_sync_user_external_id",
    "oa_send_consent",
    "user_reply_consent",
    "user_call_oa",
    "extension_purchased",
]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with running_hook(Hook()) as listening:
        yield listening


@pytest.fixture
async def zalo(hook: Hook) -> AsyncIterator[Zalo]:
    async with running_zalo(webhook=hook.url, clock=Timeline(NOW, speed=0)) as running:
        yield running


@pytest.fixture
async def caller(zalo: Zalo) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        calling = Caller(zalo=zalo, session=session)
        calling.arrange()
        yield calling


def test_every_event_that_the_contract_names_can_be_raised():
    contract = (ROOT / "docs" / "zalo-contract.md").read_text(encoding="utf-8")
    assert set(NAMED) <= set(EVENTS)
    assert all(name.split("_")[-1] in contract for name in EVENTS)


@EACH_EVENT
async def test_an_event_is_signed_and_says_whose_it_is(name: str, zalo: Zalo, hook: Hook):
    delivery = await zalo.event(name, UID)
    body, (raw, headers) = delivery.body, hook.came[0]
    stamp = body["timestamp"]
    expected = hashlib.sha256(APP_ID.encode() + raw + stamp.encode() + OA_SECRET.encode()).hexdigest()
    assert headers["X-ZEvent-Signature"] == f"mac={expected}"
    assert (body["event_name"], body["app_id"], stamp.isdecimal()) == (name, APP_ID, True)
    ends = {body.get("oa_id"), body.get("sender", {}).get("id"), body.get("recipient", {}).get("id")}
    assert OA_ID in ends


@EACH_EVENT
async def test_only_what_a_person_does_opens_the_window(name: str, zalo: Zalo):
    await zalo.event(name, UID)
    writes = name.startswith("user_send_") and "group" not in name
    acts = name in {"follow", "user_click_chatnow", "user_submit_info", "user_call_oa"}
    assert (zalo.person(UID).last_interaction is not None) == (writes or acts)


async def test_a_follow_has_no_sender(zalo: Zalo):
    body = (await zalo.event("follow", UID)).body
    assert body.keys() == {"app_id", "event_name", "timestamp", "oa_id", "follower", "user_id_by_app", "source"}
    assert zalo.person(UID).follows
    await zalo.event("unfollow", UID)
    assert not zalo.person(UID).follows


async def test_the_chat_button_is_flat(zalo: Zalo):
    body = (await zalo.event("user_click_chatnow", UID)).body
    assert (body["oa_id"], body["user_id"], "sender" in body) == (OA_ID, UID, False)


async def test_a_place_is_two_strings(zalo: Zalo):
    attachment = (await zalo.event("user_send_location", UID)).body["message"]["attachments"][0]
    assert attachment == {
        "type": "location",
        "payload": {"coordinates": {"latitude": "15.1205", "longitude": "108.7923"}},
    }


async def test_fields_of_an_event_can_be_replaced_or_left_out(zalo: Zalo, hook: Hook):
    body = (await zalo.event("user_send_text", UID, user_id_by_app=None, timestamp=1790000000000, extra=1)).body
    assert "user_id_by_app" not in body
    assert (body["timestamp"], body["extra"]) == (1790000000000, 1)
    raw, headers = hook.came[0]
    joined = APP_ID.encode() + raw + b"1790000000000" + OA_SECRET.encode()
    assert headers["X-ZEvent-Signature"] == f"mac={hashlib.sha256(joined).hexdigest()}"


async def test_a_name_that_nobody_knows_can_be_raised_too(zalo: Zalo, hook: Hook):
    assert (await zalo.event("user_dreams_of_oa", UID)).status == 200
    assert len(hook.came) == 1


async def test_what_we_send_comes_back_as_an_echo_and_a_receipt(zalo: Zalo, caller: Caller):
    answer = await caller.cs({"text": "dân số"})
    await zalo.settle()
    echo, receipt = (delivery.body for delivery in zalo.courier.deliveries)
    assert (echo["event_name"], echo["sender"], echo["recipient"]) == ("oa_send_text", {"id": OA_ID}, {"id": UID})
    assert (receipt["event_name"], receipt["sender"]) == ("user_received_message", {"id": OA_ID})
    ids = {echo["message"]["msg_id"], receipt["message"]["msg_id"]}
    assert ids == {answer["data"]["message_id"]}


async def test_the_echo_of_a_picture_bears_its_kind(zalo: Zalo, caller: Caller):
    await caller.media(media_type="image", url="https://tracuu.example/1.png")
    await zalo.settle()
    assert zalo.courier.deliveries[0].name == "oa_send_image"


async def test_only_a_human_answer_names_an_administrator(zalo: Zalo, caller: Caller):
    await caller.cs({"text": "máy"})
    by_hand = (await zalo.answer_by_hand(UID, "người")).body
    assert by_hand["sender"]["admin_id"]
    assert all("admin_id" not in d.body["sender"] for d in zalo.courier.deliveries[:2])


async def test_a_message_is_seen_whoever_is_named_as_sender(zalo: Zalo, caller: Caller):
    await caller.cs({"text": "x"})
    by_person = (await zalo.see(zalo.sent[0])).body
    by_account = (await zalo.see(zalo.sent[0], sender_is_oa=True)).body
    assert [by_person["sender"]["id"], by_account["sender"]["id"]] == [UID, OA_ID]
    assert by_person["message"]["msg_ids"] == by_account["message"]["msg_ids"] == [zalo.sent[0].message_id]


async def test_a_template_by_phone_is_reported_with_phone_and_tracking_id(zalo: Zalo, hook: Hook, caller: Caller):
    sent = (await caller.by_phone(tracking_id="nhac-7"))["data"]
    await zalo.settle()
    body = zalo.courier.deliveries[0].body
    assert body["recipient"] == {"id": PHONE}
    assert body["message"].keys() == {"msg_id", "tracking_id", "delivery_time"}
    assert (body["message"]["msg_id"], body["message"]["tracking_id"]) == (sent["msg_id"], "nhac-7")
    assert hook.came[0][1]["X-ZEvent-Server"] == "ZNS"


async def test_messages_of_people_bear_no_template_header(zalo: Zalo, hook: Hook):
    await zalo.say(UID, "x")
    assert "X-ZEvent-Server" not in hook.came[0][1]
