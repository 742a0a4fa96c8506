"""Tokens are refreshed at half their life, whoever looks; what a person has to mend is an alarm (Z25, Z34)."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import update

from bot.store import tokens
from bot.store.tables import tokens as table
from bot.store.tokens import LEASE, TokenState
from gateway.errors import MisconfiguredError
from gateway.metrics import Metrics
from gateway.zalo.client import ask
from gateway.zalo.condition import examine_all, examine_token
from gateway.zalo.doubt import HARMLESS
from gateway.zalo.keeping import ABSENT, LOOK_SECONDS, UNREADABLE, keep_tokens, look_after
from gateway.zalo.ledger import note_quota
from gateway.zalo.token import REFRESH_AFTER
from simulator.zalo import troubles as trouble
from simulator.zalo.double import REFRESH
from tests.support.official import PLACE, official

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def oa(store):
    async with official(store) as ours:
        yield ours


async def test_a_token_is_refreshed_at_twelve_hours_and_not_before(oa):
    await oa.log_in(ago=REFRESH_AFTER - MINUTE)
    assert await look_after(oa.account, oa.wire) == TokenState.GOOD
    assert oa.refreshes() == 0
    oa.zalo.clock.turn(MINUTE)
    assert await look_after(oa.account, oa.wire) == TokenState.GOOD
    assert (oa.refreshes(), (await oa.kept()).obtained_at) == (1, oa.zalo.clock())


async def test_several_processes_that_keep_a_token_refresh_it_once(oa, open_another):
    await oa.log_in(ago=REFRESH_AFTER)
    stores = [oa.store, await open_another("second"), await open_another("third")]
    await asyncio.gather(*(look_after(oa.account, oa.wire_on(store)) for store in stores))
    assert oa.refreshes() == 1


async def test_what_could_not_leave_is_tried_at_the_next_look(oa):
    await oa.log_in(ago=REFRESH_AFTER)
    away = oa.with_settings(oauth_base="http://127.0.0.1:1")
    assert await look_after(away, oa.wire) == TokenState.GOOD
    assert await look_after(oa.account, oa.wire) == TokenState.GOOD
    assert oa.refreshes() == 1


async def test_a_lost_refresh_is_never_repeated_however_often_somebody_looks(oa):
    await oa.log_in(ago=REFRESH_AFTER)
    oa.zalo.plan(REFRESH, trouble.lost())
    for _ in range(5):
        assert await look_after(oa.account, oa.wire) == TokenState.UNKNOWN
        oa.zalo.clock.turn(MINUTE)
    assert oa.refreshes() == 1


async def test_a_dead_refresher_is_found_without_waiting_for_the_next_message(oa):
    await oa.log_in()
    await tokens.claim(oa.store, PLACE, version=1, refresher="dead", now=oa.zalo.clock())
    assert (await examine_token(oa.store, PLACE.account, now=oa.zalo.clock())).is_good
    oa.zalo.clock.turn(LEASE)
    assert not (await examine_token(oa.store, PLACE.account, now=oa.zalo.clock())).is_good
    assert await look_after(oa.account, oa.wire) == TokenState.UNKNOWN
    assert oa.refreshes() == 0


async def test_the_alarm_sounds_once(oa):
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as events:
        keeping = asyncio.create_task(keep_tokens([(oa.account, oa.wire)], stop))
        while not events:
            await asyncio.sleep(0.01)
        stop.set()
        await keeping
    assert [(event["event"], event["log_level"], event["state"]) for event in events] == [
        ("alarm.zalo_token", "error", ABSENT)
    ]


async def test_a_pair_that_this_key_does_not_open_stops_nobody_and_is_told(oa):
    await oa.log_in(ago=REFRESH_AFTER)
    await oa.store.write(lambda connection: connection.execute(update(table).values(sealed=b"of another key")))
    assert await look_after(oa.account, oa.wire) == UNREADABLE
    ((condition, _),) = await examine_all(oa.store, now=oa.zalo.clock())
    assert "tracuu zalo login" in condition.sentence(oa.zalo.clock())
    with pytest.raises(MisconfiguredError, match="tracuu zalo login"):
        await ask(HARMLESS, oa.account, oa.wire)
    assert (oa.refreshes(), len(oa.zalo.calls)) == (0, 0)
    await oa.log_in()
    assert await look_after(oa.account, oa.wire) == TokenState.GOOD


async def test_without_official_accounts_there_is_nothing_to_keep():
    await keep_tokens([], asyncio.Event())


async def test_prometheus_sees_state_calls_and_bills(oa):
    await oa.log_in()
    await tokens.condemn(oa.store, PLACE, version=1, state=TokenState.UNKNOWN, reason="lost")
    await note_quota(oa.wire, oa.account, None)
    metrics = Metrics()
    metrics.show_zalo(await examine_all(oa.store, now=oa.zalo.clock()))
    lines = metrics.export().decode().splitlines()
    assert f'tracuu_zalo_token{{account="{PLACE.account}",state="unknown"}} 1.0' in lines
    assert f'tracuu_zalo_token{{account="{PLACE.account}",state="good"}} 0.0' in lines
    assert f'tracuu_zalo_billed{{account="{PLACE.account}"}} 1.0' in lines


async def test_a_token_that_nobody_refreshes_in_time_is_noticed(oa):
    await oa.log_in(ago=REFRESH_AFTER + timedelta(hours=2))
    condition = await examine_token(oa.store, PLACE.account, now=oa.zalo.clock())
    assert condition.is_late(oa.zalo.clock())
    assert "tick" in condition.sentence(oa.zalo.clock())


def test_a_refresh_that_nobody_saw_end_is_told_within_a_minute():
    assert LEASE + timedelta(seconds=LOOK_SECONDS) < MINUTE
