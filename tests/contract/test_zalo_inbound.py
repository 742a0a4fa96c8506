"""What Zalo's webhook brings, from the double's bytes to rows in the store (docs/zalo-contract.md, Z90 to Z121)."""

import contextlib
import json
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.store import standing
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.quarantine import set_aside
from bot.store.tables import conversations, inbox, quarantine, standings
from bot.store.tables import receipts as receipts_table
from gateway.channel import Hook, Presence, Presences
from gateway.channels import zalo, zalo_template
from gateway.metrics import Metrics
from gateway.quarantine import pack, replay
from gateway.site import new_app, open_site
from gateway.webhooks import Webhooks
from simulator.zalo.clock import Timeline
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.events import EVENTS, USER_MESSAGES
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID, OA_SECRET, Oa
from tests.conftest import open_store
from tests.contract.casefile import load_cases
from tests.contract.harness import every_log
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, rows
from tests.support.zalo_account import mac

SECOND_OA, STRANGE_OA, OTHER_APPS_OA = "4318246701934865208", "4318246701934865209", "4318246701934865210"
OTHER_APP = "1087263541298374651"
USER = "9007199254740993001"


def presence(oa_id: str = OA_ID, **settings: Any) -> Presence:
    keys = {"app_id": APP_ID, "app_secret": APP_SECRET, "oa_secret": OA_SECRET, **settings}
    account = zalo.CHANNEL.settings.model_validate({"channel": "zalo", "account": oa_id, **keys})
    return Presence(channel=zalo.CHANNEL, account=account)


def templates(oa_id: str = OA_ID) -> Presence:
    keys = {"channel": "zalo-template", "account": oa_id, "app_id": APP_ID, "app_secret": APP_SECRET}
    return Presence(channel=zalo_template.CHANNEL, account=zalo_template.CHANNEL.settings.model_validate(keys))


def all_of(*presences: Presence) -> Presences:
    return {(one.channel.name, one.account.account): one for one in presences}


@dataclass(frozen=True, slots=True)
class Reception:
    """The real route, and the double that posts to it."""

    zalo: Zalo
    store: Store
    metrics: Metrics
    http: aiohttp.ClientSession

    async def post(self, body: bytes, signature: str | None) -> int:
        headers = {"content-type": "application/json"} | ({"X-ZEvent-Signature": signature} if signature else {})
        async with self.http.post(self.zalo.app.webhook, data=body, headers=headers) as answer:
            return answer.status

    def counted(self, name: str) -> list[str]:
        """The lines of a counter."""
        lines = self.metrics.export().decode().splitlines()
        return sorted(line for line in lines if line.startswith(f"{name}_total"))


@contextlib.asynccontextmanager
async def reception(store: Store, presences: Presences | None = None) -> AsyncIterator[Reception]:
    metrics, app = Metrics(), new_app()
    known = presences or all_of(presence())
    Webhooks(store, Intake(store), known, metrics=metrics, clock=lambda: NOW).add_routes(app)
    async with (
        open_site(app, host="127.0.0.1", port=0) as url,
        running_zalo(webhook=f"{url}/hooks/zalo/{OA_ID}", clock=Timeline(NOW, speed=0)) as double,
        aiohttp.ClientSession() as http,
    ):
        yield Reception(double, store, metrics, http)


def event(**changes: Any) -> bytes:
    document = {
        "app_id": APP_ID,
        "event_name": "user_send_text",
        "sender": {"id": USER},
        "recipient": {"id": OA_ID},
        "message": {"msg_id": "m-1", "text": "dân số"},
        "timestamp": "1794794400000",
    }
    return json.dumps({**document, **changes}).encode()


def signed(body: bytes, secret: str = OA_SECRET) -> str:
    return f"mac={mac(APP_ID, body, json.loads(body)['timestamp'], secret)}"


async def test_every_event_that_is_known_is_taken_and_means_what_it_says(store: Store):
    async with reception(store) as desk:
        for name in EVENTS:
            if name != "user_withdraw":
                delivery = await desk.zalo.event(name, USER)
                assert delivery.status == 200, name
        assert desk.zalo.violations == []
        external_ids = [external_id for (external_id,) in await rows(store, inbox, "external_id")]
        assert len(external_ids) == len(USER_MESSAGES) + 1, "those by which somebody writes, and the greeting"
        assert await rows(store, quarantine, "id") == []
        assert {channel for (channel,) in await rows(store, receipts_table, "channel")} == {"zalo"}
        (known,) = await rows(store, standings, "interacted_at", "unreachable_at")
        assert known[0] == NOW
        events = {line.split('event="')[1].split('"')[0] for line in desk.counted("tracuu_events")}
        assert {"anonymous", "group", "follow", "user_submit_info", "oa_send_text"} <= events
        assert "user_send_text" not in events, "what is a message is counted as a message"


def test_every_event_that_is_known_has_a_case():
    named = {json.loads(sample.body)["event_name"] for sample in load_cases("zalo").samples}
    assert set(EVENTS) <= named


async def test_an_event_that_was_set_aside_is_read_again_as_it_came(store: Store):
    ours = all_of(presence(), templates())
    message = {"msg_id": "p-1", "delivery_time": "1794794390000"}
    receipt = event(event_name="user_received_message", sender={"id": OA_ID}, recipient={"id": "1"}, message=message)
    for number, body in enumerate((event(), receipt, event(recipient={"id": STRANGE_OA})), 1):
        hook = Hook(method="POST", query={}, headers={"x-zevent-server": "ZNS"}, cookies={}, body=body)
        raw = pack(hook, store.vault)
        await set_aside(store, channel="zalo", account=OA_ID, raw=raw, reason="a bug of yesterday", now=NOW)
        assert await replay(store, number, ours, clock=lambda: NOW) is not None
    assert await rows(store, inbox, "external_id", "account") == [("m-1", OA_ID)]
    assert await rows(store, standings, "interacted_at") == [(NOW,)]
    assert await rows(store, receipts_table, "channel", "provider_id") == [("zalo-template", "p-1")]
    assert await rows(store, quarantine, "id") == []


async def test_the_same_event_again_is_one_row(store: Store):
    async with reception(store) as desk:
        for delivery in (await desk.zalo.say(USER, "dân số"), await desk.zalo.event("follow", USER)):
            for _ in range(3):
                assert await desk.zalo.deliver_again(delivery) == 200
        assert len(await rows(store, inbox, "id")) == 2


async def test_one_address_carries_the_events_of_all_accounts_of_its_app(store: Store):
    ours = all_of(presence(), presence(SECOND_OA), presence(OTHER_APPS_OA, app_id=OTHER_APP))
    async with reception(store, ours) as desk:
        for oa_id in (SECOND_OA, STRANGE_OA, OTHER_APPS_OA):
            desk.zalo.add_oa(Oa(oa_id=oa_id))
        for oa_id in (OA_ID, SECOND_OA, STRANGE_OA, OTHER_APPS_OA):
            assert (await desk.zalo.say(USER + oa_id[-1], "dân số", oa_id=oa_id)).status == 200
            await desk.zalo.event("user_received_message", USER, oa_id=oa_id)
            await desk.zalo.event("user_seen_message", USER, oa_id=oa_id)
        taken = Counter(account for (account,) in await rows(store, inbox, "account"))
        assert taken == {OA_ID: 1, SECOND_OA: 1}
        reported = Counter(account for (account,) in await rows(store, receipts_table, "account"))
        assert reported == {OA_ID: 2, SECOND_OA: 2}
        assert {account for (account,) in await rows(store, conversations, "account")} == {OA_ID, SECOND_OA}
        assert desk.counted("tracuu_events_foreign") == ['tracuu_events_foreign_total{channel="zalo"} 6.0']


@pytest.mark.parametrize("configured", [True, False], ids=["templates are sent", "no templates"])
async def test_a_report_about_a_template_is_kept_where_templates_are_sent(store: Store, configured: bool):
    async with reception(store, all_of(presence(), *([templates()] if configured else []))) as desk:
        ends = {"sender": {"id": OA_ID}, "recipient": {"id": "84900000001"}}
        message = {"msg_id": "p-1", "tracking_id": "tracuu-12-0", "delivery_time": "1794794390000"}
        await desk.zalo.event("user_received_message", USER, message=message, **ends)
        kept = await rows(store, receipts_table, "channel", "provider_id", "at")
        at = NOW - timedelta(seconds=10)
        expected = [("zalo-template", "p-1", at), ("zalo-template", "tracuu-12-0", at)]
        assert kept == (expected if configured else [])
        assert bool(desk.counted("tracuu_events_foreign")) is not configured


MISTAKES = {
    "app_secret": lambda body: signed(body, APP_SECRET),
    "oa_id": lambda body: mac(OA_ID, body, "1794794400000", OA_SECRET),
    "wrong": lambda body: signed(body, "whatever"),
    "unsigned": lambda _body: None,
}


@SQLITE_ONLY
@pytest.mark.parametrize(("reason", "sign"), MISTAKES.items(), ids=MISTAKES.keys())
async def test_a_wrong_signature_is_answered_dropped_counted_and_explained_once(store: Store, reason: str, sign: Any):
    body = event()
    async with reception(store) as desk:
        with every_log() as logged:
            for _ in range(5):
                assert await desk.post(body, sign(body)) == 200
        assert logged().count("accept.refused") == 1
        assert f"'{reason}'" in logged()
        for value in (OA_SECRET, APP_SECRET, USER, "dân số", signed(body)):
            assert value not in logged()
        assert desk.counted("tracuu_hooks_refused") == [
            f'tracuu_hooks_refused_total{{channel="zalo",reason="{reason}"}} 5.0'
        ]
        for table in (inbox, quarantine, receipts_table, standings, conversations):
            assert await rows(store, table, *table.primary_key.columns.keys()) == [], table.name
        assert await desk.post(body, signed(body)) == 200
        assert len(await rows(store, inbox, "id")) == 1


@SQLITE_ONLY
async def test_until_the_key_is_known_everything_is_answered_and_dropped(store: Store):
    async with reception(store, all_of(presence(oa_secret=None))) as desk:
        with every_log() as logged:
            for _ in range(3):
                assert (await desk.zalo.say(USER, "dân số")).status == 200
        assert logged().count("OA Secret Key") == 1
        assert await rows(store, inbox, "id") == []
        assert desk.zalo.violations == []


@pytest.mark.parametrize("name", ["user_send_text", "user_click_chatnow", "user_received_message", "user_withdraw"])
async def test_what_cannot_be_stored_is_refused_and_stored_once_when_it_is_offered_again(store: Store, name: str):
    ends = {"sender": {"id": OA_ID}, "recipient": {"id": USER}} if name == "user_received_message" else {}
    body = event(event_name=name, **ends)
    async with open_store("postgresql://nobody:x@127.0.0.1:1/nothing") as away, reception(away) as desk:
        assert await desk.post(body, signed(body)) == 503
    async with reception(store) as desk:
        assert [await desk.post(body, signed(body)) for _ in range(2)] == [200, 200]
    tables = (inbox, receipts_table, standings)
    kept = [len(await rows(store, table, *table.primary_key.columns.keys())) for table in tables]
    expected = {"user_send_text": [1, 0, 1], "user_click_chatnow": [0, 0, 1], "user_received_message": [0, 1, 0]}
    assert kept == expected.get(name, [0, 0, 0])


async def test_a_sign_alone_is_durable_before_the_answer(store: Store):
    async with reception(store) as desk:
        await desk.zalo.event("user_click_chatnow", USER)
        ((person, interacted_at),) = await rows(store, standings, "person", "interacted_at")
        assert interacted_at == NOW
        assert await rows(store, conversations, "person") == [], "nobody has said anything"
        await desk.zalo.event("unfollow", USER)
        assert (await standing.read_standing(store, person)).unreachable_code == standing.LEFT
        await desk.zalo.event("follow", USER, timestamp=str(int(NOW.timestamp() * 1000) + 1))
        assert (await standing.read_standing(store, person)).unreachable_at is None


async def test_who_withdraws_is_forgotten(store: Store):
    async with reception(store, all_of(presence(), templates())) as desk:
        await desk.zalo.say(USER, "dân số")
        await desk.zalo.say(USER + "7", "dân số")
        broken = event(sender=None, follower={"id": USER})
        assert await desk.post(broken, signed(broken)) == 200
        assert len(await rows(store, quarantine, "id")) == 1
        with every_log() as logged:
            assert (await desk.zalo.event("user_withdraw", USER)).status == 200
        assert "user_withdraw" in logged()
        assert USER not in logged()
        assert len(await rows(store, conversations, "person")) == 1
        assert [person == "" for (person,) in await rows(store, inbox, "person")] == [True, False]
        assert await rows(store, quarantine, "id") == []


ABOUT_TEMPLATES = ("change_template_status", "change_template_quality", "change_oa_daily_quota")


@SQLITE_ONLY
@pytest.mark.parametrize("name", ABOUT_TEMPLATES)
async def test_what_an_operator_must_know_is_said_without_its_content(store: Store, name: str):
    async with reception(store) as desk:
        with every_log() as logged:
            await desk.zalo.event(name, USER, reason="bí mật")
        assert name in logged()
        assert "bí mật" not in logged()
        assert "204871" not in logged()


@SQLITE_ONLY
async def test_a_body_of_a_megabyte_is_refused_without_reading_it(store: Store):
    body = event(message={"msg_id": "m-1", "text": "x" * 1_000_000})
    async with reception(store) as desk:
        assert await desk.post(body, signed(body)) == 413
        assert await rows(store, inbox, "id") == []


async def test_any_letters_arrive_as_they_were_meant(store: Store):
    texts = ["Đường Bà Triệu", unicodedata.normalize("NFD", "Đường Bà Triệu"), "🏥👨‍👩‍👧", "a\x00b", "quê \ud83c"]
    async with reception(store) as desk:
        for number, text in enumerate(texts):
            body = event(message={"msg_id": f"m-{number}", "text": text})
            assert await desk.post(body, signed(body)) == 200
        kept = [body["text"] for (body,) in await rows(store, inbox, "body")]
        assert kept == ["Đường Bà Triệu", "Đường Bà Triệu", "🏥👨‍👩‍👧", "ab", "quê"]
