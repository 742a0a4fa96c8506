"""The command grammar: a command is the whole message in one of its complete forms.

Never fuzzily, never as the beginning of something longer: "bang gia dat" is a question, whatever BẢNG may be.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.core.accounts import Account
from bot.core.answer_code import is_code, normalise_code
from bot.core.errors import ContentError
from bot.core.members import looks_like_invitation
from bot.core.phrases import agree, spans, words
from bot.core.text import contradicts, fold
from bot.core.tickets import LONGEST, SHORTEST

MAX_QUESTION = 500
"""Characters of a question; what is longer was not meant for a look-up."""

ENTRY = "{n}"
"""The placeholder of a number; as :attr:`Usage.chooses`, the entry with the number that was typed."""

_COLONS = (":", "：")
_SIGNS = " \t\r\n:：,.;-–—"
_MOST_TAILS = 3
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A recognised command: the ``name`` of its form and what stood in the form's place for an argument, as typed.

    For a form with a topic the argument is the id of the topic, however the person called it. ``text`` is what stood
    behind a form that opens a free text, ``explicit`` whether a colon did so.
    """

    name: str
    argument: str = ""
    text: str = ""
    explicit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One complete way to say a command: ``words`` as written in the content, placeholders as ``{n}``."""

    command: str
    words: tuple[str, ...]
    topic: str = ""

    def fits(self, typed: tuple[str, ...]) -> bool:
        """Whether no diacritic in ``typed``, which has the letters of this form, contradicts it."""
        return not any(
            contradicts(word, written)
            for word, written in zip(typed, self.words, strict=True)
            if written not in PLACEHOLDERS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """When a command counts.

    ``always``: heard before anything else. ``states``: only in these states of the conversation (empty = in any).
    ``chooses``: the command stands for an offered entry and counts only if that is on offer – a number for its place,
    ``{n}`` for the place that was typed, any other texts for beginnings of its value. ``opens``: free text may follow.
    """

    always: bool = False
    opens: bool = False
    states: tuple[str, ...] = ()
    chooses: int | str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """All forms of all commands by their folded words; build it with :func:`build_grammar`.

    ``numbers`` are number words with their digits.
    """

    usages: Mapping[str, Usage]
    tails: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, str]
    forms: Mapping[tuple[str, ...], tuple[Form, ...]] = field(repr=False)

    def read(self, text: str) -> Command | None:
        """The command that ``text`` is, None when it is none."""
        for typed in self._without_tails(words(text)):
            if len(typed) > _MOST_WORDS:
                continue
            for letters, argument in _readings(typed):
                for form in self.forms.get(letters, ()):
                    if form.fits(typed):
                        return Command(name=form.command, argument=argument or form.topic)
        return None

    def read_opening(self, text: str) -> Command | None:
        """The command with which ``text`` begins, where it is one that opens a free text and some follows."""
        text = unicodedata.normalize("NFC", text)
        places = spans(text)
        for length in range(min(_MOST_WORDS, len(places) - 1), 0, -1):
            typed = tuple(text[start:end] for start, end in places[:length])
            command = self._opening(typed)
            if command is not None:
                rest = text[places[length - 1][1] :].strip()
                return replace(command, text=rest.lstrip(_SIGNS), explicit=rest.startswith(_COLONS))
        return None

    def _opening(self, typed: tuple[str, ...]) -> Command | None:
        for letters, argument in _readings(typed):
            for form in self.forms.get(letters, ()):
                if self.usages[form.command].opens and form.fits(typed):
                    return Command(name=form.command, argument=argument)
        return None

    def read_spelled(self, text: str) -> Command | None:
        """The entry that ``text`` chooses in words ("hai", "mục hai"), None when it does not.

        To be counted only while that entry is on offer: "năm" is also a year, "ba" also somebody's father.
        """
        typed = words(text)
        digits = [self.numbers.get(word.casefold(), word) for word in typed]
        command = self.read(" ".join(digits)) if digits != list(typed) else None
        return command if command and self.usages[command.name].chooses == ENTRY else None

    def without_tail(self, text: str) -> str:
        """``text`` without the politeness at its end; as it is when there is none or nothing would be left."""
        typed = words(text)
        shortest = typed
        for shorter in self._without_tails(typed):
            shortest = shorter
        return text if shortest == typed else " ".join(shortest)

    def _without_tails(self, typed: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield typed
        for _ in range(_MOST_TAILS):
            shorter = next((typed[: -len(tail)] for tail in self.tails if agree(typed[-len(tail) :], tail)), ())
            if not shorter:
                return
            typed = shorter
            yield typed


def _readings(typed: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The folded words, as they are and with each word in turn as an argument."""
    folded = tuple(fold(word) for word in typed)
    yield folded, ""
    for place, word in enumerate(typed):
        for placeholder, fits in PLACEHOLDERS.items():
            if fits(word):
                yield (*folded[:place], placeholder, *folded[place + 1 :]), word


def _is_entry(word: str) -> bool:
    return word.isascii() and word.isdigit() and word[0] != "0" and len(word) <= 2


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _is_ticket_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and word[0] != "0" and SHORTEST <= len(word) <= LONGEST


def _is_answer_code(word: str) -> bool:
    return is_code(normalise_code(word))


PLACEHOLDERS: Mapping[str, Callable[[str], bool]] = {
    ENTRY: _is_entry,
    "{letter}": _is_letter,
    "{number}": _is_ticket_number,
    "{code}": _is_answer_code,
    "{invitation}": looks_like_invitation,
}
"""What may stand in a form's place for an argument; ``{topic}`` is replaced by each of the listed topics instead."""


def build_grammar(
    *,
    forms: Mapping[str, tuple[str, ...]],
    usages: Mapping[str, Usage],
    topics: Mapping[str, tuple[str, ...]],
    tails: tuple[str, ...],
    file: str,
    numbers: Mapping[str, tuple[str, ...]] | None = None,
) -> Grammar:
    """The grammar of ``forms`` (command name to its forms) and ``topics`` (topic id to the names people give it).

    ``numbers`` are the words for each digit, written as they count: their diacritics must be typed.

    Raises ContentError, naming ``file`` and the command, for an unknown placeholder and when two commands have forms
    that read the same without diacritics.
    """
    by_letters: dict[tuple[str, ...], tuple[Form, ...]] = {}
    for command, texts in forms.items():
        for text in texts:
            for form in _expand(command, text, topics, file):
                letters = tuple(fold(word) for word in form.words)
                others = by_letters.get(letters, ())
                if any((other.command, other.topic) != (form.command, form.topic) for other in others):
                    raise ContentError(file, f"commands.{command}", f'"{text}" reads like {others[0].command}')
                by_letters[letters] = (*others, form)
    return Grammar(
        usages=usages,
        tails=tuple(words(tail) for tail in tails),
        numbers={word.casefold(): digit for digit, spelled in (numbers or {}).items() for word in spelled},
        forms=by_letters,
    )


def _expand(command: str, text: str, topics: Mapping[str, tuple[str, ...]], file: str) -> Iterator[Form]:
    parts = tuple(part for token in text.split() for part in ((token,) if "{" in token else words(token)))
    unknown = [part for part in parts if "{" in part and part not in PLACEHOLDERS and part != "{topic}"]
    if unknown:
        raise ContentError(file, f"commands.{command}", f"unknown placeholder {unknown[0]}")
    if not parts:
        raise ContentError(file, f"commands.{command}", f'"{text}" holds no word')
    if "{topic}" not in parts:
        yield Form(command=command, words=parts)
        return
    place = parts.index("{topic}")
    for topic, names in topics.items():
        for name in names:
            yield Form(command=command, words=(*parts[:place], *words(name), *parts[place + 1 :]), topic=topic)


def own_words(text: str, account: Account) -> str:
    """``text`` without the keyword of a shared number, also when an instruction was copied ("soạn DL 2 gửi 8179").

    Where carriers look for the keyword at the beginning, it stands before the copied instruction once more.
    """
    if account.keyword:
        keyword = rf"{re.escape(account.keyword)}(?![^\W\d_])[\s:.,;-]*"
        head = rf"\W*(?:so[aạ]n\s+)?{keyword}(?:so[aạ]n\s+{keyword})?"
        text = re.sub(f"^{head}", "", text, count=1, flags=re.IGNORECASE)
    if account.number:
        text = re.sub(rf"\s+g[uưử]i\s+{re.escape(account.number)}\W*$", "", text, flags=re.IGNORECASE)
    return text.strip()
