"""What the doctor looks at on this machine: secrets, disk, spool and port."""

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.core.errors import StoreError
from gateway.finding import Finding, Verdict
from gateway.settings import Settings
from gateway.spool import BROKEN, WAITING

_GIGABYTE = 1_000_000_000
_FREE_BYTES = _GIGABYTE
_PRIVATE = 0o077  # permissions of others than the owner


def examine_machine(settings: Settings) -> Iterator[Finding]:
    """What lies on this machine: secrets, and the disk under a SQLite file."""
    secrets = dict(settings.secret_files)
    if settings.security.key is None:
        secrets["security.key"] = settings.key_file
    try:
        for name, file in secrets.items():
            if file.exists():
                yield from _secrecy(name, file)
        scheme, _, path = settings.store_url.partition(":///")
        if scheme == "sqlite" and Path(path).exists():
            yield _disk(Path(path))
        yield from _spool(settings.spool_folder)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be looked at ({error.strerror})") from error


def _spool(folder: Path) -> Iterator[Finding]:
    """Only what is there: events that the database has not taken yet, and files that nobody could read."""
    waiting, broken = (len(list(folder.glob(f"*{kind}"))) for kind in (WAITING, BROKEN))
    if waiting or broken:
        detail = f"{waiting} events wait in {folder} for the database, {broken} cannot be stored"
        yield Finding(name="spool", verdict=Verdict.WARN, detail=detail)


def _secrecy(name: str, file: Path) -> Iterator[Finding]:
    """Of the key always, of other secrets only what is wrong."""
    shown = "key" if name == "security.key" else name
    if stat.S_IMODE(file.stat().st_mode) & _PRIVATE:
        yield Finding(name=shown, verdict=Verdict.WARN, detail=f"{file} can be read by others: chmod 600")
    elif shown == "key":
        yield Finding(name=shown, verdict=Verdict.OK, detail=f"{file}; keep a copy of it elsewhere")


def _disk(database: Path) -> Finding:
    """A backup beside the database, and room to write, want more than it takes itself."""
    free, size = shutil.disk_usage(database.parent).free, database.stat().st_size
    verdict = Verdict.OK if free > max(_FREE_BYTES, 2 * size) else Verdict.WARN
    detail = f"{free / _GIGABYTE:.1f} GB free beside {database.name} ({size / _GIGABYTE:.1f} GB)"
    return Finding(name="disk", verdict=verdict, detail=detail)


def examine_port(settings: Settings) -> Finding:
    """Whether the service could listen: if not, it is probably running."""
    host, port = settings.service.host, settings.service.port
    try:
        with socket.create_server((host, port)):
            return Finding(name="port", verdict=Verdict.OK, detail=f"{host}:{port} is free")
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        return Finding(name="port", verdict=Verdict.WARN, detail=f"{host}:{port}: {reason} (is the service running?)")
