"""The wording of a letter, ``data/evidence/letter.toml``, and the names that its head is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import ContentError
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.rule import Bearer
from bot.toml_file import read_toml
from gateway.evidence.log_words import load_log_words

FILE = "letter.toml"
_TEXTS = frozenset(
    {"nation", "motto", "parent", "number", "subject", "dated", "to", "opening", "late", "unmet", "request", "thanks"}
    | {"receivers", "post", "signer", "decision", "decision_dated", "counted_after", "provisional", "not_reminded"}
    | {"no_answer"}
)
_LISTS = {"receiver_list": None, "late_columns": 8, "unmet_columns": 7}
_PLACE = re.compile(r"(?P<office>.+?) (?P<place>(?:tỉnh|thành phố) .+)")
_SMALL = frozenset({"và", "của"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWords:
    """The texts and the lists by their names; ``said`` are the acts, as the log of reminders names them."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends the letter: "Sở Khoa học và Công nghệ", of which ``place`` ("tỉnh Quảng Ngãi", may be empty), and its
    initials ("SKHCN")."""

    name: str
    office: str
    place: str
    short: str


def load_letter_words(data: Path) -> LetterWords:
    """The wording. Raises ContentError with the entry and what is wrong with it."""
    document = read_toml(data / "evidence" / FILE)
    for name in sorted({*document} ^ {*_TEXTS, *_LISTS}):
        raise ContentError(FILE, name, "is missing or unknown")
    for name, length in _LISTS.items():
        if length not in {None, len(document[name])}:
            raise ContentError(FILE, name, f"has not the {length} headings that the table has")
    return LetterWords(
        texts={name: str(document[name]) for name in _TEXTS},
        lists={name: tuple(map(str, document[name])) for name in _LISTS},
        said=load_log_words(data)["vi"].said,
    )


def sender_of(rules: RuleSet) -> Sender:
    """The portal authority of ``rules`` as it is called now; of a set that names none "Sở Khoa học và Công nghệ"."""
    role = rules.roles.get(Bearer.PORTAL_AUTHORITY)
    name = (role.name_now or role.name_in_text) if role else "Sở Khoa học và Công nghệ"
    split = _PLACE.fullmatch(name)
    office, place = (split["office"], split["place"]) if split else (name, "")
    short = "".join(word[0] for word in office.split() if word.lower() not in _SMALL).upper()
    return Sender(name=name, office=office, place=place, short=short)
