"""What the cells of a people file mean: kinds of agencies, roles, and what is not determined. ``data/people``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.obligations.agency import AgencyKind, PostRole
from bot.core.text import tokens
from bot.toml_file import read_toml

Words = tuple[str, ...]
_FILE = "words.toml"
_SECTIONS = {"kinds", "roles", "ended", "undetermined"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleWords:
    """Folded wordings of kinds and roles; ``ended_kinds`` and ``ended_names`` (beginnings) are of the district level;
    ``undetermined`` is what a rule set is called that nobody knows."""

    kinds: Mapping[Words, AgencyKind]
    roles: Mapping[Words, PostRole]
    ended_kinds: frozenset[Words]
    ended_names: tuple[Words, ...]
    undetermined: frozenset[Words]

    def has_ended(self, kind: str, name: str) -> bool:
        """Whether an agency of that printed ``kind`` and ``name`` belongs to the district level."""
        words = tokens(name)
        return tokens(kind) in self.ended_kinds or any(words[: len(start)] == start for start in self.ended_names)


def load_people_words(folder: Path) -> PeopleWords:
    """Read ``words.toml`` of ``data/people``. Raises ContentError with the first bad entry."""
    table = read_toml(folder / _FILE)
    for section in sorted(set(table) - _SECTIONS):
        raise ContentError(_FILE, section, "unknown section")
    ended = table.get("ended", {})
    return PeopleWords(
        kinds=_meanings(table, "kinds", AgencyKind),
        roles=_meanings(table, "roles", PostRole),
        ended_kinds=frozenset(_wordings(ended, "ended.kinds", "kinds")),
        ended_names=_wordings(ended, "ended.names", "names"),
        undetermined=frozenset(_wordings(table.get("undetermined", {}), "undetermined.words", "words")),
    )


def _meanings(table: Mapping[str, Any], section: str, known: Any) -> dict[Words, Any]:
    rows = table.get(section, {})
    meanings: dict[Words, Any] = {tokens(one.value): one for one in known}
    for key in rows:
        if key not in tuple(known):
            raise ContentError(_FILE, f"{section}.{key}", f"is not one of {', '.join(known)}")
        for words in _wordings(rows, f"{section}.{key}", key):
            if meanings.setdefault(words, known(key)) != key:
                raise ContentError(_FILE, f"{section}.{key}", f"{' '.join(words)} already means another one")
    return meanings


def _wordings(rows: Mapping[str, Any], place: str, key: str) -> tuple[Words, ...]:
    texts = rows.get(key)
    if not isinstance(texts, list) or not all(isinstance(text, str) and tokens(text) for text in texts):
        raise ContentError(_FILE, place, "must be a list of wordings")
    return tuple(tokens(text) for text in texts)
