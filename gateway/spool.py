"""Hooks whose provider must hear 200 in time although the database cannot commit: synced to the disk, stored later.

A file for each, encrypted as in quarantine, named by the moment it came: they are stored in that order. What the
database has taken meanwhile all the same is known there by its own id, and stored once. Whoever writes again before the
file is stored may be answered in the other order.
"""

import asyncio
import contextlib
import json
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.core.errors import StoreError, StoreUnavailableError
from bot.core.fault import describe
from bot.store.types import from_micros, to_micros
from bot.store.vault import Vault
from gateway.channel import Hook, Parsed
from gateway.errors import RejectedError
from gateway.quarantine import pack, unpack

LOOK_SECONDS = 1.0
"""How often somebody looks whether something waits, and whether the database takes it."""
WAITING, BROKEN = ".hook", ".broken"
"""How the names of files end that wait, and of those that an operator has to look at."""

Place = tuple[str, str, str]
"""Channel, account and path of the address that a hook came to."""
Storing = Callable[[Hook, datetime], Awaitable[Parsed]]
"""Store what a hook carries that came at a moment. Raises RejectedError once it lies in quarantine."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A hook that waits, where it came to, and when."""

    place: Place
    hook: Hook
    came_at: datetime


class Spool:
    """The hooks that wait in ``folder``. Any number of processes may share it: who stores twice stores once."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder, self._vault = folder, vault

    async def keep(self, spooled: Spooled) -> None:
        """Return once ``spooled`` survives a power cut. Raises StoreUnavailableError when the disk does not take it."""
        channel, account, path = spooled.place
        around = json.dumps({"channel": channel, "account": account, "path": path}).encode()
        name = f"{to_micros(spooled.came_at):020d}-{secrets.token_hex(8)}"
        try:
            await asyncio.to_thread(_write, self._folder, name, around + b"\n" + pack(spooled.hook, self._vault))
        except OSError as error:
            raise StoreUnavailableError(f"neither database nor disk take anything ({error.strerror})") from error
        log.warning("spool.kept", channel=channel)

    def waiting(self) -> int:
        """How many hooks wait."""
        return len(self._files())

    async def run(self, entrances: Mapping[Place, Storing]) -> None:
        """Store what waits as soon as the database takes it, until cancelled."""
        while True:
            await self.drain(entrances)
            await asyncio.sleep(LOOK_SECONDS)

    async def drain(self, entrances: Mapping[Place, Storing]) -> int:
        """Store what waits, in the order in which it came, until the database refuses. Returns how many that were.

        What is for an account that the settings do not name any more waits on.
        """
        stored = 0
        for file in await asyncio.to_thread(self._files):
            try:
                spooled = self._read(file)
                if spooled is None or spooled.place not in entrances:
                    continue
                with contextlib.suppress(RejectedError):  # then it lies in quarantine
                    await entrances[spooled.place](spooled.hook, spooled.came_at)
            except StoreUnavailableError:
                break
            except Exception as error:  # noqa: BLE001 – one file must not hold up the others; it stays for an operator
                log.error("spool.broken", **describe(error))  # noqa: TRY400 – a trace may hold text
                _rename(file)
                continue
            file.unlink(missing_ok=True)
            stored += 1
        return stored

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{WAITING}"))

    def _read(self, file: Path) -> Spooled | None:
        """What waits in ``file``; None when another process has just stored it. Raises StoreError for what is none."""
        try:
            around, _, raw = file.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        try:
            place = json.loads(around)
            came_at = from_micros(int(file.name.partition("-")[0]))
            where = (str(place["channel"]), str(place["account"]), str(place["path"]))
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise StoreError("this is no hook that was kept") from error
        return Spooled(place=where, hook=unpack(raw, self._vault), came_at=came_at)


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a file, whole and synced before anybody sees it, and its name with it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f"{name}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(folder / f"{name}{WAITING}")
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _rename(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.rename(file.with_suffix(BROKEN))
