"""What can go wrong at Zalo, as the double does it: late, cut, broken and untrue answers, and refusals by nobody's fault."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import aiohttp
import pytest

from simulator.zalo.clock import Timeline
from simulator.zalo.double import CS, REFRESH, Zalo, running_zalo
from simulator.zalo.troubles import (
    EVERY,
    Trouble,
    changed,
    down,
    failing,
    garbled,
    hanging,
    lacking,
    lost,
    reset,
    slow,
)
from tests.conftest import NOW
from tests.contract.zalo_caller import UID, Answer, Caller, refresh_fields

TEXT = {"text": "xin chào"}


@pytest.fixture
async def zalo() -> AsyncIterator[Zalo]:
    async with running_zalo(clock=Timeline(NOW, speed=0)) as running:
        yield running


@pytest.fixture
async def caller(zalo: Zalo) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        calling = Caller(zalo=zalo, session=session)
        calling.arrange()
        yield calling


@pytest.mark.parametrize(
    ("trouble", "error", "sent"),
    [
        (lost(), aiohttp.ServerDisconnectedError, 1),
        (reset(), aiohttp.ClientPayloadError, 1),
        (reset(executed=False), aiohttp.ClientPayloadError, 0),
        (down(), aiohttp.ContentTypeError, 0),
        (down(504, executed=True), aiohttp.ContentTypeError, 1),
        (garbled(), aiohttp.ContentTypeError, 0),
    ],
    ids=["lost", "reset when done", "reset", "502", "504 when done", "no JSON"],
)
async def test_an_answer_can_be_lost_or_broken(
    trouble: Trouble, error: type[Exception], sent: int, zalo: Zalo, caller: Caller
):
    zalo.plan(CS, trouble)
    with pytest.raises(error):
        await caller.cs(TEXT)
    assert len(zalo.sent) == sent
    assert (await caller.cs(TEXT))["error"] == 0
    assert not zalo.violations


async def test_a_planned_error_is_given_as_often_as_planned_and_nothing_is_done(zalo: Zalo, caller: Caller):
    zalo.plan(CS, failing(-200), None, times=2)
    answers = [(await caller.cs(TEXT))["error"] for _ in range(5)]
    assert answers == [-200, 0, -200, 0, 0]
    assert len(zalo.sent) == 3


async def test_a_plan_for_every_address_comes_first(zalo: Zalo, caller: Caller):
    zalo.plan(EVERY, failing(-32))
    assert (await caller.get("/v2.0/oa/getoa", {}))["error"] == -32
    assert (await caller.cs(TEXT))["error"] == 0


async def test_a_slow_answer_is_given_late_but_the_message_is_accepted_at_once(zalo: Zalo, caller: Caller):
    zalo.plan(CS, slow(3600))
    asking = asyncio.create_task(caller.cs(TEXT))
    assert [sent.text for sent in await zalo.until(1)] == ["xin chào"]
    assert not asking.done()
    zalo.world.plans.clear()
    assert (await asking)["error"] == 0


async def test_a_call_that_hangs_is_never_answered(zalo: Zalo, caller: Caller):
    zalo.plan(CS, hanging())
    asking = asyncio.create_task(caller.cs(TEXT))
    while not zalo.calls:
        await asyncio.sleep(0.005)
    zalo.world.plans.clear()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asking
    assert not zalo.sent


@pytest.mark.parametrize("missing", ["access_token", "refresh_token"])
async def test_a_refresh_may_be_answered_without_a_token(missing: str, zalo: Zalo, caller: Caller):
    old = zalo.tokens()
    zalo.plan(REFRESH, lacking(missing))
    answer = await caller.refresh()
    assert missing not in answer
    assert old.died
    assert not zalo.violations


async def test_a_refresh_whose_answer_is_lost_has_used_the_token(zalo: Zalo, caller: Caller):
    fields = refresh_fields(caller)
    zalo.plan(REFRESH, lost())
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await caller.token(fields)
    assert "error_name" in await caller.token(fields)
    assert [violation.rule for violation in zalo.violations] == ["Z27"]


async def test_of_many_refreshes_at_once_only_one_succeeds(zalo: Zalo, caller: Caller):
    fields = refresh_fields(caller)
    answers = await asyncio.gather(*(caller.token(fields) for _ in range(100)))
    assert sum("access_token" in answer for answer in answers) == 1
    assert len(zalo.violations) == 99


async def test_errors_of_the_token_address_have_a_shape_of_their_own(caller: Caller):
    answer = await caller.refresh(refresh_token="never-issued")  # noqa: S106 – of no use to anybody
    assert answer.keys() == {"error_name", "error_reason", "error_description", "ref_doc"}


async def test_a_call_that_was_under_way_during_a_refresh_is_nobodys_fault(zalo: Zalo, caller: Caller):
    old = zalo.tokens().access
    await caller.refresh()
    assert (await caller.cs(TEXT, headers={"access_token": old}))["error"] == -220
    assert not zalo.violations


async def test_a_token_that_the_operator_ended_is_refused_and_a_refresh_helps(zalo: Zalo, caller: Caller):
    zalo.revoke_access()
    assert (await caller.cs(TEXT))["error"] == -216
    assert (await caller.by_phone())["error"] == -124
    await caller.refresh()
    assert (await caller.cs(TEXT))["error"] == 0
    assert not zalo.violations


async def test_after_the_consent_is_withdrawn_no_refresh_helps(zalo: Zalo, caller: Caller):
    fields = refresh_fields(caller)
    access = zalo.tokens().access
    zalo.void_grant()
    assert (await caller.cs(TEXT, headers={"access_token": access}))["error"] == -220
    assert "error_name" in await caller.token(fields)
    assert (await caller.redeem(zalo.consent()))["expires_in"] == "90000"
    assert not zalo.violations


@pytest.mark.parametrize("code", [-213, -217, -218, -227, -244])
async def test_a_person_may_be_out_of_reach_by_nobodys_fault(code: int, zalo: Zalo, caller: Caller):
    zalo.person(UID).code = code
    assert (await caller.cs(TEXT))["error"] == code
    assert not zalo.violations
    assert not zalo.sent


async def test_a_person_who_was_offline_for_more_than_45_days_is_out_of_reach(zalo: Zalo, caller: Caller):
    zalo.person(UID).last_online = NOW - timedelta(days=45, seconds=1)
    assert (await caller.by_uid())["error"] == -227


async def test_a_number_may_have_no_account(zalo: Zalo, caller: Caller):
    zalo.world.phones["84900000001"] = -118
    assert (await caller.by_phone())["error"] == -118
    assert not zalo.violations


async def test_an_account_whose_package_ended_is_refused(zalo: Zalo, caller: Caller):
    zalo.oa.valid_through = date(2026, 11, 15)
    assert (await caller.cs(TEXT))["error"] == -224
    zalo.oa.valid_through = date(2026, 11, 16)
    assert (await caller.cs(TEXT))["error"] == 0


async def test_an_account_that_is_switched_off_or_out_of_money_is_refused(zalo: Zalo, caller: Caller):
    zalo.oa.balance = 0
    assert (await caller.by_phone())["error"] == -115
    zalo.oa.code = -204
    assert (await caller.cs(TEXT))["error"] == -204
    assert not zalo.violations


async def test_what_is_over_the_rate_is_not_done_and_the_headers_tell_what_is_left(zalo: Zalo, caller: Caller):
    zalo.oa.rate = 2
    headers = {"access_token": zalo.tokens().access}
    left = []
    for _ in range(3):
        async with caller.session.get(f"{zalo.api_base}/v2.0/oa/getoa", headers=headers) as response:
            answer: Answer = await response.json()
            left.append((answer["error"], response.headers["X-RateLimit-Remain"]))
            assert response.headers["X-RateLimit-Limit"] == "2"
    assert left == [(0, "1"), (0, "0"), (-32, "0")]
    assert (await caller.by_phone())["error"] == 0  # has a bucket of its own
    assert zalo.world.densest(seconds=60) == 3


async def test_numbers_may_come_where_strings_are_usual(zalo: Zalo, caller: Caller):
    zalo.plan(REFRESH, changed(expires_in=90000))
    assert (await caller.refresh())["expires_in"] == 90000


async def test_while_zalo_is_away_no_call_arrives(zalo: Zalo, caller: Caller):
    zalo.world.away = True
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await caller.cs(TEXT)
    assert not zalo.calls
    zalo.world.away = False
    assert (await caller.cs(TEXT))["error"] == 0
