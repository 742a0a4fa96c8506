"""What every test may ask for: a fixed time, a store on both engines, a browser."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from hypothesis import settings
from structlog._config import BoundLoggerLazyProxy

from bot.store.engine import Store
from bot.store.migrate import migrate
from tests.support.canary import Canaries
from tests.support.need import need_chromium, need_postgres
from tests.support.postgres import TEMPLATE, Cluster, running_cluster
from tests.support.reuse import Reused

KEY = b"k" * 32
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).astimezone(UTC)
UNIT = Path(__file__).parent / "unit"

settings.register_profile("tracuu", deadline=None)  # no timing is asserted
settings.load_profile("tracuu")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the long tests out unless they were asked for."""
    config.option.markexpr = config.option.markexpr or "not soak"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that end-to-end tests print, also when they pass, and what every channel was tried with."""
    for report in terminalreporter.getreports("passed"):
        if "/e2e/" in report.nodeid and report.when == "call" and report.capstdout.strip():
            terminalreporter.write_line(report.capstdout.strip())
    # here, not beside the channels: with several processes only this file is read where the reports come together
    if any("test_channels.py" in report.nodeid for report in terminalreporter.getreports("passed")):
        import_module("tests.contract.matrix").show(terminalreporter)


_in_unit_test = False


def _refuse_sockets(event: str, _arguments: tuple[object, ...]) -> None:
    if _in_unit_test and event in {"socket.connect", "socket.bind", "socket.getaddrinfo"}:
        raise AssertionError(f"a unit test may not use the network ({event})")


sys.addaudithook(_refuse_sockets)


@pytest.fixture(autouse=True)
def _no_sockets_in_unit_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    global _in_unit_test  # noqa: PLW0603 – an audit hook cannot be taken away again, only switched
    _in_unit_test = UNIT in request.path.parents
    yield
    _in_unit_test = False


@pytest.fixture(autouse=True)
def _logs_are_set_up_anew() -> Iterator[None]:
    """A command that runs in this process sets up logs as for a process of its own, where loggers are bound for good."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        for module in list(sys.modules.values()):
            for logger in list(getattr(module, "__dict__", {}).values()):
                if isinstance(logger, BoundLoggerLazyProxy):
                    vars(logger).pop("bind", None)


@pytest.fixture
def now() -> datetime:
    """A Monday morning in office hours: 2026-11-16 09:00 in Việt Nam."""
    return NOW


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that stands at ``now``."""
    return lambda: NOW


@pytest.fixture
def canaries() -> Canaries:
    """Marks to plant and to look for in logs."""
    return Canaries()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return need_chromium()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of this run."""
    with running_cluster(need_postgres(), durable=False) as running:
        asyncio.run(running.execute(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE template0'))
        asyncio.run(_migrate(running.url(TEMPLATE)))
        yield running


@pytest.fixture(scope="session")
def _reused(cluster: Cluster) -> Reused:
    """The databases of that server which tests share one after the other."""
    return Reused(cluster=cluster, template=TEMPLATE)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the present schema, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine under test: whatever depends on it runs once on each."""
    name: str = request.param
    return name


@pytest.fixture
def _origin(engine: str, request: pytest.FixtureRequest) -> Cluster | Path:
    """Where databases of the engine under test come from: the server, or the file to copy."""
    origin: Cluster | Path = request.getfixturevalue("cluster" if engine == "postgresql" else "migrated_file")
    return origin


@pytest.fixture
async def engine_url(_origin: Cluster | Path, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a fresh database with the present schema."""
    if isinstance(_origin, Path):
        yield f"sqlite:///{shutil.copy(_origin, tmp_path / 'tracuu.db')}"
        return
    reused: Reused = request.getfixturevalue("_reused")
    async with reused.database() as name:
        yield _origin.url(name)


@pytest.fixture
async def blank_url(_origin: Cluster | Path, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a database that holds nothing yet."""
    if isinstance(_origin, Path):
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    name = await _origin.create()
    try:
        yield _origin.url(name)
    finally:
        await _origin.drop(name)


@pytest.fixture
async def store(engine_url: str) -> AsyncIterator[Store]:
    """An open store with the present schema, fresh for this test."""
    async with open_store(engine_url) as opened:
        yield opened


@pytest.fixture
async def open_another(engine_url: str) -> AsyncIterator[Callable[[str], Awaitable[Store]]]:
    """Open more stores on the same database, as other processes would."""
    async with contextlib.AsyncExitStack() as stack:

        async def another(owner: str) -> Store:
            return await stack.enter_async_context(open_store(engine_url, owner=owner))

        yield another


@contextlib.asynccontextmanager
async def open_store(url: str, *, key: bytes = KEY, owner: str = "test") -> AsyncIterator[Store]:
    """A store on ``url`` as long as the block lasts."""
    opened = Store(url, key, owner=owner)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def _migrate(url: str) -> None:
    async with open_store(url) as opened:
        await migrate(opened, now=NOW)
