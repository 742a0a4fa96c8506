"""Rows of ``data/synonyms/<theme>.toml``: what people type, and the words that datasets use for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.text import contradicts, tokens

Phrase = tuple[str, ...]
"""Folded words in order."""

Readings = tuple[Phrase, ...]


_SIGN = re.compile(r"[^\w]|_")


def plain_words(text: str) -> str:
    """``text`` without signs, one space between its words."""
    return " ".join(_SIGN.sub(" ", text).split())


@dataclass(frozen=True, slots=True)
class Wordlist:
    """The rows of one section by their folded left side; one spelling may have several left sides ("cưới", "cuối")."""

    rows: dict[Phrase, dict[str, Readings]] = field(default_factory=dict)

    def add(self, written: str, readings: Iterable[Phrase]) -> None:
        """One more row, or more readings for one."""
        sides = self.rows.setdefault(tokens(written), {})
        known = sides.get(written.lower(), ())
        sides[written.lower()] = tuple(dict.fromkeys((*known, *readings)))

    def with_row(self, written: str, reading: Phrase) -> "Wordlist":
        """These rows and one more."""
        phrase = tokens(written)
        changed = Wordlist({**self.rows, phrase: dict(self.rows.get(phrase, {}))})
        changed.add(written, (reading,))
        return changed

    def readings(self, phrase: Phrase, typed: str = "") -> Readings:
        """The readings of the folded ``phrase``; none that the diacritics in ``typed`` speak against.

        ``typed`` are the words as they were typed; empty when nothing is known of them.
        """
        sides = self.rows.get(phrase)
        if not sides:
            return ()
        plain = not typed or typed.isascii()
        bare = typed if plain else plain_words(typed)
        allowed = (readings for written, readings in sides.items() if plain or not contradicts(bare, written))
        return tuple(dict.fromkeys(reading for readings in allowed for reading in readings))

    def written(self) -> Iterator[tuple[str, Readings]]:
        """Every row: its left side as written, and its readings."""
        for sides in self.rows.values():
            yield from sides.items()

    def reached_through(self, same: "Wordlist") -> Mapping[str, Readings]:
        """What the rows of this list give for whatever means the same by ``same``, by its left side."""
        reached = {}
        for written, readings in same.written():
            found = tuple(over for reading in readings for over in self.readings(reading))
            if found:
                reached[written] = found
        return reached

    def phrases(self) -> Iterator[Phrase]:
        """Every phrase on either side."""
        for phrase, sides in self.rows.items():
            yield phrase
            for readings in sides.values():
                yield from readings
