"""Which columns of a table hold personal data: the rules of ``data/personal``, and what they say of a heading."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.text import clean, contradicts, fold, tokens

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_SQUASHED = 5  # letters from which on a phrase is looked for inside a word, as in "sodienthoai"


class Reason(StrEnum):
    """Why a column was masked."""

    HEADING = "heading"
    VALUES = "values"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedColumn:
    """A column in which ``cells`` were hidden. ``kind`` is one of ``data/personal``, or ``own`` for an operator's row.

    ``detail`` is the phrase of the list that its heading holds, what its values look like, or the operator's reason.
    """

    position: int
    heading: str
    kind: str
    reason: str
    detail: str
    cells: int


class Phrases:
    """Phrases that are looked for in headings: whole words in a row, or run together as in ``SoDienThoai``."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.written = tuple(phrases)
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for phrase in self.written:  # "số bhxh" and "sổ bhxh" are the same words without diacritics
            self._by_words.setdefault(tokens(phrase), []).append(phrase)
        self._longest = max(map(len, self._by_words), default=0)
        squashed = {"".join(words): found[0] for words, found in self._by_words.items()}
        self._squashed = {key: phrase for key, phrase in squashed.items() if len(key) >= _SQUASHED}

    def find(self, heading: "Heading") -> str:
        """The longest of the phrases that ``heading`` holds, empty when it holds none."""
        for length in range(min(self._longest, len(heading.folded)), 0, -1):
            for start in range(len(heading.folded) - length + 1):
                typed = " ".join(heading.words[start : start + length])
                for phrase in self._by_words.get(heading.folded[start : start + length], ()):
                    if not contradicts(typed, " ".join(_words(phrase))):
                        return phrase
        found = [key for key in self._squashed if any(key in word for word in heading.folded)]
        return self._squashed[max(found, key=len)] if found else ""

    def begins(self, heading: "Heading") -> bool:
        """Whether ``heading`` begins with one of the phrases."""
        return any(heading.folded[: len(words)] == words for words in self._by_words)


class Heading:
    """A heading, or a title, taken apart at its words; ids such as ``SoDienThoai`` at their capitals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = _words(text)
        self.folded = tuple(map(fold, self.words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of personal data. ``looks`` names how its cells look (``personal_values.LOOKS``).

    Headings ``always`` mean it whatever the rows are about, ``private`` where they are about people, ``public`` never.
    ``beside_people``: where rows about organisations name a person too, mobile numbers and private mail may be theirs;
    ``with_a_person``: there it is that person's.
    """

    id: str
    vi: str
    en: str
    looks: str
    always: Phrases
    private: Phrases
    public: Phrases
    public_values: tuple[str, ...] = ()
    beside_people: bool = False
    with_a_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whom rows are about, by headings, titles and names; ``vague`` headings tell nothing, ``counts`` begin figures."""

    people: Phrases
    roles: Phrases
    organisations: Phrases
    vague: Phrases
    counts: Phrases
    people_titles: Phrases
    organisation_titles: Phrases
    organisation_names: Phrases
    surnames: frozenset[str]
    plain_surnames: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A row of the operator's file: ``column`` (as tokens) of a ``dataset``, a ``publisher`` (tokens), or anywhere."""

    allow: bool
    column: tuple[str, ...]
    reason: str
    dataset: str = ""
    publisher: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[int, bool]:
        """What beats what: a dataset a publisher, that everywhere; and hiding beats showing."""
        return (2 if self.dataset else 1 if self.publisher else 0, not self.allow)

    def binds(self, code: str, publisher: str) -> bool:
        """Whether it is about the dataset ``code`` of ``publisher``."""
        return (not self.dataset or self.dataset == code) and (
            not self.publisher or self.publisher == tokens(publisher)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRules:
    """Everything that ``data/personal`` and the operator's own file say; ``digest`` stands for the shipped part."""

    kinds: Mapping[str, Kind]
    people: People
    provinces: frozenset[str]
    own: tuple[OwnRule, ...]
    digest: str

    def own_for(self, code: str, publisher: str) -> tuple[OwnRule, ...]:
        """The operator's rows about a dataset, the weightiest first."""
        bound = (rule for rule in self.own if rule.binds(code, publisher))
        return tuple(sorted(bound, key=lambda rule: rule.weight, reverse=True))

    @property
    def public_hosts(self) -> tuple[str, ...]:
        """The domains whose mail addresses are contact points of the public service."""
        return self.kinds["email"].public_values


def _words(text: str) -> tuple[str, ...]:
    text = clean(text)
    return tuple(_WORD.findall(text if " " in text else _CAMEL.sub(" ", text)))
