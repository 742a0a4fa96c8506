"""A private PostgreSQL server for one test run: started when first asked for, gone with the run.

Debian's own service is never touched: the data lies in a fresh folder under /tmp, the port is free, the password random.
``initdb`` refuses root, so root starts it as another user; should this process die, the kernel stops the server.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

TEMPLATE = "tracuu_template"
_START_SECONDS = 30
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum": "off",  # nothing here lives long enough, and cloning a template wants nobody else in it
    "log_min_messages": "fatal",
}


def find_binaries() -> Path | None:
    """The folder that holds ``initdb`` and ``postgres``, the newest version first; None without PostgreSQL."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[4]))
    on_path = shutil.which("initdb")
    return versions[-1].parent if versions else Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A server. ``url(name)`` is what the settings would hold, ``create`` and ``drop`` make databases."""

    def __init__(self, binaries: Path, folder: Path, password: str, *, durable: bool) -> None:
        self._binaries, self._folder, self._password, self._durable = binaries, folder, password, durable
        self._port = _free_port()
        self._process = _launch(binaries, folder, self._port, durable=durable)
        self._made = 0

    def url(self, database: str) -> str:
        """The address of ``database`` as it stands in a settings file."""
        return f"postgresql://tracuu:{self._password}@127.0.0.1:{self._port}/{database}"

    async def create(self, *, template: str = "template0") -> str:
        """A database of its own, copied from ``template``; its name."""
        self._made += 1
        name = f"test_{self._made}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def drop(self, database: str) -> None:
        """Remove ``database``, whoever is still connected to it."""
        await self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    async def execute(self, statement: str) -> None:
        """Run an administrator's statement."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def halt(self, *, crash: bool = False) -> None:
        """Stop the server and keep its data: as ``pg_ctl stop -m fast`` does, or so that it must recover afterwards."""
        self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        self._process.wait(30)

    def resume(self) -> None:
        """Start the halted server again, at the same address with the same data."""
        self._process = _launch(self._binaries, self._folder, self._port, durable=self._durable)

    def stop(self) -> None:
        """Stop the server and remove everything of it."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def running_cluster(binaries: Path, *, durable: bool = True) -> Iterator[Cluster]:
    """A server as long as the block lasts; one that is not ``durable`` would lose its data with the power."""
    folder = Path(tempfile.mkdtemp(prefix="tracuu-pg-", dir="/tmp"))
    cluster = _start(binaries, folder, durable=durable)
    try:
        yield cluster
    finally:
        cluster.stop()


def _start(binaries: Path, folder: Path, *, durable: bool) -> Cluster:
    user, password = _server_user(), secrets.token_hex(16)
    try:
        _own(folder, user)
        _initialise(binaries, folder, password, user)
        return Cluster(binaries, folder, password, durable=durable)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _server_user() -> str | None:
    """Whom root starts the server as; None = as ourselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _own(folder: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(folder, user)


def _initialise(binaries: Path, folder: Path, password: str, user: str | None) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    _own(secret, user)
    arguments = [
        "--username=tracuu",
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
        "--locale=C.UTF-8",
        "--encoding=UTF8",
        "--no-sync",  # nobody restarts this machine in the middle
    ]
    done = subprocess.run(
        [str(binaries / "initdb"), "-D", str(folder / "data"), *arguments],
        **_as(user, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


def _launch(binaries: Path, folder: Path, port: int, *, durable: bool) -> subprocess.Popen[bytes]:
    data, log = folder / "data", folder / "log"
    settings = {"port": port, "fsync": "on" if durable else "off", **_SETTINGS}
    options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
    user = _server_user()
    with log.open("wb") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [*_dying_with_us(), str(binaries / "postgres"), "-D", str(data), *options],
            **_as(user, folder),
            stdout=output,
            stderr=output,
        )
    _wait_until_ready(process, data / "postmaster.pid", log)
    return process


def _dying_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


def _as(user: str | None, folder: Path) -> dict[str, Any]:
    """How to start a program as ``user``: in a folder and an environment that this user can use."""
    identity = {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL, "start_new_session": True, **identity}


def _wait_until_ready(process: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while not _says_ready(status):
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            process.wait()
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(encoding='utf-8', errors='replace').strip()}")
        time.sleep(0.02)


def _says_ready(status: Path) -> bool:
    with contextlib.suppress(OSError):
        lines = status.read_text(encoding="ascii").splitlines()
        return bool(lines) and lines[-1].strip() == "ready"
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
