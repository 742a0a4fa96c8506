"""A new version is started while the old one runs: it waits, or refuses with one sentence; nobody works on half of it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engines import POSTGRES_ONLY
from tests.support.newer import MIGRATION, make_newer
from tests.support.serving import Serving, running


@pytest.fixture
def newer(tmp_path: Path) -> dict[str, str]:
    """The variables with which a process runs the later version."""
    (tmp_path / "later").mkdir()
    return make_newer(tmp_path / "later")


def migrate(service: Serving, variables: dict[str, str], *, seconds: float) -> subprocess.CompletedProcess[str]:
    config = str(service.folder / "tracuu.toml")
    command = [sys.executable, "-m", "gateway", "--config", config, "migrate", "--wait", str(seconds)]
    environment = service._environment() | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


async def test_the_new_version_waits_until_the_old_one_has_ended(
    tmp_path: Path, engine_url: str, newer: dict[str, str]
) -> None:
    later = Serving(folder=tmp_path, store_url=engine_url, name="later", variables=newer)
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (old,):
        starting = asyncio.create_task(asyncio.to_thread(later.start))
        done, _ = await asyncio.wait([starting], timeout=4)
        assert not done
        assert await asyncio.to_thread(old.stop) == 0
        await starting
        with running(later):
            assert later.stop() == 0
    assert migrate(later, newer, seconds=0).stdout == "nothing to do\n"


async def test_the_new_version_refuses_while_the_old_one_runs(
    tmp_path: Path, engine_url: str, newer: dict[str, str]
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (old,):
        result = await asyncio.to_thread(migrate, old, newer, seconds=0)
        assert (result.returncode, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert f"{old.pid} still uses this database: stop it first" in line


async def test_the_old_version_refuses_a_newer_database(tmp_path: Path, engine_url: str, newer: dict[str, str]) -> None:
    service = Serving(folder=tmp_path, store_url=engine_url, variables=newer)
    with running(service):
        service.stop()
    result = await asyncio.to_thread(migrate, service, {"PYTHONPATH": ""}, seconds=0)
    assert result.returncode == 1
    assert result.stderr.strip().endswith(f"newer than this program (it has {MIGRATION}): upgrade tracuu")


@POSTGRES_ONLY
async def test_an_old_process_that_meets_a_newer_schema_ends_with_a_sentence(
    tmp_path: Path, engine_url: str, store, newer: dict[str, str]
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (old,):
        record = f"INSERT INTO migrations VALUES ('{MIGRATION}', 0)"
        await store.write(lambda connection: connection.exec_driver_sql(record))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'tracuu %:%'"
        await store.write(lambda connection: connection.exec_driver_sql(cut))
        assert old._process is not None
        assert await asyncio.to_thread(old._process.wait, 30) == 1
        assert f"newer than this program (it has {MIGRATION}): upgrade tracuu" in old.log.read_text(encoding="utf-8")
