"""Read ``data/replies/phrases.toml``: the phrases by which a message is told from a question."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.core.errors import ContentError
from bot.core.intents import Complaints, Emergencies, Instructions, Intents
from bot.core.phrases import Persons, Phrases
from bot.core.phrases import words as words_of
from bot.core.privacy import Private

FILE = "phrases.toml"

_ELSEWHERE = frozenset({"surnames", "middles"})
"""Lists of [person] that [personal] reads, too."""


def read_intents(table: Mapping[str, Any]) -> Intents:
    """The intents of the parsed file. Raises ContentError, naming section and key, for what is missing or empty."""
    return Intents(
        emergencies=Emergencies(**_lists(table, "emergency", Emergencies)),
        complaints=Complaints(**_lists(table, "complaint", Complaints)),
        private=Private(
            **_lists(table, "personal", Private),
            **{key: read_phrases(table, "person", key) for key in sorted(_ELSEWHERE)},
        ),
        instructions=Instructions(**_lists(table, "instruction", Instructions)),
        outside=read_phrases(table, "outside", "anywhere"),
        greeting=read_phrases(table, "greeting", "whole"),
        thanks=read_phrases(table, "thanks", "whole"),
        insult=read_phrases(table, "insult", "anywhere"),
        unclear=read_phrases(table, "unclear", "whole"),
    )


def read_persons(table: Mapping[str, Any]) -> Persons:
    """How a person is written about. Raises ContentError as :func:`read_intents` does."""
    return Persons(**_lists(table, "person", Persons))


def read_phrases(table: Mapping[str, Any], section: str, key: str) -> Phrases:
    """One list of the file. Raises ContentError as :func:`read_intents` does."""
    texts = table.get(section, {}).get(key)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and words_of(text) for text in texts):
        raise ContentError(FILE, f"{section}.{key}", "must be a list of phrases")
    return Phrases(texts)


def _lists(table: Mapping[str, Any], section: str, kind: type[Any]) -> dict[str, Phrases]:
    """A list of the section for each field of ``kind``."""
    own = (entry.name for entry in fields(kind) if section == "person" or entry.name not in _ELSEWHERE)
    return {name: read_phrases(table, section, name) for name in own}
