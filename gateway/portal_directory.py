"""The portals that are known, by name and by their present and former addresses: ``data/portals.toml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.toml_file import read_toml
from gateway.portal import BadSourceError

_DATA = Path(__file__).resolve().parents[1] / "data"
KINDS = ("ckan", "dcat", "pxweb", "custom", "unknown")
_CALLING = ("ckan", "dcat", "pxweb")
STATUSES = ("verified", "reported", "unknown")
_TEXTS = ("name", "province", "kind", "address", "status", "source")
_LISTS = ("former", "former_names")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPortal:
    """One row of the file; ``former`` are the addresses that it had before, ``province`` is empty for the country."""

    id: str
    name: str
    province: str
    kind: str
    address: str
    status: str
    source: str
    former: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """All of them, by id."""

    portals: Mapping[str, KnownPortal]

    def named(self, text: str) -> KnownPortal | None:
        """The portal with this id or name, accents and blanks aside."""
        wanted = "".join(tokens(text))
        return next((p for p in self.portals.values() if wanted in {p.id, "".join(tokens(p.name))}), None)

    def at(self, address: str) -> KnownPortal | None:
        """The portal that is or was at ``address``."""
        wanted = _host(address)
        return next((p for p in self.portals.values() if wanted in map(_host, (p.address, *p.former))), None)

    def present(self, address: str) -> str:
        """``address``, or the present one where it is a former one of a portal."""
        portal = self.at(address)
        return portal.address if portal and _host(address) != _host(portal.address) else address

    def complete(self, text: str, kind: str) -> str:
        """The address of a source of ``kind`` that was written ``text``: a portal's name, or an address with or without
        ``https://``. Raises BadSourceError."""
        portal = self.named(text)
        if portal is not None:
            if portal.kind != kind:
                raise BadSourceError(f"{text} is not known to be a source of kind {kind}: {_known(portal)}")
            return portal.address
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
        if parts.username is not None:  # not repeated: it may hold a password
            raise BadSourceError(f"the address on {host} holds a name or a password: open data are read without")
        if parts.scheme not in {"http", "https"} or not host or " " in text:
            raise BadSourceError(f"{text!r} is neither the address of a portal (https://…) nor the name of a known one")
        if "://" not in text and "." not in host and ":" not in text:
            names = ", ".join(each.id for each in self.portals.values() if each.kind == kind)
            raise BadSourceError(f"no portal is known as {text}; known ones of kind {kind} are {names}")
        return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def tell_moved(address: str, present: str) -> str:
    """What the operator of a source with the former ``address`` of a portal should know; empty when it is no such."""
    if address == present:
        return ""
    return (
        f"{address} has moved to {present}: write the new address, and the old one as the name of the source so that "
        "it stays the same source"
    )


def addresses_of(kind: str, text: str) -> tuple[str, ...]:
    """What a source of ``kind`` that was written ``text`` calls: nothing for a file of this machine."""
    if kind.lower() not in _CALLING:
        return (text,) if text.lower().startswith(("http://", "https://")) else ()
    directory = load_directory()
    try:
        address = directory.complete(text, kind.lower())
    except BadSourceError:
        return ()  # whoever reads the source says so
    return tuple(dict.fromkeys((address, directory.present(address))))


def _known(portal: KnownPortal) -> str:
    if portal.kind == "unknown":
        return f"what {portal.address} runs is not known yet"
    return f"{portal.address} is of kind {portal.kind}"


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


@cache
def load_directory(file: Path = _DATA / "portals.toml") -> Directory:
    """The portals of ``file``. Raises ContentError for anything unknown, missing or impossible."""
    document = read_toml(file)
    provinces = {"", *read_toml(_DATA / "places" / "provinces.toml")}
    portals: dict[str, KnownPortal] = {}
    hosts: dict[str, str] = {}
    for id_, row in document.items():
        portals[id_] = portal = _read(file.name, id_, row, provinces)
        for key, address in _addresses(portal):
            if _host(address) in hosts:
                raise ContentError(file.name, f"{id_}.{key}", f"{address} is that of {hosts[_host(address)]} already")
            hosts[_host(address)] = id_
    return Directory(portals=portals)


def _read(file: str, id_: str, row: Any, provinces: set[str]) -> KnownPortal:
    if not isinstance(row, dict) or id_ != "".join(tokens(id_)):
        raise ContentError(file, id_, "is no table with a name of small letters and digits")
    for key in row.keys() - {*_TEXTS, *_LISTS}:
        raise ContentError(file, f"{id_}.{key}", "is not known here")
    texts = {key: _text(file, f"{id_}.{key}", row.get(key), empty=key == "province") for key in _TEXTS}
    lists = {key: tuple(_texts(file, f"{id_}.{key}", row.get(key, []))) for key in _LISTS}
    for key, allowed in (("kind", KINDS), ("status", STATUSES), ("province", provinces)):
        if texts[key] not in allowed:
            raise ContentError(file, f"{id_}.{key}", f"{texts[key]!r} is none of {', '.join(sorted(allowed))}")
    portal = KnownPortal(id=id_, former=lists["former"], former_names=lists["former_names"], **texts)
    for key, address in _addresses(portal):
        if urlsplit(address).scheme != "https" or not _host(address):
            raise ContentError(file, f"{id_}.{key}", f"{address} is no https address")
    return portal


def _addresses(portal: KnownPortal) -> Iterator[tuple[str, str]]:
    yield "address", portal.address
    yield from (("former", address) for address in portal.former)


def _text(file: str, key: str, value: Any, *, empty: bool) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise ContentError(file, key, "is missing, or no text")
    return value


def _texts(file: str, key: str, values: Any) -> Iterator[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise ContentError(file, key, "is not a list of texts")
    yield from values
