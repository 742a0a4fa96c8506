"""Put a deployment together from its settings: accounts, library, mind. Nothing here touches a socket of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import bot.handlers
import gateway.channels
from bot.content import Content, load_content
from bot.core.accounts import Account
from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.handler import Handler
from bot.indexing.folder import IndexFolder
from bot.library import Library
from bot.mind import Mind
from bot.plugins import find_plugins
from bot.routing import Router
from bot.rulebook import RulebookFiles
from bot.search.lexicon import load_lexicon
from bot.search.places import Places, load_places
from bot.store.engine import Store
from gateway.channel import Channel, Presence, Presences
from gateway.sample import ensure_sample
from gateway.settings import ServiceSettings, Settings, reason_of
from gateway.zalo.caller import find_callers
from gateway.zalo.failures import load_failures

DATA = Path(bot.__file__).parents[1] / "data"
WEB_CHAT = "main"
"""The account of the chat page where the settings name none."""


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
        presence = _presence(table, f"accounts[{number}]", channels, store, settings.service)
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
    table: dict[str, Any], place: str, channels: Mapping[str, Channel[Any]], store: Store, service: ServiceSettings
) -> Presence:
    name = table.get("channel")
    channel = channels.get(str(name))
    if channel is None:
        raise ContentError("settings", f"{place}.channel", f"{name} is not one of {', '.join(sorted(channels))}")
    if name == "web":
        table.setdefault("secret", store.vault.derive("web session").hex())
    if name == "sms" and service.public_url:  # a provider is far away, a Kannel stands beside us
        table.setdefault("hook_url", service.public_url)
    if "hook_url" in channel.settings.model_fields:
        table.setdefault("hook_url", f"http://127.0.0.1:{service.port}")
    if "public_url" in channel.settings.model_fields:
        table.setdefault("public_url", service.public_url)
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
    library = open_library(store, settings, waits=waits)
    places, service = library.lookup.places, provinces_of(settings.service, library.lookup.places)
    return Mind(
        store=store,
        router=Router.build(find_plugins(bot.handlers, "HANDLER", Handler), content),
        content=content,
        library=library,
        accounts={key: _within(account, service, places) for key, account in accounts.items()},
        clock=clock,
        rulebook=RulebookFiles(DATA, settings.calendar_folder),
    )


def provinces_of(service: ServiceSettings, places: Places) -> tuple[str, ...]:
    """The ids of the provinces that the service answers for, empty = all. Raises ContentError for what is none."""
    return _today(service.provinces, places, "service.provinces")


def _within(account: Account, provinces: tuple[str, ...], places: Places) -> Account:
    """An account answers for its own province, else for those of the service."""
    own = _today(account.provinces, places, f"the province of {account.channel} {account.name}")
    return replace(account, provinces=own or provinces)


def _today(named: Sequence[str], places: Places, key: str) -> tuple[str, ...]:
    """Today's provinces: a former one is answered for by the one that it is part of, where its datasets stand."""
    found: dict[str, None] = {}
    for name in named:
        words = tokens(name)
        mentions = [mention for mention in places.find(words) if mention.end - mention.start == len(words)]
        if not mentions:
            raise ContentError("settings", key, f"{name} is not the id of a province")
        found[mentions[0].place.province] = None
    return tuple(found)


async def ensure_catalogue(store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> None:
    """Load the embedded sample where neither the settings nor the store know a source."""
    if not settings.sources:
        await ensure_sample(store, now=clock())
