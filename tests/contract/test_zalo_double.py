"""What the Zalo double answers a client that keeps the contract: quotas, reads, uploads, templates, tokens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from simulator.zalo.clock import Timeline
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.world import OA_ID, Oa
from tests.conftest import NOW
from tests.contract.zalo_caller import PHONE, PNG, TEMPLATE, UID, Answer, Caller

TEXT = {"text": "xin chào"}
SECOND = "4318246701934865999"


@pytest.fixture
async def zalo() -> AsyncIterator[Zalo]:
    async with running_zalo(clock=Timeline(NOW, speed=0)) as running:
        yield running
        assert not running.violations


@pytest.fixture
async def caller(zalo: Zalo) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        calling = Caller(zalo=zalo, session=session)
        calling.arrange()
        yield calling


async def data_of(answer: Answer) -> Any:
    assert (answer["error"], answer["message"]) == (0, "Success")
    return answer["data"]


async def test_a_message_is_accepted_with_strings_in_the_answer(zalo: Zalo, caller: Caller):
    data = await data_of(await caller.cs(TEXT))
    assert data.keys() == {"message_id", "user_id", "sent_time", "quota"}
    assert (data["user_id"], data["sent_time"]) == (UID, "1794794400000")
    assert zalo.texts(UID) == ["xin chào"]


@pytest.mark.parametrize(
    ("ago", "in_package", "paid", "billed"),
    [
        (timedelta(), 5, "reply", 0),
        (timedelta(hours=48), 5, "reply", 0),
        (timedelta(hours=48, seconds=1), 5, "sub_quota", 0),
        (timedelta(days=7), 0, "", 1),
    ],
    ids=["at once", "after 48 h", "from the package", "billed"],
)
async def test_what_a_message_costs_depends_on_the_window(
    ago: timedelta, in_package: int, paid: str, billed: int, caller: Caller
):
    zalo = caller.zalo
    zalo.oa.sub_quota = in_package
    zalo.interact(UID, ago=ago)
    quota = (await data_of(await caller.cs(TEXT))).get("quota", {})
    assert quota.get("quota_type", "") == paid
    assert zalo.sent[0].paid == paid
    assert zalo.billed == billed
    assert zalo.oa.sub_quota == in_package - (paid == "sub_quota")


async def test_replies_are_free_without_number(zalo: Zalo, caller: Caller):
    quotas = [(await caller.cs(TEXT))["data"]["quota"] for _ in range(10)]
    assert all(quota == {"quota_type": "reply", "remain": "8", "total": "8"} for quota in quotas)
    assert zalo.billed == 0


async def test_the_same_message_twice_is_two_messages(zalo: Zalo, caller: Caller):
    first, second = (await caller.cs(TEXT))["data"], (await caller.cs(TEXT))["data"]
    assert first["message_id"] != second["message_id"]
    assert len(zalo.sent) == 2


async def test_the_account_tells_who_it_is_and_until_when_it_is_paid(caller: Caller):
    data = await data_of(await caller.get("/v2.0/oa/getoa", {}))
    assert (data["oaid"], data["oa_type"]) == (OA_ID, 4)
    assert data["package_valid_through_date"] == "31/12/2027"


async def test_the_window_of_a_person_can_be_asked_for(caller: Caller):
    data = await data_of(await caller.post("/v3.0/oa/quota/message", {"user_id": UID}))
    assert data["last_interaction"] == "1794794400000"


async def test_what_is_left_of_the_package_can_be_asked_for(zalo: Zalo, caller: Caller):
    zalo.oa.sub_quota = 7
    wanted = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    assets = await data_of(await caller.post("/v3.0/oa/quota/message", wanted))
    assert [(asset["quota_type"], asset["remain"], asset["total"]) for asset in assets] == [("sub_quota", 7, 500)]


async def test_a_person_is_told_with_the_day_of_their_last_interaction(caller: Caller):
    data = await data_of(await caller.get("/v3.0/oa/user/detail", {"data": f'{{"user_id":"{UID}"}}'}))
    assert (data["user_id"], data["user_last_interaction_date"]) == (UID, "16/11/2026")


async def test_an_upload_arrives_byte_by_byte_and_serves_its_message(zalo: Zalo, caller: Caller):
    content = PNG + b"\r\n--x\r\n\n\r\0"
    asset = await caller.uploaded("image", "biểu đồ.png", content)
    assert zalo.uploads[0].content == content
    await data_of(await caller.media(media_type="image", attachment_id=asset))
    assert zalo.sent[0].kind == "image"


async def test_templates_by_phone_count_down_the_quota_of_the_day_in_strings(zalo: Zalo, caller: Caller):
    data = await data_of(await caller.by_phone(tracking_id="t-9"))
    assert data.keys() == {"msg_id", "sent_time", "sending_mode", "quota"}
    assert data["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
    assert [(sent.to, sent.tracking_id, sent.kind) for sent in zalo.sent] == [(PHONE, "t-9", "template")]
    quota = await data_of(await caller.get("/message/quota", {}, base=zalo.template_base))
    assert quota["remainingQuota"] == "499"


async def test_templates_by_user_id_need_no_window(zalo: Zalo, caller: Caller):
    zalo.interact(UID, ago=timedelta(days=30))
    data = await data_of(await caller.by_uid())
    assert data.keys() == {"message_id", "user_id", "sent_time", "quota"}


async def test_the_same_tracking_id_twice_is_two_messages(zalo: Zalo, caller: Caller):
    await data_of(await caller.by_phone(tracking_id="same"))
    await data_of(await caller.by_phone(tracking_id="same"))
    assert len(zalo.sent) == 2


async def test_the_state_of_a_template_goes_from_under_way_to_delivered(zalo: Zalo, caller: Caller):
    zalo.receipts = False
    sent = (await caller.by_phone())["data"]["msg_id"]

    async def status(message_id: str) -> int:
        answer = await caller.get("/message/status", {"message_id": message_id}, base=zalo.template_base)
        return int(answer["data"]["status"])

    assert await status("nothing") == -1
    assert await status(sent) == 0
    await zalo.deliver_template(zalo.sent[0]).tried.wait()
    assert await status(sent) == 1


async def test_a_template_tells_its_slots_and_their_lengths(zalo: Zalo, caller: Caller):
    address = "/template/info/v2"
    data = await data_of(await caller.get(address, {"template_id": TEMPLATE}, base=zalo.template_base))
    slots = {slot["name"]: (slot["type"], slot["maxLength"], slot["require"]) for slot in data["listParams"]}
    assert slots == {"name": ("STRING", 30, True), "due": ("DATE", 20, True)}
    listed = await data_of(await caller.get("/template/all", {}, base=zalo.template_base))
    assert len(listed) == 3


async def test_each_account_has_tokens_and_a_rate_of_its_own(zalo: Zalo, caller: Caller):
    zalo.add_oa(Oa(oa_id=SECOND, rate=2000))
    zalo.interact("9", oa_id=SECOND)
    headers = {"access_token": zalo.tokens(SECOND).access}
    await data_of(await caller.cs(TEXT, uid="9", headers=headers))
    assert zalo.world.densest(seconds=60) == 0
    assert zalo.world.densest(seconds=60, oa_id=SECOND) == 1


async def test_a_refresh_gives_a_new_pair_with_its_life_in_a_string(zalo: Zalo, caller: Caller):
    old = zalo.tokens()
    answer = await caller.refresh()
    new = zalo.tokens()
    assert answer == {"access_token": new.access, "refresh_token": new.refresh, "expires_in": "90000"}
    assert old.died == NOW


async def test_consent_leads_back_with_a_code_that_gives_a_pair(zalo: Zalo, caller: Caller):
    location = (await caller.consent())["location"]
    assert location.startswith("https://tracuu.example/zalo?code=")
    assert location.endswith(f"&oa_id={OA_ID}&state=s")
    code = location.partition("code=")[2].partition("&")[0]
    assert (await caller.redeem(code))["access_token"] == zalo.tokens().access


async def test_without_a_webhook_nothing_is_brought(zalo: Zalo, caller: Caller):
    await caller.cs(TEXT)
    await zalo.settle()
    assert all(not delivery.attempts for delivery in zalo.courier.deliveries)


async def test_the_densest_stretch_slides(zalo: Zalo, caller: Caller):
    for wait in (0, 40, 40, 5):
        zalo.clock.turn(timedelta(seconds=wait))
        await caller.cs(TEXT)
    assert zalo.world.densest(seconds=60) == 3
    assert zalo.world.densest(seconds=5) == 1
