"""Cut a long text into pages at word boundaries, by whatever measure the channel counts."""

import unicodedata
from bisect import bisect_left
from collections.abc import Callable

from bot.core.sms import count

Fits = Callable[[str], bool]
"""Whether a page may be sent. Must hold for every beginning of a text for which it holds."""

_SPACE = " \t\r\n"
"""Where a page may end. A no-break space holds its words together."""

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def within_length(limit: int, *, marker: str = "", measure: Callable[[str], int] = len) -> Fits:
    """Pages of at most ``limit`` as ``measure`` counts, with room for ``marker`` (the widest that will be added)."""
    room = limit - measure(marker)
    return lambda page: measure(page) <= room


def within_segments(limit: int, *, marker: str = "") -> Fits:
    """Pages of at most ``limit`` SMS segments, with room for ``marker``."""
    return lambda page: count(page + marker).segments <= limit


def paginate(text: str, fits: Fits) -> tuple[str, ...]:
    """The pages of ``text``, in order, none empty, each of which ``fits``; only white space between pages is dropped.

    A page ends at a line break if that leaves it at least half full, else between words. Only a word that alone exceeds
    a page is divided, and then between letters: never inside a letter with its marks, an emoji or a flag, unless that
    alone exceeds the page. Raises ValueError when not even one character fits.
    """
    pages: list[str] = []
    rest = text.strip(_SPACE)
    while rest:
        end = len(rest) if fits(rest) else _page_end(rest, fits)
        pages.append(rest[:end].rstrip(_SPACE))
        rest = rest[end:].lstrip(_SPACE)
    return tuple(pages)


def _page_end(text: str, fits: Fits) -> int:
    longest = _longest_fit(text, fits)
    line = text.rfind("\n", 0, longest + 1)
    if line * 2 >= longest:
        return line
    word = max(text.rfind(space, 0, longest + 1) for space in _SPACE)
    return word if word > 0 else _letter_end(text, longest)


def _longest_fit(text: str, fits: Fits) -> int:
    """The length of the longest beginning that fits; tries no more than about twice that, however long the text."""
    if not fits(text[:1]):
        raise ValueError("A page has no room for a single character.")
    reach = 1
    while reach < len(text) and fits(text[:reach]):
        reach *= 2
    lengths = range(reach // 2, min(reach, len(text)) + 1)
    return lengths[bisect_left(lengths, x=True, key=lambda length: not fits(text[:length])) - 1]


def _letter_end(text: str, longest: int) -> int:
    end = longest
    while end > 0 and _is_inside_letter(text, end):
        end -= 1
    return end or longest


def _is_inside_letter(text: str, position: int) -> bool:
    """Whether what stands at ``position`` belongs to what stands before it (the common cases of UAX #29)."""
    char, before = text[position], text[position - 1]
    if _JOINER in (char, before) or unicodedata.category(char).startswith("M") or ord(char) in _SKIN_TONES:
        return True
    if ord(char) not in _FLAG_LETTERS:
        return False
    letters = text[:position]
    flags = len(letters) - len(letters.rstrip("".join(map(chr, _FLAG_LETTERS))))
    return flags % 2 == 1
