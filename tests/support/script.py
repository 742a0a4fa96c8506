"""Talks that are written down in files (tests/e2e/dialogues/README.md), and holding a real service to them."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.sms import count
from bot.core.text import unaccent

FOLDER = Path(__file__).parents[1] / "e2e" / "dialogues"
_SIGNS = frozenset("><=!~#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back to one message: every text, label and link that a person sees, in this order."""

    texts: Sequence[str]

    @property
    def whole(self) -> str:
        """All of it on one line."""
        return " ".join(" ".join(self.texts).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a talk: its ``sign``, the form of channel it is about (empty = every), its ``text``."""

    place: str
    sign: str
    form: str
    text: str


Say = Callable[[str], Awaitable[Heard]]


def talks() -> list[Path]:
    """Every talk there is."""
    return sorted(FOLDER.glob("*.txt"))


def lines(file: Path, forms: Collection[str]) -> list[Line]:
    """The lines of a talk that mean something. Raises AssertionError for one that begins with no known sign."""
    return [
        _line(text, f"{file.name}, line {number}", forms)
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if text and not text.startswith("#")
    ]


def _line(text: str, place: str, forms: Collection[str]) -> Line:
    assert text[0] in _SIGNS, f"{place} begins with none of the signs of README.md"
    word, _, rest = text[1:].partition(" ")
    form = word if word in forms else ""
    return Line(place=place, sign=text[0], form=form, text=(rest if form else text[1:]).strip())


def plain(text: str) -> str:
    """``text`` as it is compared: without case, diacritics and typographic signs, on one line."""
    return " ".join(unaccent(text).casefold().split())


async def hold(talk: Sequence[Line], form: str, say: Say, wait: Callable[[float], None] | None = None) -> None:
    """Say what the talk says on ``form`` and look for what must, and must not, come back.

    ``wait`` lets minutes pass. On SMS every answer is one message of two parts at most, and in the cheap alphabet as
    long as nobody asked for another.
    """
    asked = any(plain(line.text) == "co dau" for line in talk if line.sign == ">")
    whole = rest = ""
    for line in talk:
        if line.form not in ("", form):
            continue
        if line.sign == ">":
            heard = await say(line.text)
            whole, rest = heard.whole, plain(heard.whole)
            assert whole, f"{line.place}: no answer"
            if form == "sms":
                check_payable(heard, line.place, accents=asked)
        elif line.sign == "~":
            assert wait is not None, f"{line.place}: this clock cannot be turned"
            wait(float(line.text))
        else:
            rest = _compare(line, whole, rest)


def _compare(line: Line, whole: str, rest: str) -> str:
    """What is left behind the words of ``line``."""
    words = plain(line.text)
    if line.sign == "!":
        assert words not in plain(whole), f"{line.place}: {whole!r}"
    elif line.sign == "=":
        assert line.text in whole, f"{line.place}: {line.text!r} is missing in {whole!r}"
    else:
        assert words in rest, f"{line.place}: {words!r} is missing in {whole!r}"
        return rest.partition(words)[2]
    return rest


def check_payable(heard: Heard, place: str, *, accents: bool) -> None:
    """One message of two parts at most; without ``accents`` in the cheap alphabet."""
    (text,) = heard.texts
    segments = count(text)
    assert segments.segments <= 2, f"{place}: {segments}"
    assert accents or segments.encoding == "gsm7", f"{place}: {segments}"
