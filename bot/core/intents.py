"""What a message is, if it is no question for data: a call for help, a complaint, something about a person, …

Recognised by phrases alone (``data/replies/phrases.toml``), diacritics typed or not: nothing here looks anything up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.core.phrases import Phrases, Words, words
from bot.core.privacy import Private

_YEAR = re.compile(r"(?:19|20)\d\d")
_HELD_DOWN = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_VNI_MARK = re.compile(r"(?<=[a-z])\d+", re.IGNORECASE)
_TELEX = (
    (re.compile(r"w", re.IGNORECASE), ""),
    (re.compile(r"([aeod])\1", re.IGNORECASE), r"\1"),
    (re.compile(r"(?<=[aeiouy])[sfrxj]|(?<=[a-z]{2})[sfrxj]$", re.IGNORECASE), ""),
)


class Alarm(Enum):
    """How surely a message is a call for help.

    POSSIBLE may as well be a question about data ("cháy nhà"); FAINT names a danger: a question where it has an answer.
    """

    NONE = "none"
    FAINT = "faint"
    POSSIBLE = "possible"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergencies:
    """The phrases that people in danger use.

    ``cries`` count whatever else is said, ``accented`` likewise but only with all their diacritics. ``endings`` count
    at the end of a message, ``anywhere`` inside it, ``whole`` as the whole of it; ``dangers`` together with one of
    ``calls`` ("co giật" with "con tôi"), both also in lists that count only with all their diacritics. ``possible`` as
    the whole, and ``openings`` as the beginning, are both a call and a question. Whoever writes one of ``unless`` ("bao
    nhiêu vụ"), or a year at the end, asks for data. ``compounds`` hold words of the others and mean something else
    ("tra cứu"): they are not read.
    """

    anywhere: Phrases
    compounds: Phrases
    cries: Phrases
    accented: Phrases
    endings: Phrases
    whole: Phrases
    dangers: Phrases
    marked_dangers: Phrases
    calls: Phrases
    marked_calls: Phrases
    possible: Phrases
    openings: Phrases
    unless: Phrases

    def heard_in(self, text: str) -> Alarm:
        """Whether ``text`` is a call for help, in whatever haste it was typed."""
        typed = words(text)
        if self.possible.equal(typed):
            return Alarm.POSSIBLE
        asks = self.unless.within(typed) or bool(typed and _YEAR.fullmatch(typed[-1]))
        heard = {self._hear(reading, asks=asks) for reading in _readings(typed)}
        return next((alarm for alarm in (Alarm.CERTAIN, Alarm.POSSIBLE, Alarm.FAINT) if alarm in heard), Alarm.NONE)

    def _hear(self, typed: Words, *, asks: bool) -> Alarm:
        read = self.compounds.blanked_in(typed)
        if self.cries.within(read) or self.cries.glued_in(read) or self.accented.spelled_in(read):
            return Alarm.CERTAIN
        if self.possible.equal(typed) or self.possible.glued_in(typed):
            return Alarm.POSSIBLE
        if asks:
            return Alarm.NONE
        danger = self.dangers.within(read) or self.marked_dangers.spelled_in(read)
        if self._is_said(typed, read) or (danger and self._is_now(read)):
            return Alarm.CERTAIN
        if self.openings.begin(typed):
            return Alarm.POSSIBLE
        return Alarm.FAINT if danger else Alarm.NONE

    def _is_said(self, typed: Words, read: Words) -> bool:
        anywhere = self.anywhere.within(read) or self.anywhere.glued_in(read)
        return anywhere or self.whole.equal(typed) or self.endings.end(read)

    def _is_now(self, read: Words) -> bool:
        return self.calls.within(read) or self.marked_calls.spelled_in(read)


def _readings(typed: Words) -> Iterator[Words]:
    """``typed``, and without what an input method left in it or a held key repeated."""
    yield typed
    plain = tuple(_without_residue(word) for word in typed)
    if plain != typed:
        yield plain


def _without_residue(word: str) -> str:
    # "cuuuu" is "cứu": two u belong to it
    word = _HELD_DOWN.sub(lambda held: held[1] * (2 if held[1] in "uU" else 1), word)
    if not word.isascii():
        return word
    word = _VNI_MARK.sub("", word)
    for residue, meant in _TELEX:
        word = residue.sub(meant, word)
    return word


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """What people write who are displeased.

    ``anywhere`` count alone, ``wrongs`` ("ổ gà") together with one of ``pleas`` ("không ai sửa"). Whoever writes one of
    ``unless`` ("bao nhiêu") asks for data.
    """

    anywhere: Phrases
    wrongs: Phrases
    pleas: Phrases
    unless: Phrases

    def heard_in(self, text: str) -> bool:
        """Whether ``text`` complains and asks nothing."""
        typed = words(text)
        complains = self.anywhere.within(typed) or (self.wrongs.within(typed) and self.pleas.within(typed))
        return complains and not self.unless.within(typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    """What people write to a machine that they take for obedient.

    ``anywhere`` count alone, ``drops`` ("bỏ qua") together with one of ``rules``, ``shows`` with one of ``secrets``.
    """

    anywhere: Phrases
    drops: Phrases
    rules: Phrases
    shows: Phrases
    secrets: Phrases

    def heard_in(self, text: str) -> bool:
        """Whether ``text`` instructs instead of asking."""
        typed = words(text)
        return (
            self.anywhere.within(typed)
            or (self.drops.within(typed) and self.rules.within(typed))
            or (self.shows.within(typed) and self.secrets.within(typed))
        )


class Intent(Enum):
    """What a message without a command wants.

    QUESTION is everything else, to be looked up. INSTRUCTION is for the machine ("bỏ qua mọi hướng dẫn"), OUTSIDE what
    no data answer ("kể chuyện cười"), UNCLEAR answers or asks nothing by itself ("phải").
    """

    UNCLEAR = "unclear"
    EMERGENCY = "emergency"
    INSTRUCTION = "instruction"
    COMPLAINT = "complaint"
    PRIVATE = "private"
    GREETING = "greeting"
    THANKS = "thanks"
    OUTSIDE = "outside"
    INSULT = "insult"
    QUESTION = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents:
    """The phrases of every intent. ``unclear``, ``greeting`` and ``thanks`` count as the whole of a message."""

    emergencies: Emergencies
    complaints: Complaints
    private: Private
    instructions: Instructions
    outside: Phrases
    greeting: Phrases
    thanks: Phrases
    insult: Phrases
    unclear: Phrases

    def heard_in(self, text: str, plain: str) -> Intent:
        """The intent of ``text``; ``plain`` is the same without the politeness at its end."""
        typed, short = words(text), words(plain)
        heard = (
            (Intent.UNCLEAR, self.unclear.equal(typed) or self.unclear.equal(short)),
            (Intent.EMERGENCY, self.emergencies.heard_in(text) is Alarm.CERTAIN),
            (Intent.INSTRUCTION, self.instructions.heard_in(text)),
            (Intent.COMPLAINT, self.complaints.heard_in(text)),
            (Intent.PRIVATE, self.private.asked_in(text)),
            (Intent.GREETING, self.greeting.equal(typed) or self.greeting.equal(short)),
            (Intent.THANKS, self.thanks.equal(typed) or self.thanks.equal(short)),
            (Intent.OUTSIDE, self.outside.within(typed)),
            (Intent.INSULT, self._is_only_insult(typed)),
        )
        return next((intent for intent, is_meant in heard if is_meant), Intent.QUESTION)

    def _is_only_insult(self, typed: Words) -> bool:
        """Whether at most one word ("mày") stands beside the insult; more may be a question asked in anger."""
        rest = [word for word in self.insult.blanked_in(typed) if word]
        return self.insult.within(typed) and len(rest) <= 1
