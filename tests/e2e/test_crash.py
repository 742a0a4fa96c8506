"""Kill the service at any instant: what was answered is stored once and gets exactly one reply."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from bot.store.engine import Store
from tests.support.serving import Serving, running
from tests.support.writers import Throng, crowd

KILLS = {"sqlite": 14, "postgresql": 6}
"""A kill costs three seconds; the long test takes a thousand on each."""
EACH_KILL = 16
"""People for each kill: a service that is killed all the time falls behind, and who has 50 messages waiting floods."""
SOAK_KILLS = int(os.environ.get("CRASH_KILLS", "1000"))
"""How many kills the long test takes; the variable makes it shorter."""


async def _survive(folder: Path, url: str, store: Store, *, kills: int, engine: str, drain: float) -> None:
    """The times between start and kill spread over what a service does then: it starts, catches up, answers."""
    chance = random.Random(7)
    with running(Serving(folder=folder, store_url=url)) as (service,):
        throng = Throng(service, chance, crowd(kills * EACH_KILL))
        writing = asyncio.create_task(throng.write())
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.02, 0.7))
            await asyncio.to_thread(service.kill)
            await asyncio.to_thread(service.start)
        throng.closing = True
        await writing
        await throng.check(store, title=f"{engine}: {kills} kills", seconds=drain)


async def test_a1_kills_at_any_instant_lose_nothing_and_double_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    await _survive(tmp_path, engine_url, store, kills=KILLS[engine], engine=engine, drain=90)


@pytest.mark.soak
async def test_a1_a_thousand_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    await _survive(tmp_path, engine_url, store, kills=SOAK_KILLS, engine=engine, drain=1800)
