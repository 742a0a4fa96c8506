"""What whoever runs the real service is told when it hangs or does not get on, and how it stops."""

import asyncio
import os
import signal
import socket
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.notify.backlog import UNHANDLED, UNSENT
from bot.store.engine import Store
from bot.store.tables import inbox
from gateway.app import STOP_SECONDS
from simulator.kannel.sendsms import PASSWORD, PATH, USERNAME, running_sendsms
from tests.support.crowd import until_handled, until_sent
from tests.support.disk import Disk
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.serving import Person, Serving, running
from tests.support.writers import PEOPLE, nothing_is_lost, writing

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
STALLING = "tests.support.stalling"
SECOND = timedelta(seconds=1)


@ON_SQLITE
async def test_o4_a_stuck_loop_is_noticed_while_it_is_stuck_and_its_place_is_named(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url, module=STALLING)) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "1", "text": "HD"}) == 200
            await person.replies(http, service.url, expect=1, seconds=20)
            before = await service.metrics(http)
            assert await person.post(http, service.url, {"id": "2", "choice": "stall:4"}) == 200
            stuck = await service.until_said("loop.stuck", "stall.py", seconds=20)
            assert "loop.free" not in service.said()
            await service.until_said("loop.free", seconds=20)
            assert await person.post(http, service.url, {"id": "3", "text": "HD"}) == 200
            assert len(await person.replies(http, service.url, expect=3, seconds=20)) == 3
            after = await service.metrics(http)
    assert stuck["place"].startswith("bot/handlers/stall.py:")
    assert stuck["level"] == "error"
    assert after["tracuu_loop_stalls_total"] == before["tracuu_loop_stalls_total"] + 1
    assert _slower_than_a_second(after) == _slower_than_a_second(before) + 1


def _slower_than_a_second(figures: dict[str, float]) -> float:
    return figures["tracuu_loop_delay_seconds_count"] - figures['tracuu_loop_delay_seconds_bucket{le="1.0"}']


@ON_SQLITE
async def test_o4_a_process_that_was_frozen_as_a_whole_is_not_taken_for_stuck(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "1", "text": "HD"}) == 200
            await person.replies(http, service.url, expect=1, seconds=20)
            said = len(service.said())
            os.kill(service.pid, signal.SIGSTOP)
            await asyncio.sleep(3)
            os.kill(service.pid, signal.SIGCONT)
            assert await person.post(http, service.url, {"id": "2", "text": "HD"}) == 200
            assert len(await person.replies(http, service.url, expect=2, seconds=20)) == 2
    assert "loop.stuck" not in service.said()[said:]


@ON_SQLITE
async def test_o4_systemd_hears_from_us_as_long_as_the_loop_turns(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """WatchdogSec of two seconds, a loop that is stuck for five: the silence is long enough for a restart."""
    address = tmp_path / "notify"
    variables = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "2000000"}
    person = Person(name="nong dan")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.setblocking(False)  # noqa: FBT003 – the standard library's own parameter
        serving = Serving(folder=tmp_path, store_url=engine_url, module=STALLING, variables=variables)
        with running(serving) as (service,):
            heard = [await _hear(systemd), await _hear(systemd), await _hear(systemd)]
            async with aiohttp.ClientSession() as http:
                assert await person.post(http, service.url, {"id": "1", "choice": "stall:5"}) == 200
            await service.until_said("loop.stuck", "stall.py", seconds=20)
            _forget(systemd)
            await asyncio.sleep(2)
            silent = _forget(systemd) == 0
            free = "loop.free" in service.said()
            again = await _hear(systemd)
            _forget(systemd)
            assert await asyncio.to_thread(service.stop) == 0
            last = [await _hear(systemd)]
            while last[-1] != "STOPPING=1":
                last.append(await _hear(systemd))
    assert heard == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    assert silent or free
    assert again == "WATCHDOG=1"


async def _hear(systemd: socket.socket) -> str:
    async with asyncio.timeout(20):
        return (await asyncio.get_running_loop().sock_recv(systemd, 100)).decode()


def _forget(systemd: socket.socket) -> int:
    """Read what has come so far; how much it was."""
    heard = 0
    while True:
        try:
            systemd.recv(100)
        except BlockingIOError:
            return heard
        heard += 1


async def test_o2_messages_that_are_taken_and_not_handled_raise_the_alarm(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """Every message is answered 200, and nobody works. The alarm ends when somebody does."""
    disk = Disk(tmp_path / "none", tools=tmp_path / "tools")
    serving = Serving(folder=tmp_path, store_url=engine_url, roles=("web", "tick"), variables=disk.variables)
    other = tmp_path / "work"
    other.mkdir()
    worker = Serving(folder=other, store_url=engine_url, roles=("work",), variables=disk.variables)
    person = Person(name="nong dan")
    with running(serving) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "1", "text": "HD"}) == 200
            disk.set_clock(UNHANDLED + SECOND)
            begun = await service.until_said('"alarm.unhandled"', '"begins"', seconds=30)
            figures = await service.metrics(http)
            async with http.get(f"{service.url}/readyz") as ready:
                assert ready.status == 200
        with running(worker):
            await until_handled(store, seconds=30)
            await service.until_said('"alarm.unhandled"', '"ends"', seconds=30)
    assert begun["level"] == "error"
    assert figures["tracuu_oldest_unhandled_seconds"] > UNHANDLED / SECOND
    assert service.said().count('"alarm.unhandled"') == 2
    assert "alarm.unsent" not in service.said()


async def test_o2_answers_that_their_provider_does_not_take_raise_the_alarm(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    disk = Disk(tmp_path / "none", tools=tmp_path / "tools")
    async with running_sendsms() as provider:
        provider.full = True
        account = f"""
            [[accounts]]
            channel = "kannel"
            account = "8179"
            sendsms_url = "{provider.url.removesuffix(PATH)}{PATH}"
            username = "{USERNAME}"
            password = "{PASSWORD}"
            token = "0123456789abcdef"
        """
        serving = Serving(folder=tmp_path, store_url=engine_url, settings=account, variables=disk.variables)
        with running(serving) as (service,):
            async with aiohttp.ClientSession() as http:
                query = {"from": "84912000001", "to": "8179", "text": "HD", "charset": "UTF-8", "id": "1"}
                query |= {"token": "0123456789abcdef"}
                async with http.get(f"{service.url}/hooks/kannel/8179", params=query) as answer:
                    assert answer.status == 200
                await until_handled(store, seconds=20)
                disk.set_clock(UNSENT + SECOND)
                begun = await service.until_said('"alarm.unsent"', '"begins"', seconds=30)
                figures = await service.metrics(http)
                provider.full = False
                await until_sent(store, seconds=60)
                await service.until_said('"alarm.unsent"', '"ends"', seconds=30)
    assert begun["level"] == "error"
    assert figures["tracuu_oldest_unsent_seconds"] > UNSENT / SECOND
    assert service.said().count('"alarm.unsent"') == 2
    assert "alarm.unhandled" not in service.said()


@POSTGRES_IN_SOAK
async def test_o5_a_stop_under_load_answers_everybody_whose_message_it_has_stored(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """So nothing that was stored is delivered again: whoever got no answer at all was not taken."""
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE * 10, seconds=20)
            begun = time.monotonic()
            code = await asyncio.to_thread(service.stop)
            took = time.monotonic() - begun
            stored = await _stored(store)
            await asyncio.to_thread(service.start)
            writers.url = service.url
        print(f"\n{engine}: stopped under load in {took:.1f} s, {len(stored)} stored")
        await nothing_is_lost(store, writers.answered)
    assert code == 0
    assert took < STOP_SECONDS
    assert stored & writers.cut == set()
    assert set(writers.statuses) <= {None, 503}


async def _stored(store: Store) -> set[str]:
    async with store.read() as connection:
        return set((await connection.execute(select(inbox.c.external_id))).scalars())
