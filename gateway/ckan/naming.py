"""What portals call the things that CKAN has no field for: ``data/catalogue/ckan.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.toml_file import read_toml

_FILE = Path(__file__).resolve().parents[2] / "data" / "catalogue" / "ckan.toml"
_SHAPE = {"cycle": {"names", "days"}, "issued": {"names"}, "changed": {"names"}, "skipped": {"types"}}
_WORDS = {"tags": "{tags}", "days": "{days}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Folded names in the order in which they are looked for."""

    cycle: tuple[str, ...]
    days: frozenset[str]
    issued: tuple[str, ...]
    changed: tuple[str, ...]
    skipped: frozenset[str]
    tags_as: str
    days_as: str


@cache
def load_naming(file: Path = _FILE) -> Naming:
    """The names of ``file``. Raises ContentError for anything unknown or missing."""
    document = read_toml(file)
    for key in document:
        if key not in {*_SHAPE, "words"}:
            raise ContentError(file.name, key, "is not known here")
    read = {key: _read(file.name, key, document.get(key), parts) for key, parts in _SHAPE.items()}
    words = _read_words(file.name, document.get("words"))
    return Naming(
        cycle=read["cycle"]["names"],
        days=frozenset(read["cycle"]["days"]),
        issued=read["issued"]["names"],
        changed=read["changed"]["names"],
        skipped=frozenset(read["skipped"]["types"]),
        tags_as=words["tags"],
        days_as=words["days"],
    )


def _read(file: str, key: str, table: Any, parts: set[str]) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(table, dict) or table.keys() != parts:
        raise ContentError(file, key, f"is a table with {', '.join(sorted(parts))} and nothing else")
    for part, names in table.items():
        if not isinstance(names, list) or not all(isinstance(name, str) and tokens(name) for name in names):
            raise ContentError(file, f"{key}.{part}", "is not a list of names")
    return {part: tuple(dict.fromkeys(map(fold_name, names))) for part, names in table.items()}


def _read_words(file: str, table: Any) -> Mapping[str, str]:
    if not isinstance(table, dict) or table.keys() != _WORDS.keys():
        raise ContentError(file, "words", f"is a table with {', '.join(sorted(_WORDS))} and nothing else")
    for key, slot in _WORDS.items():
        if not isinstance(table[key], str) or slot not in table[key]:
            raise ContentError(file, f"words.{key}", f"is no text with {slot}")
    return table


def fold_name(name: str) -> str:
    """``name`` as it is compared: ``accrualPeriodicity`` = ``accrual_periodicity``, ``Tần suất`` = ``tan_suat``."""
    return "".join(tokens(name))
