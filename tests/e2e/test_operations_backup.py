"""The drill: people write all the time, a backup is taken, the service dies, the backup is restored elsewhere."""

import asyncio
import random
import shutil
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.restore import PARKED
from bot.store.tables import inbox, mailbox, outbox
from tests.conftest import TEMPLATE, open_store
from tests.support.commands import started, tracuu, tracuu_json, write_settings
from tests.support.postgres import Cluster
from tests.support.serving import Person, Serving, running

PEOPLE = 24
TEXTS = ("HD", "dan so quang ngai", "xa tinh ky gio thuoc xa nao", "danh muc")


@dataclass(slots=True)
class Crowd:
    """People who write one message after another; ``answered`` are the ids that were answered 200."""

    service: Serving
    chance: random.Random
    answered: set[str] = field(default_factory=set)
    closing: bool = False

    async def write(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as http:
            await asyncio.gather(*(self._writer(http, Person(name=f"p{number}")) for number in range(PEOPLE)))

    async def _writer(self, http: aiohttp.ClientSession, person: Person) -> None:
        turn = 0
        while not self.closing:
            turn += 1
            message = {"id": f"{person.name}-{turn}", "text": self.chance.choice(TEXTS)}
            if await person.post(http, self.service.url, message) == 200:
                self.answered.add(message["id"])
            await asyncio.sleep(self.chance.uniform(0.0, 0.1))


@pytest.fixture
def other_server(engine: str, request: pytest.FixtureRequest) -> Cluster | None:
    """Where the other engine runs, None for SQLite."""
    server: Cluster | None = request.getfixturevalue("cluster") if engine == "sqlite" else None
    return server


@pytest.fixture
async def elsewhere(other_server: Cluster | None, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database of the other engine: a machine that has seen nothing of this."""
    if other_server is None:
        (tmp_path / "other").mkdir()
        yield f"sqlite:///{tmp_path / 'other' / 'tracuu.db'}"
        return
    name = await other_server.create(template=TEMPLATE)
    yield other_server.url(name)
    await other_server.drop(name)


@pytest.mark.postgres
async def test_o1_a_backup_taken_under_load_restores_everything_answered_before_it(
    tmp_path: Path, engine: str, engine_url: str, elsewhere: str
) -> None:
    file = tmp_path / "backup.db"
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        crowd = Crowd(service, random.Random(5))
        writing = asyncio.create_task(crowd.write())
        while len(crowd.answered) < 200:
            await asyncio.sleep(0.05)
        before = set(crowd.answered)
        taken = await asyncio.to_thread(tracuu_json, service, "backup", str(file))
        during = len(crowd.answered) - len(before)
        crowd.closing = True
        await writing
        service.kill()
    assert during > 0
    assert (taken["key_inside"], stat.S_IMODE(file.stat().st_mode)) == (False, 0o600)
    (tmp_path / "other").mkdir(exist_ok=True)
    other = Serving(folder=tmp_path / "other", store_url=elsewhere)
    write_settings(other)
    restored = await asyncio.to_thread(tracuu_json, other, "restore", str(file))
    with running(other):
        async with open_store(elsewhere) as store:
            await _drained(store)
            await _check(store, before, crowd.answered, parked=restored["parked"])
    print(
        f"\n{engine}: {len(before)} answered before, {during} during the backup ({taken['rows']['inbox']} in it, "
        f"{taken['bytes']:,} bytes); restored: {restored['parked']} parked, {restored['unhandled']} answered late"
    )


async def _drained(store: Store) -> None:
    async with asyncio.timeout(60):
        while True:
            async with store.read() as connection:
                waiting = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
                queued = await connection.scalar(select(func.count()).where(outbox.c.state == "queued"))
            if not waiting and not queued:
                return
            await asyncio.sleep(0.1)


async def _check(store: Store, before: set[str], answered: set[str], *, parked: int) -> None:
    """Everything answered before is there once, and nothing half: each message has one reply, sent or parked."""
    async with store.read() as connection:
        stored = list((await connection.execute(select(inbox.c.external_id, inbox.c.id, inbox.c.state))).all())
        replies = list((await connection.execute(select(outbox.c.dedupe_key, outbox.c.state, outbox.c.error))).all())
        mails = list((await connection.execute(select(mailbox.c.key))).scalars())
    ids = [row.external_id for row in stored]
    assert len(ids) == len(set(ids))
    assert before <= set(ids)
    assert {row.state for row in stored} == {"done"}
    assert sorted(row.dedupe_key for row in replies) == sorted(f"inbox:{row.id}:0" for row in stored)
    assert [row.error for row in replies if row.state == "parked"] == [PARKED] * parked
    assert {row.state for row in replies} <= {"sent", "parked"}
    assert len(set(mails)) == len(mails)
    assert len(mails) >= len(stored) - parked


async def test_a_service_that_runs_keeps_its_database(tmp_path: Path, engine_url: str) -> None:
    file = tmp_path / "backup.db"
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        tracuu_json(service, "backup", str(file))
        refused = started(service, "restore", str(file), "--force")
        assert refused.returncode == 1
        assert f"{service.pid} still uses this database: stop it first" in refused.stderr
        service.stop()
        assert started(service, "restore", str(file)).stderr.startswith("tracuu: the database holds data already")
        assert "see tracuu dead list" in started(service, "restore", str(file), "--force").stdout


def test_a_backup_needs_its_own_key_to_be_restored(tmp_path: Path, migrated_file: Path) -> None:
    service = Serving(folder=tmp_path, store_url=f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'tracuu.db')}")
    write_settings(service)
    said = tracuu(service, "backup", str(tmp_path / "backup.db"))
    assert "The key is NOT inside" in said.stdout
    assert "keep a copy of security.key in" in said.stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "tracuu.toml").touch()
    lost = tracuu(Serving(folder=empty, store_url=""), "restore", str(tmp_path / "backup.db"))
    assert lost.returncode == 1
    assert "put the one that the backup belongs to at" in lost.stderr
    assert not (empty / "var").exists()
