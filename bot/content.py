"""Load and check what stands under ``data/``: wording, command forms, phrases, names of provinces."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.duty_grammar import DutyGrammar
from bot.core.errors import ContentError
from bot.core.grammar import ENTRY, Grammar, Usage, build_grammar
from bot.core.intents import Intent, Intents
from bot.core.phrases import Persons, Phrases, agree, words
from bot.core.template_file import read_template
from bot.core.templates import Template
from bot.hearing import FILE, read_intents, read_persons, read_phrases
from bot.officers_words import FILE as DUTIES
from bot.officers_words import read_duties
from bot.toml_file import read_toml

LANGUAGES = ("vi", "en")
"""The languages of the service; the first is the default and the reference for keys and placeholders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything under ``data/`` that talking needs, loaded and checked once at the start.

    ``wording`` and ``topics`` hold texts by language and key or topic id, ``topic_names`` what
    a topic is called in a command, ``provinces`` printed names by id, ``sorts`` the words for sorts of units,
    ``templates`` what a provider has approved word for word, by name, ``duties`` what only officers may say.
    """

    wording: Mapping[str, Mapping[str, str]]
    topics: Mapping[str, Mapping[str, str]]
    topic_names: Mapping[str, str]
    provinces: Mapping[str, str]
    sorts: tuple[tuple[str, ...], ...]
    grammar: Grammar
    duties: DutyGrammar
    intents: Intents
    nod: Phrases
    persons: Persons
    templates: Mapping[str, Template]

    def say(self, language: str, key: str, **fields: object) -> str:
        """The wording ``key`` in ``language`` (Vietnamese when unknown), its placeholders filled with ``fields``."""
        return self.wording.get(language, self.wording[LANGUAGES[0]])[key].format(**fields)

    def intent_of(self, text: str) -> Intent:
        """What ``text``, which is no command, wants."""
        return self.intents.heard_in(text, self.grammar.without_tail(text))

    def topic(self, language: str, topic: str) -> str:
        """What notices on ``topic`` are about, in ``language``."""
        return self.topics.get(language, self.topics[LANGUAGES[0]])[topic]

    def without_sort(self, name: str) -> str:
        """The name proper of a unit: "Tịnh Khê" for "Xã Tịnh Khê"; any other text as it is."""
        printed = tuple(name.split())
        sort = max((len(sort) for sort in self.sorts if agree(printed[: len(sort)], sort)), default=0)
        return " ".join(printed[sort:]) if sort < len(printed) else name

    def province(self, province: str) -> str:
        """The printed name of a province given by its id; a printed name is returned as it is."""
        return self.provinces.get(province, province)


def load_content(folder: Path) -> Content:
    """The content of the folder ``data``. Raises ContentError with file, key or line, and reason for anything wrong."""
    replies = folder / "replies"
    commands, phrases = _commands(replies), _read(replies, FILE)
    return Content(
        wording=_wording({language: _read(replies, f"{language}.toml") for language in LANGUAGES}),
        topics=_topic_texts(commands),
        topic_names={topic: entry["names"][0] for topic, entry in commands["topics"].items()},
        sorts=_sorts(_read(folder / "places", "units.toml")),
        provinces={id_: entry["name"] for id_, entry in _read(folder / "places", "provinces.toml").items()},
        grammar=_grammar(commands),
        duties=read_duties(_read(replies, DUTIES)),
        intents=read_intents(phrases),
        nod=read_phrases(phrases, "thanks", "nod"),
        persons=read_persons(phrases),
        templates=load_templates(folder / "templates"),
    )


def load_templates(folder: Path) -> Mapping[str, Template]:
    """The templates of the folder ``data/templates`` by name. Raises ContentError as :func:`load_content` does."""
    files = sorted(file.name for file in folder.glob("*.toml"))
    return {template.name: template for template in (read_template(name, _read(folder, name)) for name in files)}


def _read(folder: Path, name: str) -> dict[str, Any]:
    return read_toml(folder / name)


# --- wording -----------------------------------------------------------------------------------------


def _wording(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    wording = {language: dict(_flat(f"{language}.toml", table)) for language, table in tables.items()}
    reference = wording[LANGUAGES[0]]
    for language, texts in wording.items():
        for key in sorted(reference.keys() ^ texts.keys()):
            lacking = language if key in reference else LANGUAGES[0]
            raise ContentError(f"{lacking}.toml", key, "is missing, the other language has it")
        for key, text in texts.items():
            unknown = _placeholders(f"{language}.toml", key, text) ^ _placeholders("vi.toml", key, reference[key])
            if unknown:
                raise ContentError(f"{language}.toml", key, f"placeholders differ from vi.toml: {', '.join(unknown)}")
    return wording


def _flat(file: str, table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            texts.extend(_flat(file, value, f"{key}."))
        elif isinstance(value, str) and value.strip():
            texts.append((key, value.strip()))
        else:
            raise ContentError(file, key, "must be a text")
    return texts


def _placeholders(file: str, key: str, text: str) -> frozenset[str]:
    """The names in braces. Raises ContentError for braces that are not a plain name."""
    try:
        parts = tuple(string.Formatter().parse(text))
    except ValueError as error:
        raise ContentError(file, key, f"braces do not match ({error})") from error
    for _, name, spec, conversion in parts:
        if name is not None and (not name.isidentifier() or spec or conversion):
            raise ContentError(file, key, f"unknown placeholder {{{name}}}")
    return frozenset(name for _, name, _, _ in parts if name is not None)


# --- commands and phrases ------------------------------------------------------------------------------

_FILE = "commands.toml"
_KINDS: Mapping[str, tuple[type, ...]] = {
    "forms": (list,),
    "always": (bool,),
    "opens": (bool,),
    "states": (list,),
    "chooses": (int, str, list),
}


def _commands(folder: Path) -> Mapping[str, Any]:
    """``commands.toml`` with every key in its place."""
    table = _read(folder, _FILE)
    sections = {"tails": list, "topics": dict, "commands": dict}
    for digit, spelled in table.setdefault("numbers", {}).items():
        if not digit.isdecimal() or not isinstance(spelled, list):
            raise ContentError(_FILE, f"numbers.{digit}", "must be a number with the list of its words")
    for key in sorted((table.keys() | sections.keys()) - {"numbers"}):
        if not isinstance(table.get(key), sections.get(key, ())):
            raise ContentError(_FILE, key, "unknown key" if key not in sections else "is missing or no section")
    for name, command in table["commands"].items():
        _check_command(f"commands.{name}", command)
    for topic, entry in table["topics"].items():
        for key in ("names", *LANGUAGES):
            if not entry.get(key):
                raise ContentError(_FILE, f"topics.{topic}.{key}", "is missing")
    return table


def _grammar(table: Mapping[str, Any]) -> Grammar:
    commands: Mapping[str, Mapping[str, Any]] = table["commands"]
    return build_grammar(
        forms={name: tuple(command["forms"]) for name, command in commands.items()},
        usages={
            name: Usage(
                always=command.get("always", False),
                opens=command.get("opens", False),
                states=tuple(command.get("states", ())),
                chooses=tuple(chosen) if isinstance(chosen := command.get("chooses"), list) else chosen,
            )
            for name, command in commands.items()
        },
        topics={topic: tuple(entry["names"]) for topic, entry in table["topics"].items()},
        tails=tuple(table["tails"]),
        numbers={digit: tuple(spelled) for digit, spelled in table["numbers"].items()},
        file=_FILE,
    )


def _check_command(key: str, command: Mapping[str, Any]) -> None:
    for name, value in command.items():
        if not isinstance(value, _KINDS.get(name, ())):
            raise ContentError(_FILE, f"{key}.{name}", "unknown key or wrong kind of value")
    if not command.get("forms"):
        raise ContentError(_FILE, key, "has no forms")
    if command.get("chooses") == ENTRY and not all(ENTRY in form for form in command["forms"]):
        raise ContentError(_FILE, f"{key}.forms", f"each must hold {ENTRY}, the entry that it chooses")


def _topic_texts(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {language: {topic: entry[language] for topic, entry in table["topics"].items()} for language in LANGUAGES}


def _sorts(units: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(words(sort) for sort in units["sorts"])
