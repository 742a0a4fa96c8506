"""Patterns and codes of a preset, compiled once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.sms.fields import Fields

_RANGE = re.compile(r"(-?[0-9]{1,9})-([0-9]{1,9})")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Codes:
    """Words and ranges of numbers; ``*`` is any. Without any, everything fits."""

    words: frozenset[str]
    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Codes":
        """The codes that are written ``5`` or ``1-63``."""
        ranges = [(int(found[1]), int(found[2])) for text in texts if (found := _RANGE.fullmatch(text))]
        return cls(frozenset(text for text in texts if not _RANGE.fullmatch(text)), tuple(ranges))

    def fit(self, code: str) -> bool:
        """Whether ``code`` is one of them."""
        if code in self.words or "*" in self.words or not (self.words or self.ranges):
            return True
        if not self.ranges or not _NUMBER.fullmatch(code):
            return False
        return any(low <= int(code) <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Fields that have to fit a pattern."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, when: Mapping[str, str]) -> "Conditions":
        """The conditions of a table. Raises ValueError for what is no pattern."""
        return cls(tuple((name, compile_pattern(pattern)) for name, pattern in when.items()))

    def fit(self, fields: Fields) -> bool:
        """Whether all hold; a field that is not there is an empty text."""
        return all(pattern.fullmatch(fields.get(name) or "") for name, pattern in self.patterns)


def compile_pattern(text: str) -> re.Pattern[str]:
    """The pattern. Raises ValueError with a sentence."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from None
