"""Whatever goes wrong with a command, an operator reads one sentence, and the exit code says whose turn it is."""

import asyncio
import contextlib
import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.quarantine import set_aside
from tests.conftest import NOW, open_store
from tests.support.in_process import tracuu_here
from tests.support.source import ROOT

TOO_LONG = "x" * 300
"""A name that the system refuses to look at, as it does with folders that somebody else has closed."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file with a database of its own."""
    file = tmp_path / "tracuu.toml"
    file.write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    return file


def start(config: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gateway", "--config", str(config), *words]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    # whoever runs the tests in the background of a shell has Ctrl-C ignored, and that is inherited
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def tracuu(config: Path, *words: str) -> tuple[int, str]:
    """The exit code, and what was said on stderr."""
    done = tracuu_here("--config", str(config), *words)
    return done.returncode, done.stderr


def one_sentence(said: str) -> bool:
    return said.startswith("tracuu: ") and said.count("\n") == 1


@pytest.fixture
def used(config: Path) -> Path:
    """The same, with a database that was used."""
    assert tracuu(config, "migrate")[0] == 0
    return config


@pytest.mark.parametrize("name", ["0", str(2**63), "many"])
def test_a_number_that_no_letter_can_have_is_wrong_usage(config: Path, name: str):
    assert tracuu(config, "dead", "replay", "outbox", name)[0] == 2


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_file_that_may_not_be_looked_at_is_named(used: Path, command: str):
    code, said = tracuu(used, command, TOO_LONG)
    assert (code, one_sentence(said)) == (1, True), said
    assert "File name too long" in said


def test_a_key_that_cannot_be_read_is_named(used: Path):
    key = used.parent / "var" / "key"
    key.unlink()
    key.mkdir()
    code, said = tracuu(used, "dead", "list")
    assert (code, said) == (2, f"tracuu: {key}: key: cannot be read (Is a directory)\n")


def test_a_key_that_is_bytes_instead_of_digits_is_named(config: Path):
    config.write_text('[security]\nkey = "file:key"\n', encoding="utf-8")
    (config.parent / "key").write_bytes(b"\xff" * 32)
    code, said = tracuu(config, "migrate")
    assert (code, said) == (2, "tracuu: tracuu.toml: security.key: key is not UTF-8 text\n")


def test_an_operator_is_told_that_the_list_goes_on(used: Path):
    key = bytes.fromhex((used.parent / "var" / "key").read_text(encoding="ascii"))

    async def put_aside() -> None:
        async with open_store(f"sqlite:///{used.parent / 'data.db'}", key=key) as store:
            for _ in range(201):
                await set_aside(store, channel="web", account="main", raw=b"", reason="", now=NOW)

    asyncio.run(put_aside())
    assert tracuu(used, "dead", "list") == (0, "tracuu: only the newest 200 of quarantine are shown\n")


@pytest.fixture
def waiting(config: Path) -> Iterator[Path]:
    """A database that an older process uses: whoever wants to bring it forward waits half a minute."""
    with (config.parent / "data.db.lock").open("a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield config


@contextlib.contextmanager
def begun(config: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command that has got as far as opening its database."""
    with start(config, *words) as process:
        try:
            while not (config.parent / "data.db").exists():
                assert process.poll() is None
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def test_ctrl_c_ends_a_command_with_one_sentence(waiting: Path):
    with begun(waiting, "migrate") as process:
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=15)[1] == "tracuu: stopped before it was done\n"
        assert process.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_that_waits_to_start_ends_when_told(waiting: Path, number: signal.Signals):
    with begun(waiting, "serve", "--port", "0") as process:
        process.send_signal(number)
        assert process.communicate(timeout=15)[1] == ""
        assert process.returncode == 0
