"""Which rows of an annex say that they are not to be published."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.text import contradicts, tokens
from gateway.items.wordlists import read_wordlists

_NAMES = ("mark", "phrase", "closed", "denial")
_TITLES = frozenset({"title", "description", "fields"})
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*\*?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrecy:
    """The word lists of ``data/catalogue/not_public.toml``."""

    mark: Sequence[str]
    phrase: Sequence[str]
    closed: Sequence[str]
    denial: Sequence[str]

    def find(self, cells: Mapping[str, str], others: Sequence[str]) -> str:
        """The text of a row that says that it is not public, "" for none.

        ``cells`` are those of its known columns by name, ``others`` those of columns that mean nothing here.
        """
        forbidden = cells.get("not_public", "")
        if any(map(str.isalnum, forbidden)) and not _is_one_of(forbidden, self.denial):
            return forbidden
        if _is_one_of(cells.get("public", ""), self.closed):
            return cells["public"]
        asides = [aside[1] for name in ("title", "description") if (aside := _IN_BRACKETS.search(cells.get(name, "")))]
        plain = [cell for name, cell in cells.items() if name not in _TITLES and name != "not_public"]
        return next((cell for cell in (*plain, *others, *asides) if cell and self._forbids(cell)), "")

    def _forbids(self, cell: str) -> bool:
        return _is_one_of(cell, self.mark) or any(_holds(cell, phrase) for phrase in self.phrase)


def load_secrecy(folder: Path) -> Secrecy:
    """The lists of ``data/catalogue``. Raises ContentError."""
    return Secrecy(**read_wordlists(folder / "not_public.toml", _NAMES))


def _is_one_of(cell: str, texts: Sequence[str]) -> bool:
    return any(_says(cell, text) for text in texts)


def _says(cell: str, text: str) -> bool:
    """Whether ``cell`` is ``text``; a text without letters must be met exactly."""
    words = tokens(text)
    if not words:
        return cell.strip() == text
    return tokens(cell) == words and not contradicts(_bare(cell), _bare(text))


def _holds(cell: str, phrase: str) -> bool:
    words, sought = _bare(cell).split(), _bare(phrase).split()
    spans = (words[at : at + len(sought)] for at in range(len(words) - len(sought) + 1))
    wanted = tokens(phrase)
    return any(tokens(" ".join(span)) == wanted and not contradicts(" ".join(span), " ".join(sought)) for span in spans)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
