"""The real service while its database, its disk or its connections fail: 503 meanwhile, nothing lost, no restart."""

import asyncio
import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy import select

from bot.store.engine import Store
from bot.store.tables import inbox, outbox
from gateway.app import STOP_SECONDS
from tests.support.crowd import ACCOUNT, until_handled, until_sent
from tests.support.serving import Person, Serving, running

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
ON_POSTGRES = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
PEOPLE = 12


@dataclass(slots=True)
class Writers:
    """People who write all the time and repeat what was not answered with 200."""

    url: str
    statuses: list[int | None] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    async def write(self, http: aiohttp.ClientSession, person: Person, stop: asyncio.Event) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            message = {"id": f"{person.name}-{turn}", "text": "HD"}
            while (status := await person.post(http, self.url, message)) != 200:
                self.statuses.append(status)
                await asyncio.sleep(0.05)
            self.answered.append(message["id"])
            await asyncio.sleep(0.05)

    async def until_refused(self, *, seconds: float) -> None:
        """Wait until somebody has been told to try again."""
        async with asyncio.timeout(seconds):
            while 503 not in self.statuses:
                await asyncio.sleep(0.02)

    async def until_answered(self, more: int, *, seconds: float) -> None:
        """Wait until ``more`` messages have been taken from now on."""
        wanted = len(self.answered) + more
        async with asyncio.timeout(seconds):
            while len(self.answered) < wanted:
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def writing(url: str) -> AsyncIterator[Writers]:
    """People at work as long as the block lasts; then each gets the message through that is under way."""
    writers, stop = Writers(url), asyncio.Event()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
        people = [Person(name=f"p{number}") for number in range(PEOPLE)]
        tasks = [asyncio.create_task(writers.write(http, person, stop)) for person in people]
        try:
            yield writers
        finally:
            stop.set()
            await asyncio.gather(*tasks)


async def nothing_is_lost(store: Store, writers: Writers) -> None:
    """Every message that was answered is stored and handled once, and has exactly one reply, which was sent."""
    await until_handled(store, seconds=30)
    await until_sent(store, seconds=30)
    async with store.read() as connection:
        stored = (
            await connection.execute(
                select(inbox.c.external_id, inbox.c.id, inbox.c.state).where(inbox.c.account == ACCOUNT)
            )
        ).all()
        replies = (
            await connection.execute(
                select(outbox.c.dedupe_key, outbox.c.state, outbox.c.error).where(outbox.c.account == ACCOUNT)
            )
        ).all()
    assert sorted(row.external_id for row in stored) == sorted(writers.answered)
    assert {row.state for row in stored} == {"done"}
    assert sorted(row.dedupe_key for row in replies) == sorted(f"inbox:{row.id}:0" for row in stored)
    assert {(row.state, row.error) for row in replies} == {("sent", None)}


@ON_SQLITE
async def test_a_file_that_another_program_locks_is_waited_for(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            with contextlib.closing(sqlite3.connect(store.url.database, isolation_level=None)) as foreign:
                foreign.execute("BEGIN IMMEDIATE")
                await writers.until_refused(seconds=20)
                foreign.execute("ROLLBACK")
            await writers.until_answered(PEOPLE, seconds=20)
        await nothing_is_lost(store, writers)
    assert set(writers.statuses) == {503}
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


@contextlib.contextmanager
def full_disk(service: Serving) -> Iterator[None]:
    """Whatever ``service`` writes to any file fails as long as the block lasts, its own log included."""
    pid = service.pid
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@ON_SQLITE
async def test_a_full_disk_is_waited_for(tmp_path: Path, engine: str, engine_url: str, store: Store) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            with full_disk(service):
                await writers.until_refused(seconds=20)
                await asyncio.sleep(1)
            await writers.until_answered(PEOPLE, seconds=20)
        await nothing_is_lost(store, writers)
    assert set(writers.statuses) == {503}
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


async def terminate_everybody(url: str) -> int:
    """Cut every connection to the database, as a server does that is restarted; how many there were."""
    connection = await asyncpg.connect(url)
    try:
        cut = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(cut)
    finally:
        await connection.close()


@ON_POSTGRES
async def test_connections_that_are_cut_are_made_again(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            for _ in range(3):
                assert await terminate_everybody(engine_url) > 0
                await writers.until_answered(PEOPLE * 2, seconds=20)
        await nothing_is_lost(store, writers)
    assert set(writers.statuses) <= {503}
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


async def test_a_stop_with_open_windows_and_half_a_body_is_quick(
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


@ON_SQLITE
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
        await nothing_is_lost(store, writers)
    assert asked.returncode == 0, complained.decode()
    assert said.strip()
