"""The real service among odd neighbours: connections that never end, requests that are no HTTP, a terminal beside it."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from bot.store.engine import Store
from gateway.app import STOP_SECONDS
from tests.support.serving import Person, Serving, running
from tests.support.writers import nothing_is_lost, writing


async def test_o5_a_stop_with_open_windows_and_half_a_body_is_quick(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as http:
            assert await person.post(http, service.url, {"id": "1", "text": "HD"}) == 200
            headers = {"Cookie": person.cookie}
            window = await http.get(f"{service.url}/web/events", headers=headers)
            assert (await window.content.readline()).startswith(b"retry")
            host, _, port = service.url.removeprefix("http://").partition(":")
            _, half = await asyncio.open_connection(host, int(port))
            half.write(b"POST /hooks/web/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            await half.drain()
            begun = time.monotonic()
            code = await asyncio.to_thread(service.stop)
            took = time.monotonic() - begun
            half.close()
            window.close()
    print(f"\n{engine}: stopped in {took:.1f} s")
    assert code == 0
    assert took < STOP_SECONDS


async def test_a_request_that_is_no_http_is_not_quoted_in_the_log(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    canary = "chimhoangyen77"
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        host, _, port = service.url.removeprefix("http://").partition(":")
        for query in (f"text={canary}" + "a" * 20_000, f"text={canary}\x00"):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET /hooks/kannel/8179?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert b" 400 Bad Request" in await reader.readline()
            writer.close()
        service.stop()
    said = service.log.read_text(encoding="utf-8")
    assert "site.malformed" in said
    assert canary not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_terminal_asks_while_the_service_runs_on_the_same_file(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(1, seconds=10)
            command = [sys.executable, "-m", "gateway", "--config", str(tmp_path / "tracuu.toml"), "ask", "HD"]
            environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
            asked = await asyncio.create_subprocess_exec(
                *command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            said, complained = await asyncio.wait_for(asked.communicate(), 40)
            await writers.until_answered(1, seconds=10)
        await nothing_is_lost(store, writers.answered)
    assert asked.returncode == 0, complained.decode()
    assert said.strip()
