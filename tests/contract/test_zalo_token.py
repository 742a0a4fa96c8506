"""The tokens of an Official Account: refreshed once whoever asks, and never on a guess (Z25 to Z34)."""

import asyncio
from datetime import timedelta

import pytest
import structlog

from bot.store import tokens
from bot.store.tokens import LEASE, TokenState
from gateway.errors import MisconfiguredError, ThrottledError, UnreachableError
from gateway.zalo import token
from gateway.zalo.client import Call, ask
from gateway.zalo.login import log_in
from gateway.zalo.oauth import GrantLostError, GrantRefusedError, challenge_of
from simulator.zalo import troubles as trouble
from simulator.zalo.double import REFRESH
from tests.support.official import PLACE, official

GETOA = Call(path="/v2.0/oa/getoa")
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def oa(store):
    async with official(store) as ours:
        await ours.log_in()
        yield ours


async def name(oa, *, store=None):
    return (await ask(GETOA, oa.account, oa.wire_on(store or oa.store)))["name"]


async def test_a_living_token_is_used_as_it_is(oa):
    assert await name(oa) == oa.zalo.oa.name
    assert (oa.refreshes(), oa.broken_rules()) == (0, [])


async def test_before_the_first_log_in_nothing_is_asked(store):
    async with official(store) as ours:
        with pytest.raises(MisconfiguredError, match="tracuu zalo login"):
            await name(ours)
        assert not ours.zalo.calls


async def test_a_hundred_refusals_at_once_are_one_refresh(oa, open_another):
    stores = [oa.store, await open_another("second"), await open_another("third")]
    oa.zalo.revoke_access()
    oa.zalo.oa.rate = 1000
    names = await asyncio.gather(*(name(oa, store=stores[number % 3]) for number in range(100)))
    assert names == [oa.zalo.oa.name] * 100
    assert (oa.refreshes(), (await oa.kept()).version) == (1, 2)


async def test_an_expired_token_is_refreshed_before_it_is_used(oa):
    oa.zalo.clock.turn(timedelta(hours=24, minutes=30))
    assert await name(oa) == oa.zalo.oa.name
    assert (oa.refreshes(), oa.broken_rules()) == (1, [])
    kept = await oa.kept()
    assert kept.expires_at == oa.zalo.clock() + timedelta(hours=25)


async def test_who_finds_a_newer_pair_uses_it(oa):
    wire = oa.wire
    old = await token.bearer(oa.account, wire)
    oa.zalo.clock.turn(MINUTE)
    newer = await token.refresh(oa.account, wire, version=old.version)
    assert await token.bearer(oa.account, wire, refused=old) == newer
    assert oa.refreshes() == 1


async def test_what_is_refused_right_after_it_was_given_is_not_refreshed_again(oa):
    oa.zalo.revoke_access()
    oa.zalo.plan(GETOA.path, trouble.failing(-216), times=2)
    with pytest.raises(MisconfiguredError):
        await name(oa)
    oa.zalo.plan(GETOA.path, trouble.failing(-216))
    with pytest.raises(MisconfiguredError, match="just given"):
        await name(oa)
    assert oa.refreshes() == 1
    assert await name(oa) == oa.zalo.oa.name, "the pair was kept"


async def test_where_zalo_refuses_whatever_it_gives_it_is_not_asked_for_more_and_somebody_hears_of_it(oa):
    oa.zalo.plan(GETOA.path, trouble.failing(-216), times=1000)
    with structlog.testing.capture_logs() as events:
        for _ in range(110):
            with pytest.raises(MisconfiguredError):
                await name(oa)
            oa.zalo.clock.turn(MINUTE)
    assert oa.refreshes() == 2, "one an hour"
    alarms = [event for event in events if event["event"] == "alarm.zalo_token"]
    assert [event["state"] for event in alarms] == ["refused when used"] * 2
    oa.zalo.world.plans.clear()
    assert await name(oa) == oa.zalo.oa.name


LOST = {
    "no answer in time": trouble.lost(),
    "cut within the answer": trouble.reset(),
    "an error page": trouble.down(),
    "an error page, done": trouble.down(executed=True),
    "no JSON": trouble.garbled(executed=True),
    "no refresh token": trouble.lacking("refresh_token"),
    "no access token": trouble.lacking("access_token"),
    "no token": trouble.lacking("access_token", "refresh_token"),
}


@pytest.mark.parametrize("how", LOST.values(), ids=LOST.keys())
async def test_a_lost_answer_is_an_unknown_state_and_the_token_is_not_sent_again(oa, how):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, how)
    with structlog.testing.capture_logs() as events, pytest.raises(GrantLostError):
        await name(oa)
    assert [event["state"] for event in events if event["event"] == "zalo.token"] == ["unknown"]
    kept = await oa.kept()
    assert (kept.state, kept.version) == (TokenState.UNKNOWN, 1)
    for _ in range(3):
        oa.zalo.clock.turn(timedelta(hours=1))
        with pytest.raises(MisconfiguredError, match="tracuu zalo login"):
            await name(oa)
    assert (oa.refreshes(), oa.broken_rules()) == (1, [])


async def test_a_pair_that_comes_in_two_pieces_is_kept(oa):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, trouble.torn())
    assert await name(oa) == oa.zalo.oa.name
    kept = await oa.kept()
    assert (kept.state, kept.version, oa.refreshes()) == (TokenState.GOOD, 2, 1)


async def test_a_refusal_in_http_200_is_final_and_overwrites_nothing(oa):
    pair = oa.zalo.tokens()
    pair.died = oa.zalo.clock()
    oa.zalo.clock.turn(timedelta(hours=25))
    with pytest.raises(GrantRefusedError, match="Invalid refresh token"):
        await name(oa)
    kept = await oa.kept()
    assert (kept.state, kept.pair.access) == (TokenState.REFUSED, pair.access)
    with pytest.raises(MisconfiguredError, match="refused"):
        await name(oa)
    assert oa.refreshes() == 1


async def test_a_rate_limit_is_waited_for(oa):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, trouble.failing(-32))
    with pytest.raises(ThrottledError):
        await name(oa)
    assert (await oa.kept()).state is TokenState.GOOD
    assert await name(oa) == oa.zalo.oa.name


async def test_what_never_left_may_be_tried_again(oa):
    oa.zalo.clock.turn(timedelta(hours=25))
    away = oa.with_settings(oauth_base="http://127.0.0.1:1")
    with pytest.raises(UnreachableError):
        await ask(GETOA, away, oa.wire)
    assert (await oa.kept()).refresher is None
    assert await name(oa) == oa.zalo.oa.name


async def test_whoever_waits_may_go_away_while_the_refresh_goes_on(oa):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, trouble.slow(0.3))
    waiting = asyncio.create_task(name(oa))
    while not oa.refreshes():
        await asyncio.sleep(0.01)
    waiting.cancel()
    await token.settle()
    assert ((await oa.kept()).version, oa.refreshes()) == (2, 1)
    assert await name(oa) == oa.zalo.oa.name


async def test_another_process_waits_for_the_one_that_refreshes(oa, open_another):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, trouble.slow(0.5))
    other = await open_another("other")
    assert await asyncio.gather(name(oa), name(oa, store=other)) == [oa.zalo.oa.name] * 2
    assert oa.refreshes() == 1


async def test_a_log_in_mends_an_unknown_state(oa):
    oa.zalo.clock.turn(timedelta(hours=25))
    oa.zalo.plan(REFRESH, trouble.lost())
    with pytest.raises(MisconfiguredError):
        await name(oa)
    verifier = "v" * 43
    code = oa.zalo.consent(challenge=challenge_of(verifier))
    assert await log_in(oa.account, oa.wire, code=code, verifier=verifier) == 2
    assert await name(oa) == oa.zalo.oa.name


async def test_a_code_that_was_used_gives_nothing_and_spoils_nothing(oa):
    verifier = "v" * 43
    code = oa.zalo.consent(challenge=challenge_of(verifier))
    await log_in(oa.account, oa.wire, code=code, verifier=verifier)
    with pytest.raises(GrantRefusedError):
        await log_in(oa.account, oa.wire, code=code, verifier=verifier)
    assert ((await oa.kept()).version, await name(oa)) == (2, oa.zalo.oa.name)


async def test_a_dead_refresher_is_noticed_before_its_old_token_is_used(oa):
    await tokens.claim(oa.store, PLACE, version=1, refresher="dead", now=oa.zalo.clock())
    oa.zalo.clock.turn(LEASE)
    with pytest.raises(MisconfiguredError, match="nobody saw it end"):
        await name(oa)
    assert not oa.zalo.calls
