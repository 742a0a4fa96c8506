"""Read the tables of ``data/personal`` and of the operator's own file into rules; a slip is named with its place."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from bot.core.errors import ContentError
from bot.core.personal import Kind, OwnRule, People, PersonalRules, Phrases
from bot.core.personal_values import LOOKS
from bot.core.text import fold, normalise, tokens

PEOPLE = "people.toml"
"""The file that says whom rows are about; every other one is a kind."""
_KIND = {"id", "vi", "en", "looks", "headings"}
_OPTIONAL = {"public_values", "provinces", "masked_beside_people", "masked_with_a_person"}
_HEADINGS = {"always", "private", "public"}
_PEOPLE = {
    "headings": {"people", "roles", "organisations", "vague", "counts"},
    "titles": {"people", "organisations"},
    "names": {"organisations", "surnames"},
}
_NEEDED = ("phone", "email", "identity")
_OWN = {"dataset", "publisher", "column", "reason"}


def read_rules(files: Mapping[str, Mapping[str, Any]], own: Sequence[OwnRule] = (), *, digest: str) -> PersonalRules:
    """The rules of the tables ``files`` by file name; ``digest`` stands for their content. Raises ContentError."""
    if PEOPLE not in files:
        raise ContentError(PEOPLE, "file", "is missing")
    kinds: dict[str, Kind] = {}
    provinces: frozenset[str] = frozenset()
    for file, table in files.items():
        if file == PEOPLE:
            continue
        kind = _kind(file, table)
        if kind.id in kinds:
            raise ContentError(file, "id", f"{kind.id} is the id of another file")
        kinds[kind.id] = kind
        provinces |= frozenset(_texts(file, "provinces", table.get("provinces", [])))
    for needed in _NEEDED:
        if needed not in kinds:
            raise ContentError("data/personal", needed, "no file has this id")
    return PersonalRules(kinds=kinds, people=_people(files[PEOPLE]), provinces=provinces, own=tuple(own), digest=digest)


def read_own(file: str, table: Mapping[str, Any]) -> tuple[OwnRule, ...]:
    """The rows ``[[deny]]`` and ``[[allow]]`` of the operator's ``file``. Raises ContentError for the first bad one."""
    for section in table:
        if section not in {"deny", "allow"}:
            raise ContentError(file, section, "is not a section; there are [[deny]] and [[allow]]")
    found = []
    for section in ("deny", "allow"):
        rows = table.get(section, [])
        if not isinstance(rows, list):
            raise ContentError(file, section, f"is to be written [[{section}]]")
        found += [_own(file, section, number, row) for number, row in enumerate(rows, 1)]
    return tuple(found)


def _own(file: str, section: str, number: int, row: object) -> OwnRule:
    place = f"{section}[{number}]"
    if not isinstance(row, Mapping):
        raise ContentError(file, place, f"is to be written [[{section}]]")
    for key, value in row.items():
        if key not in _OWN:
            raise ContentError(file, f"{place}.{key}", f"is not a key; there are {', '.join(sorted(_OWN))}")
        if not isinstance(value, str) or not value.strip():
            raise ContentError(file, f"{place}.{key}", "is to be a text in quotes")
    for key in ("column", "reason"):
        if key not in row:
            raise ContentError(file, place, f"has no {key}")
    if section == "allow" and not ("dataset" in row or "publisher" in row):
        raise ContentError(file, place, "names neither a dataset nor a publisher: nothing is shown everywhere")
    if not tokens(row["column"]):
        raise ContentError(file, f"{place}.column", "holds no word")
    return OwnRule(
        allow=section == "allow",
        column=tokens(row["column"]),
        reason=row["reason"].strip(),
        dataset=row.get("dataset", "").strip(),
        publisher=tokens(row.get("publisher", "")),
    )


def _kind(file: str, table: Mapping[str, Any]) -> Kind:
    _check_keys(file, "", table, _KIND, _OPTIONAL)
    headings = _check_keys(file, "headings", table["headings"], _HEADINGS)
    if table["looks"] not in LOOKS:
        raise ContentError(file, "looks", f"is none of {', '.join(LOOKS)}")
    for key in ("id", "vi", "en"):
        if not isinstance(table[key], str) or not table[key]:
            raise ContentError(file, key, "is to be a text in quotes")
    return Kind(
        id=table["id"],
        vi=table["vi"],
        en=table["en"],
        looks=table["looks"],
        always=_phrases(file, "headings.always", headings["always"]),
        private=_phrases(file, "headings.private", headings["private"]),
        public=_phrases(file, "headings.public", headings["public"]),
        public_values=_texts(file, "public_values", table.get("public_values", [])),
        beside_people=table.get("masked_beside_people", False) is True,
        with_a_person=table.get("masked_with_a_person", False) is True,
    )


def _people(table: Mapping[str, Any]) -> People:
    _check_keys(PEOPLE, "", table, set(_PEOPLE))
    for section, keys in _PEOPLE.items():
        _check_keys(PEOPLE, section, table[section], keys)
    headings, titles, names = (table[section] for section in _PEOPLE)
    surnames = _texts(PEOPLE, "names.surnames", names["surnames"])
    return People(
        people=_phrases(PEOPLE, "headings.people", headings["people"]),
        roles=_phrases(PEOPLE, "headings.roles", headings["roles"]),
        organisations=_phrases(PEOPLE, "headings.organisations", headings["organisations"]),
        vague=_phrases(PEOPLE, "headings.vague", headings["vague"]),
        counts=_phrases(PEOPLE, "headings.counts", headings["counts"]),
        people_titles=_phrases(PEOPLE, "titles.people", titles["people"]),
        organisation_titles=_phrases(PEOPLE, "titles.organisations", titles["organisations"]),
        organisation_names=_phrases(PEOPLE, "names.organisations", names["organisations"]),
        surnames=frozenset(map(normalise, surnames)),
        plain_surnames=frozenset(map(fold, surnames)),
    )


def _check_keys(
    file: str,
    place: str,
    table: Any,
    needed: set[str],
    optional: AbstractSet[str] = frozenset(),
) -> Mapping[str, Any]:
    if not isinstance(table, Mapping):
        raise ContentError(file, place or "file", "is to be a table")
    for key in sorted(needed ^ (set(table) - optional)):
        reason = "is missing" if key in needed else "is not a key"
        raise ContentError(file, f"{place}.{key}".strip("."), reason)
    return table


def _phrases(file: str, key: str, value: object) -> Phrases:
    texts = _texts(file, key, value)
    known: dict[tuple[str, ...], str] = {}
    for text in texts:
        if not tokens(text):
            raise ContentError(file, key, f"{text!r} holds no word")
        if text in known.values():
            raise ContentError(file, key, f"{text} stands there twice")
        known[tokens(text)] = text
    return Phrases(texts)


def _texts(file: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ContentError(file, key, "is to be a list of texts in quotes")
    return tuple(value)
