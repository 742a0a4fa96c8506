"""Questions about a made-up catalogue, in thirteen ways of typing, and which titles answer them.

Whole titles (as printed, without diacritics, with one or two slips, parts swapped) are answered by that title alone.
Short questions name theme, place and mostly the year: clean, with slips, with two spaces left out, abbreviated, or with
Telex residue; any title that has all of what was meant answers them. ``abbr_n`` and ``telex_n`` are the same questions
as a normaliser of 27 abbreviations and one Telex rule would hand them on, for peers that have none.
"""

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bench.search.catalogue import WORDS, Title
from bot.core.text import tokens

KINDS = (
    "exact", "nodia", "typo1", "typo2", "swap", "short", "short_t1", "short_t2", "joined",
    "abbr", "abbr_n", "telex", "telex_n",
)  # fmt: skip

_LETTERS = "abcdeghiklmnopqrstuvxy"
_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_HORNS = ("\u0306", "\u031b")
_DOUBLED = re.compile(r"aa|ee|oo|dd")
_LONGEST_THEME = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; ``target`` is the position of the title that was meant, ``phrases`` what right ones have, folded."""

    kind: str
    text: str
    target: int
    phrases: tuple[str, ...] = ()


def folded(text: str) -> str:
    """The folded words of ``text`` with single spaces."""
    return " ".join(tokens(text))


def make_questions(titles: Sequence[Title], *, each: int = 40, seed: int = 11) -> list[Asked]:
    """``each`` questions of every kind, in turn; the same for the same ``seed``."""
    chance = random.Random(seed)
    known = {word for title in titles[:20_000] for word in tokens(title.text)}
    made: list[Asked] = []
    for _ in range(each):
        for kind in KINDS:
            if not kind.endswith("_n"):
                made.append(_question(kind, titles, chance))
            if kind in {"abbr", "telex"}:
                asked = made[-1]
                made.append(Asked(f"{kind}_n", _normalised(asked.text, known), asked.target, asked.phrases))
    return made


def _question(kind: str, titles: Sequence[Title], chance: random.Random) -> Asked:
    target = chance.randrange(len(titles))
    while kind == "abbr" and not _may_be_shortened(titles[target]):
        target = chance.randrange(len(titles))
    title = titles[target]
    plain = folded(title.text)
    if kind == "exact":
        return Asked(kind, title.text, target)
    if kind == "nodia":
        return Asked(kind, plain, target)
    if kind in {"typo1", "typo2"}:
        return Asked(kind, _slip(chance.choice((plain, title.text.lower())), chance, int(kind[-1])), target)
    if kind == "swap":
        words = plain.split()
        cut = chance.randint(2, len(words) - 2)
        return Asked(kind, " ".join(words[cut:] + words[:cut]), target)
    return _short(kind, title, target, chance)


def _short(kind: str, title: Title, target: int, chance: random.Random) -> Asked:
    theme = title.theme.lower().split()
    parts = [
        " ".join(theme if kind == "abbr" else theme[:_LONGEST_THEME]),
        (title.place if kind == "abbr" else title.core).lower(),
        *([str(title.year)] if chance.random() < 0.7 else []),
    ]
    phrases = tuple(map(folded, parts))
    if chance.random() < 0.3:
        parts[:2] = parts[1::-1]
    text = " ".join(parts)
    if kind not in {"telex", "abbr"} and chance.random() < 0.7:
        text = folded(text)
    if kind in {"short_t1", "short_t2"}:
        text = _slip(text, chance, int(kind[-1]))
    if kind == "joined":
        text = _joined(text, chance)
    if kind == "abbr":
        text = _shortened(text)
    if kind == "telex":
        text = _with_residue(text, chance)
    return Asked(kind, text, target, phrases)


def _slip(text: str, chance: random.Random, count: int) -> str:
    """``count`` slips: a letter replaced (35 %), lost (25 %), added (20 %), or swapped with the next one."""
    for _ in range(count):
        at = chance.choice([position for position, char in enumerate(text) if char.isalpha()])
        kind = chance.random()
        before, char, behind = text[:at], text[at], text[at + 1 :]
        if kind < 0.35:
            text = before + chance.choice(_LETTERS) + behind
        elif kind < 0.6:
            text = before + behind
        elif kind < 0.8:
            text = before + chance.choice(_LETTERS) + char + behind
        else:
            swaps = behind[:1].isalpha()
            text = before + behind[:1] + char + behind[1:] if swaps else before + char + char + behind
    return text


def _joined(text: str, chance: random.Random) -> str:
    spaces = [position for position, char in enumerate(text) if char == " "]
    for at in sorted(chance.sample(spaces, min(2, len(spaces))), reverse=True):
        text = text[:at] + text[at + 1 :]
    return text


def _may_be_shortened(title: Title) -> bool:
    return any(long in f"{title.theme} {title.place}".lower() for long in WORDS["abbreviations"])


def _shortened(text: str) -> str:
    for long, short in WORDS["abbreviations"].items():
        text = text.replace(long, short)
    return text


def _with_residue(text: str, chance: random.Random) -> str:
    """One to three words as an input method would have typed them; the others with diacritics or, by half, without."""
    words = text.split()
    typed = [folded(word) for word in words] if chance.random() < 0.5 else list(words)
    marked = [at for at, word in enumerate(words) if word.isalpha() and telex(word) != word]
    for at in chance.sample(marked, min(len(marked), chance.choice((1, 2, 3)))):
        typed[at] = telex(words[at])
    return " ".join(typed)


def telex(word: str) -> str:
    """The keys that type ``word`` in Telex, tone last."""
    keys, tone = "", ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            tone = _TONES[char]
        elif char == "\u0302":
            keys += keys[-1]
        elif char in _HORNS:
            keys += "w"
        else:
            keys += "dd" if char == "đ" else char
    return keys + tone


def _normalised(text: str, known: set[str]) -> str:
    expanded = {folded(short): folded(long) for long, short in WORDS["abbreviations"].items()}
    found = []
    for word in folded(text).split():
        plain = _DOUBLED.sub(lambda pair: pair.group()[0], word).replace("w", "")
        plain = plain[:-1] if len(plain) > 1 and plain[-1] in "sfrxj" else plain
        found.append(expanded.get(word) or (plain if word not in known and plain in known else word))
    return " ".join(found)
