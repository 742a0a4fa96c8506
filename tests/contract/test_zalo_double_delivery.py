"""How the Zalo double brings events to a webhook: signed, in time, again on schedule, and then no more."""

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from simulator.zalo.clock import Timeline
from simulator.zalo.delivery import Delivery
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.world import Oa
from tests.conftest import NOW
from tests.contract.zalo_wrong_webhooks import ROWS, Hook, HookRow, running_hook

UID = "7293648105738264910"
APP, SECRET = "1087263541298374650", "the-oa-secret-key"
DOCUMENTED = (30, 5 * 60, 15 * 60, 30 * 60, 60 * 60)


@pytest.fixture
async def zalo() -> AsyncIterator[Zalo]:
    async with running_zalo(clock=Timeline(NOW, speed=0)) as running:
        yield running


@pytest.fixture
async def hook(zalo: Zalo) -> AsyncIterator[Hook]:
    async with running_hook(Hook()) as listening:
        zalo.app.webhook = listening.url
        yield listening


async def tried(delivery: Delivery, times: int) -> None:
    async with asyncio.timeout(20):
        while len(delivery.attempts) < times:
            await asyncio.sleep(0.005)


async def exhaust(zalo: Zalo, hook: Hook) -> Delivery:
    """An event that the webhook never takes."""
    hook.statuses += [500] * 6
    delivery = await zalo.say(UID, "xin chào")
    for number, wait in enumerate(DOCUMENTED, start=2):
        zalo.clock.turn(timedelta(seconds=wait))
        await tried(delivery, number)
    await delivery.ended.wait()
    return delivery


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}: {row.what}" for row in ROWS])
async def test_a_webhook_that_breaks_the_rule_is_noted(row: HookRow):
    async with running_hook(row.wrong()) as wrong, running_zalo(webhook=wrong.url, patience=0.3) as zalo:
        await row.act(zalo)
        assert {violation.rule for violation in zalo.violations} == {row.rule}
        wrong.released.set()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}: {row.what}" for row in ROWS])
async def test_a_webhook_that_keeps_the_rule_is_not_noted(row: HookRow, zalo: Zalo, hook: Hook):
    await row.act(zalo)
    assert hook.came
    assert not zalo.violations


async def test_the_signature_is_a_plain_hash_over_the_bytes_as_they_travel(zalo: Zalo, hook: Hook):
    await zalo.say(UID, "giá đất 2025/2026 – Đức Phổ")
    raw, headers = hook.came[0]
    stamp = b"1794794400000"
    assert b'"timestamp":"' + stamp + b'"' in raw
    expected = hashlib.sha256(APP.encode() + raw + stamp + SECRET.encode()).hexdigest()
    assert headers["X-ZEvent-Signature"] == f"mac={expected}"


async def test_slashes_are_escaped_and_letters_are_not(zalo: Zalo, hook: Hook):
    await zalo.say(UID, "2025/2026 – Đức Phổ")
    assert rb"2025\/2026" in hook.came[0][0]
    assert "Đức Phổ".encode() in hook.came[0][0]


async def test_ids_are_text_beyond_what_a_number_can_hold(zalo: Zalo, hook: Hook):
    body = (await zalo.say(UID, "x", quote="m1")).body
    ids = [body["app_id"], body["user_id_by_app"], body["sender"]["id"], body["recipient"]["id"]]
    assert all(isinstance(one, str) and int(one) > 2**53 for one in ids[:1] + ids[2:])
    assert body["message"].keys() == {"msg_id", "text", "quote_msg_id"}


async def test_an_event_that_is_not_taken_comes_again_on_the_documented_schedule(zalo: Zalo, hook: Hook):
    delivery = await exhaust(zalo, hook)
    moments = [attempt.at for attempt in delivery.attempts]
    waits = [int((later - earlier).total_seconds()) for earlier, later in itertools.pairwise(moments)]
    assert waits == list(DOCUMENTED)


async def test_a_repeated_event_has_the_same_bytes_and_signature_and_its_number(zalo: Zalo, hook: Hook):
    await exhaust(zalo, hook)
    assert len({(raw, headers["X-ZEvent-Signature"]) for raw, headers in hook.came}) == 1
    assert [headers.get("num_retry") for _, headers in hook.came] == [None, "1", "2", "3", "4", "5"]


async def test_after_the_last_attempt_the_webhook_is_off_until_somebody_switches_it_on(zalo: Zalo, hook: Hook):
    await exhaust(zalo, hook)
    assert zalo.webhook_disabled
    before = len(hook.came)
    assert not (await zalo.say(UID, "còn đó không")).attempts
    zalo.enable_webhook()
    assert (await zalo.say(UID, "còn đó không")).status == 200
    assert len(hook.came) == before + 1


async def test_an_answer_that_is_too_slow_counts_as_none_and_the_event_comes_again(zalo: Zalo, hook: Hook):
    zalo.courier.patience, hook.deaf = 0.2, True
    delivery = await zalo.say(UID, "xin chào")
    assert delivery.status is None
    zalo.courier.patience, hook.deaf = 20, False
    hook.released.set()
    zalo.clock.turn(timedelta(seconds=30))
    await tried(delivery, 2)
    assert delivery.status == 200
    assert not zalo.webhook_disabled


async def test_nothing_comes_again_where_the_console_has_retries_off(zalo: Zalo, hook: Hook):
    zalo.app.retries = False
    hook.statuses.append(500)
    delivery = await zalo.say(UID, "xin chào")
    await delivery.ended.wait()
    assert len(hook.came) == 1
    assert not zalo.webhook_disabled


async def test_a_webhook_that_is_away_breaks_no_rule_but_misses_the_event(zalo: Zalo):
    async with running_hook(Hook()) as gone:
        zalo.app.webhook = gone.url
    assert (await zalo.say(UID, "xin chào")).status is None
    assert not zalo.violations


async def test_the_schedule_runs_as_fast_as_the_clock():
    hurried = Timeline(NOW, speed=36_000)
    async with running_hook(Hook(statuses=[500] * 6)) as hook, running_zalo(webhook=hook.url, clock=hurried) as zalo:
        delivery = await zalo.say(UID, "xin chào")
        await asyncio.wait_for(delivery.ended.wait(), 60)
        assert len(hook.came) == 6


async def test_all_accounts_of_an_app_share_one_address(zalo: Zalo, hook: Hook):
    zalo.add_oa(Oa(oa_id="4318246701934865999"))
    await zalo.say("1", "x")
    await zalo.say("2", "y", oa_id="4318246701934865999")
    recipients = [delivery.body["recipient"]["id"] for delivery in zalo.courier.deliveries]
    assert recipients == ["4318246701934865207", "4318246701934865999"]
    assert len(hook.came) == 2


async def test_the_same_event_can_be_brought_twice(zalo: Zalo, hook: Hook):
    delivery = await zalo.say(UID, "xin chào")
    assert await zalo.deliver_again(delivery) == 200
    assert hook.came[0][0] == hook.came[1][0]


async def test_the_console_posts_without_a_signature_and_with_a_wrong_one(zalo: Zalo, hook: Hook):
    assert await zalo.check_webhook() == [200, 200, 200]
    assert [headers.get("X-ZEvent-Signature") for _, headers in hook.came] == [None, "", f"mac={'0' * 64}"]


@pytest.mark.parametrize(
    "pages",
    [
        {"/zalo_verifierAbC.html": "AbC"},
        {"/": '<meta name="zalo-platform-site-verification" content="AbC" />'},
    ],
    ids=["a file", "a tag"],
)
async def test_the_marker_of_the_domain_is_found(zalo: Zalo, pages: dict[str, str]):
    async with running_hook(Hook(pages=pages)) as hook:
        zalo.app.webhook = hook.url
        assert await zalo.find_marker("AbC")
        assert not await zalo.find_marker("other")
