"""Put a deployment together from its settings: key, store, accounts, mind. Nothing here touches a socket of its own."""

import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import bot.handlers
import gateway.channels
from bot.content import Content, load_content
from bot.core.accounts import Account
from bot.core.errors import ContentError, StoreError
from bot.handler import Handler
from bot.indexing.folder import IndexFolder
from bot.library import Library
from bot.mind import Mind
from bot.plugins import find_plugins
from bot.routing import Router
from bot.search.lexicon import load_lexicon
from bot.search.places import load_places
from bot.store.engine import Store
from bot.store.migrate import holds_data, pending, upgrade
from bot.store.presence import present
from bot.store.vault import KEY_BYTES
from gateway.channel import Channel, Presence, Presences
from gateway.sample import ensure_sample
from gateway.settings import Settings, reason_of
from gateway.zalo.caller import find_callers
from gateway.zalo.failures import load_failures

DATA = Path(bot.__file__).parents[1] / "data"
PATIENCE_SECONDS = 30.0
"""How long a start waits for older processes to end before it refuses: longer than one may take to stop."""
WEB_CHAT = "main"
"""The account of the chat page where the settings name none."""


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


def find_channels() -> dict[str, Channel[Any]]:
    """Every channel that is installed, by name."""
    return {channel.name: channel for channel in find_plugins(gateway.channels, "CHANNEL", Channel)}


def read_presences(settings: Settings, store: Store) -> Presences:
    """The accounts of the settings, checked by their channels. Raises ContentError for what a channel does not know."""
    channels = find_channels()
    tables = [dict(table) for table in settings.accounts]
    if settings.service.web_chat and not any(table.get("channel") == "web" for table in tables):
        tables.append({"channel": "web", "account": WEB_CHAT})
    presences: dict[tuple[str, str], Presence] = {}
    for number, table in enumerate(tables, 1):
        presence = _presence(table, f"accounts[{number}]", channels, store, settings)
        key = (presence.channel.name, presence.account.account)
        if key in presences:
            raise ContentError("settings", f"accounts[{number}]", f"the account {key[1]} of {key[0]} is there twice")
        for other in presences.values():
            if presence.account.login and presence.account.login == other.account.login:
                one = f"is for the provider the same as account {other.account.account}: one token serves one account"
                raise ContentError("settings", f"accounts[{number}]", one)
        presences[key] = presence
    if find_callers(presences.values()):
        load_failures()  # a mistake in that table stops the start, not the first refusal
    return presences


def _presence(
    table: dict[str, Any], place: str, channels: Mapping[str, Channel[Any]], store: Store, settings: Settings
) -> Presence:
    name = table.get("channel")
    channel = channels.get(str(name))
    if channel is None:
        raise ContentError("settings", f"{place}.channel", f"{name} is not one of {', '.join(sorted(channels))}")
    if name == "web":
        table.setdefault("secret", store.vault.derive("web session").hex())
    if "hook_url" in channel.settings.model_fields:
        table.setdefault("hook_url", f"http://127.0.0.1:{settings.service.port}")
    if "public_url" in channel.settings.model_fields:
        table.setdefault("public_url", settings.service.public_url)
    try:
        return Presence(channel=channel, account=channel.settings.model_validate(table))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join([place, *(str(part) for part in first["loc"])])
        raise ContentError("settings", key, reason_of(first)) from None


def open_library(store: Store, settings: Settings, *, waits: bool = False) -> Library:
    """What can be looked up in ``store``, still empty. Raises ContentError when something under ``data/`` is wrong."""
    return Library(
        store,
        lexicon=load_lexicon(DATA / "synonyms", settings.lexicon_file),
        places=load_places(DATA / "places"),
        folder=IndexFolder(settings.index_folder),
        waits=waits,
    )


def build_mind(
    store: Store,
    settings: Settings,
    accounts: Mapping[tuple[str, str], Account],
    *,
    clock: Callable[[], datetime],
    waits: bool = False,
) -> Mind:
    """The mind over ``store``; it ``waits`` for tables that are not indexed yet, or answers without them.

    Raises ContentError when something under ``data/`` is wrong.
    """
    content: Content = load_content(DATA)
    return Mind(
        store=store,
        router=Router.build(find_plugins(bot.handlers, "HANDLER", Handler), content),
        content=content,
        library=open_library(store, settings, waits=waits),
        accounts={key: _within(account, settings.service.provinces) for key, account in accounts.items()},
        clock=clock,
    )


def _within(account: Account, provinces: tuple[str, ...]) -> Account:
    """An account answers for its own province, else for those of the service."""
    if account.provinces:
        return account
    return replace(account, provinces=provinces)


async def ensure_catalogue(store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> None:
    """Load the embedded sample where neither the settings nor the store know a source."""
    if not settings.sources:
        await ensure_sample(store, now=clock())
