"""A process that is killed in the middle of a refresh: the new pair is there, or nobody trusts the old one again."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.store.tokens import LEASE, TokenState
from gateway.errors import MisconfiguredError
from gateway.zalo.client import Call, ask
from simulator.zalo.double import REFRESH
from simulator.zalo.troubles import hanging
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID
from tests.support.official import Official, official

ROOT = Path(__file__).parents[2]
GETOA = Call(path="/v2.0/oa/getoa")


@pytest.fixture
async def oa(store):
    async with official(store) as ours:
        await ours.log_in()
        ours.zalo.clock.turn(timedelta(hours=25))
        yield ours


@contextlib.asynccontextmanager
async def refresher(
    oa: Official, url: str, *, hold: str = "", write: int = 0
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that refreshes; killed at the end of the block."""
    settings = {
        "channel": "zalo",
        "account": OA_ID,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "api_base": oa.zalo.api_base,
        "oauth_base": oa.zalo.oauth_base,
    }
    plan = {"store": url, "settings": settings, "now": oa.zalo.clock().isoformat(), "hold": hold, "write": write}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests" / "support" / "refresher.py"),
        json.dumps(plan),
        stdout=PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def held(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert await process.stdout.readline() == b"held\n"


async def name(oa: Official) -> str:
    return (await ask(GETOA, oa.account, oa.wire))["name"]


def sent_twice(oa: Official) -> list[str]:
    """Refresh tokens that Zalo saw more than once."""
    bodies = [parse_qs(call.body.decode()) for call in oa.zalo.calls if call.path == REFRESH]
    return [token for token, times in Counter(body["refresh_token"][0] for body in bodies).items() if times > 1]


async def test_killed_before_it_took_the_lease_nothing_has_happened(oa: Official, engine_url: str):
    async with refresher(oa, engine_url, hold="before", write=1) as process:
        await held(process)
    assert oa.refreshes() == 0
    assert await name(oa) == oa.zalo.oa.name
    assert ((await oa.kept()).version, sent_twice(oa)) == (2, [])


async def test_killed_before_the_call_nobody_can_know_that_it_was_not_made(oa: Official, engine_url: str):
    async with refresher(oa, engine_url, hold="after", write=1) as process:
        await held(process)
    await expect_unknown(oa, refreshes=0)


async def test_killed_while_zalo_has_done_it_but_not_answered(oa: Official, engine_url: str):
    oa.zalo.plan(REFRESH, hanging(executed=True))
    async with refresher(oa, engine_url) as _process:
        async with asyncio.timeout(30):
            while not oa.refreshes():
                await asyncio.sleep(0.02)
    await expect_unknown(oa, refreshes=1)


async def test_killed_between_the_answer_and_its_commit(oa: Official, engine_url: str):
    async with refresher(oa, engine_url, hold="before", write=2) as process:
        await held(process)
    await expect_unknown(oa, refreshes=1)


async def test_killed_after_the_commit_the_new_pair_serves(oa: Official, engine_url: str):
    async with refresher(oa, engine_url, hold="after", write=2) as process:
        await held(process)
    assert await name(oa) == oa.zalo.oa.name
    kept = await oa.kept()
    assert (kept.version, kept.state, oa.refreshes(), oa.broken_rules()) == (2, TokenState.GOOD, 1, [])


async def expect_unknown(oa: Official, *, refreshes: int) -> None:
    """After its lease the pair is of unknown state, whoever asks and however often, and Zalo is not asked."""
    calls = len(oa.zalo.calls)
    oa.zalo.clock.turn(LEASE)
    for _ in range(3):
        with pytest.raises(MisconfiguredError, match="tracuu zalo login"):
            await name(oa)
        oa.zalo.clock.turn(timedelta(hours=1))
    assert (await oa.kept()).state is TokenState.UNKNOWN
    assert (len(oa.zalo.calls), oa.refreshes(), sent_twice(oa), oa.broken_rules()) == (calls, refreshes, [], [])
