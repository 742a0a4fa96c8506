"""The database of a deployment and the key to it. Who needs no more need not load mind and channels."""

import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from bot.core.errors import ContentError, StoreError
from bot.store.engine import Store
from bot.store.migrate import holds_data, pending, upgrade
from bot.store.presence import present
from bot.store.vault import KEY_BYTES
from gateway.settings import Settings

PATIENCE_SECONDS = 30.0
"""How long a start waits for older processes to end before it refuses: longer than one may take to stop."""


def process_name() -> str:
    """A name for this process in leases: unique over machines and restarts."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@contextlib.asynccontextmanager
async def open_store(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Store]:
    """The database of ``settings``, brought to this program's schema and worked on; closed at the end.

    Raises StoreError or StoreUnavailableError with a sentence when it cannot be used, or others keep it from being
    brought there.
    """
    async with unprepared_store(settings) as store:
        await upgrade(store, now=clock(), seconds=PATIENCE_SECONDS)
        async with present(store, understood=lambda: pending(store)):
            yield store


@contextlib.asynccontextmanager
async def unprepared_store(settings: Settings, *, new_key: bool = True) -> AsyncIterator[Store]:
    """The database of ``settings`` as it is, without anybody being told; a key is made for a new one if ``new_key``."""
    key = await find_key(settings, new_key=new_key)
    store = Store(settings.store_url, key, owner=process_name())
    try:
        await store.open()
        yield store
    finally:
        await store.close()


async def find_key(settings: Settings, *, new_key: bool = True) -> bytes:
    """The key of the settings, else of ``var/key``, which is made (0600) for a new database only, and if ``new_key``.

    Raises ContentError when the key is no key or cannot be read, StoreError when an existing database has lost its key.
    """
    if settings.security.key is not None:
        return _parse_key(settings.security.key.get_secret_value(), "settings", "security.key")
    file = settings.key_file
    text = _read_key(file)
    if text is not None:
        return _parse_key(text, str(file), "key")
    if await made_before(settings):
        raise StoreError(f"this database was made with a key that is missing: restore {file} or set security.key")
    if not new_key:
        raise StoreError(f"there is no key: put the one that the backup belongs to at {file}, or set security.key")
    try:
        _make_key(file)
    except OSError as error:
        raise StoreError(f"the key {file} cannot be made ({error.strerror})") from error
    return _parse_key(file.read_text(encoding="ascii"), str(file), "key")


def _read_key(file: Path) -> str | None:
    """What stands in ``file``, None when there is none."""
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ContentError(str(file), "key", f"cannot be read ({error.strerror})") from error


def _make_key(file: Path) -> None:
    """Write a new key to ``file``, whole and synced to the disk before anybody sees it, unless there is one by then.

    A database whose key a power cut takes away would be lost.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES).hex())
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):  # another process has just made it
            os.link(draft, file)
    finally:
        draft.unlink()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _parse_key(text: str, file: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ContentError(file, name, f"is not {KEY_BYTES * 2} hexadecimal digits")
    return key


async def made_before(settings: Settings) -> bool:
    """Whether the database of ``settings`` holds anything. Raises StoreError when that cannot be told."""
    scheme, _, path = settings.store_url.partition(":///")
    if scheme == "sqlite" and not _is_there(Path(path)):
        return False
    store = Store(settings.store_url, bytes(KEY_BYTES), owner="")
    try:
        return await holds_data(store)
    finally:
        await store.close()


def _is_there(file: Path) -> bool:
    """Whether there is such a file; what we may not see is not taken for absent."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StoreError(f"{file} cannot be looked at ({error.strerror})") from error
    return True
