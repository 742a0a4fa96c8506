"""What the API says when it does not answer: problem documents (RFC 9457), worded in ``data/api/problems.toml``."""

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bot
from bot.content import LANGUAGES
from bot.core.errors import ContentError, TracuuError
from bot.toml_file import read_toml

FILE = Path(bot.__file__).parents[1] / "data" / "api" / "problems.toml"
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A kind of problem: its ``status``, and by language the title and the sentence."""

    status: int
    texts: Mapping[str, tuple[str, str]]


class ProblemError(TracuuError):
    """The request is not answered. ``kind`` is a key of :func:`load_wordings`, ``fields`` what its sentence names."""

    def __init__(self, kind: str, *, headers: Mapping[str, str] | None = None, **fields: object) -> None:
        super().__init__(kind)
        self.kind, self.fields, self.headers = kind, fields, dict(headers or {})

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return load_wordings()[self.kind].status

    def document(self, language: str, place: str) -> bytes:
        """The problem document in ``language``; ``place`` is where its kinds are explained."""
        title, sentence = load_wordings()[self.kind].texts[language]
        document: dict[str, Any] = {
            "type": f"{place}#{self.kind}",
            "title": title,
            "status": self.status,
            "detail": sentence.format(**self.fields),
        }
        if "parameter" in self.fields:
            document["parameter"] = self.fields["parameter"]
        return json.dumps(document, ensure_ascii=False).encode()


def language_of(header: str) -> str:
    """The language of ``LANGUAGES`` that an ``Accept-Language`` header likes best; the first when it likes none."""
    liked: dict[str, float] = {}
    for entry in header[:200].split(","):
        name, _, weight = entry.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        language = name.strip().lower().partition("-")[0]
        liked[language] = max(quality, liked.get(language, 0.0))
    return max(LANGUAGES, key=lambda language: liked.get(language, 0.0))


@cache
def load_wordings(file: Path = FILE) -> Mapping[str, Wording]:
    """Every kind of problem. Raises ContentError with the entry and what is wrong with it."""
    document = read_toml(file)
    return {kind: _wording(file.name, kind, entry) for kind, entry in document.items()}


def _wording(file: str, kind: str, entry: Any) -> Wording:
    if not isinstance(entry, dict) or entry.keys() != {"status", *LANGUAGES}:
        raise ContentError(file, kind, f"must have status, {', '.join(LANGUAGES)} and nothing else")
    status = entry["status"]
    if not isinstance(status, int) or status not in range(400, 600):
        raise ContentError(file, f"{kind}.status", "must be one of HTTP from 400 on")
    for language in LANGUAGES:
        texts = entry[language]
        if not (isinstance(texts, list) and len(texts) == 2 and all(isinstance(text, str) and text for text in texts)):
            raise ContentError(file, f"{kind}.{language}", "must be a title and a sentence")
        if _slots(texts[1]) != _slots(entry[LANGUAGES[0]][1]):
            raise ContentError(file, f"{kind}.{language}", f"names other values than {LANGUAGES[0]}")
    return Wording(status=status, texts={language: (*entry[language],) for language in LANGUAGES})


def _slots(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
