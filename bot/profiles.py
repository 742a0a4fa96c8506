"""What a province's own decision wants of the service: ``data/profiles``, one file for each."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.text import clean
from bot.toml_file import read_toml

_KEYS = frozenset({"id", "name", "api"})
_API_KEYS = frozenset({"access", "article", "basis"})
_ID = re.compile(r"[a-z]{2,30}")


class Access(StrEnum):
    """Who may read a province's data as a program: anybody, who has a key, nobody."""

    PUBLIC = "public"
    KEYED = "keyed"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRule:
    """Who may read by the API, by which ``article``, and on what ``basis`` that is read from it."""

    access: Access
    article: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A province as its decision names it, which may be a former one. ``id`` is the name of its file."""

    id: str
    name: str
    api: ApiRule


def load_profiles(folder: Path) -> tuple[Profile, ...]:
    """The profiles of the folder ``data/profiles``, by id. Raises ContentError with file, key and reason."""
    profiles = tuple(_profile(file.name, read_toml(file)) for file in sorted(folder.glob("*.toml")))
    names = [profile.name for profile in profiles]
    for profile in profiles:
        if names.count(profile.name) > 1:
            raise ContentError(f"{profile.id}.toml", "name", f"{profile.name} has another file")
    return profiles


def _profile(file: str, table: Mapping[str, Any]) -> Profile:
    _check_keys(file, "", table, _KEYS)
    profile_id = _text(file, "id", table.get("id"))
    if not _ID.fullmatch(profile_id) or file != f"{profile_id}.toml":
        raise ContentError(file, "id", "must be the name of the file, of lower-case letters")
    api = table.get("api")
    if not isinstance(api, dict):
        raise ContentError(file, "api", "is missing or no section")
    _check_keys(file, "api.", api, _API_KEYS)
    access = api.get("access")
    if access not in tuple(Access):
        raise ContentError(file, "api.access", f"is not one of {', '.join(Access)}")
    return Profile(
        id=profile_id,
        name=_text(file, "name", table.get("name")),
        api=ApiRule(
            access=Access(access),
            article=_text(file, "api.article", api.get("article")),
            basis=_text(file, "api.basis", api.get("basis")),
        ),
    )


def _check_keys(file: str, section: str, table: Iterable[str], known: frozenset[str]) -> None:
    for key in sorted(set(table) - known):
        raise ContentError(file, f"{section}{key}", "unknown key")


def _text(file: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ContentError(file, key, "is missing")
    if clean(value) != value or "\n" in value:
        raise ContentError(file, key, "must be one line in NFC without control characters")
    return value
