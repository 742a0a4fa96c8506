"""In which encoding a text file is written, by evidence: a mark, bytes that only UTF-8 has, valid Vietnamese words.

A wrong guess would turn names into nonsense that looks like data, so without enough evidence nothing is guessed.
"""

import codecs
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from gateway.tables.letters import UNREADABLE, from_tcvn3, from_vni
from gateway.tables.sheet import SheetError
from gateway.tables.syllables import marked_words, share_of_syllables

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # begins like UTF-16, so it comes first
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAMPLED = 2**20
FEWEST_WORDS = 3
"""Distinct words with diacritics that a guess needs."""
LEAST_SHARE = 0.8
"""The share of them that must be Vietnamese syllables …"""
LEAST_MARGIN = 0.2
"""… and by how much it must be larger than in any other reading."""
_UNREADABLE_BYTES = "replace"
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_UTF8_LETTER = re.compile(rb"[\xc3-\xc6][\x80-\xbf]|[\xe1\xe2][\x80-\xbf]{2}")
"""Two bytes for a letter of Latin or its extensions, three for one with a Vietnamese tone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A way to read bytes of which each is one character: how the encoding is called, and the text."""

    name: str
    decode: Callable[[bytes], str]


def _western(raw: bytes) -> str:
    return raw.decode("cp1252", errors=_UNREADABLE_BYTES)


READINGS = (
    Reading(name="TCVN3 (ABC)", decode=lambda raw: from_tcvn3(_western(raw))),
    Reading(name="VNI-Windows", decode=lambda raw: from_vni(_western(raw))),
    Reading(
        name="windows-1258",
        decode=lambda raw: unicodedata.normalize("NFC", raw.decode("cp1258", errors=_UNREADABLE_BYTES)),
    ),
)
"""The encodings of Vietnamese that carry no sign of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A decoded file. ``guessed`` names the encoding when only the words speak for it, else it is empty."""

    open: Callable[[], TextIO]
    guessed: str = ""


def decode(raw: bytes) -> Text:
    """The text of ``raw``. Raises SheetError when no encoding is certain enough, with the line where it matters."""
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return _certain(raw, encoding)
    if b"\0" in raw:
        return _certain(raw, _wide_encoding(raw))
    bad = _find_bad_utf8(raw)
    if bad is not None:
        return _guess(raw, _line(raw, bad))
    return Text(open=lambda: io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", newline=""))


def _find_bad_utf8(raw: bytes) -> int | None:
    """Where ``raw`` stops being UTF-8. Piece by piece: decoding holds the interpreter, and others answer questions."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), _SAMPLED):
        before = len(decoder.getstate()[0])
        try:
            decoder.decode(raw[start : start + _SAMPLED], final=start + _SAMPLED >= len(raw))
        except UnicodeDecodeError as error:
            return start - before + error.start
    return None


def _certain(raw: bytes, encoding: str) -> Text:
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = _line(raw, error.start)
        raise SheetError(f"line {line} is damaged: it is not in {encoding.upper()}, as the file says") from error
    nul = text.find("\0")
    if nul >= 0:
        raise SheetError(f"line {text.count(chr(10), 0, nul) + 1} holds a NUL character: not a text file")
    return Text(open=lambda: io.StringIO(text, newline=""))


def _wide_encoding(raw: bytes) -> str:
    """UTF-16 without a mark: the upper halves of many characters are zero. Anything else with zeros is no text."""
    sample = raw[:_SAMPLED]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(raw) % 2 == 0 and min(even, odd) * 20 <= max(even, odd) and max(even, odd) * 5 >= len(sample):
        return "utf-16-le" if odd > even else "utf-16-be"
    raise SheetError(f"line {_line(raw, raw.find(0))} holds a NUL character: not a text file")


def _guess(raw: bytes, line: int) -> Text:
    sample = raw[:_SAMPLED]
    if _is_mostly_utf8(raw):
        raise SheetError(f'line {line} is not in UTF-8 as the rest of the file is; save the file as "CSV UTF-8"')
    found = sorted(((*_judge(reading.decode(sample)), reading) for reading in READINGS), key=lambda f: f[0])
    (_, _, _), (second, _, _), (share, words, reading) = found
    if words < FEWEST_WORDS or share < LEAST_SHARE or share - second < LEAST_MARGIN:
        names = ", ".join(each.name for each in READINGS)
        raise SheetError(
            f"line {line} is not in UTF-8, and the words do not tell which of {names} it is; "
            'save the file as "CSV UTF-8"'
        )
    text = reading.decode(raw)
    bad = text.find(UNREADABLE)
    if bad >= 0:
        raise SheetError(f"line {text.count(chr(10), 0, bad) + 1} holds a byte that means nothing in {reading.name}")
    return Text(open=lambda: io.StringIO(text, newline=""), guessed=reading.name)


def _is_mostly_utf8(raw: bytes) -> bool:
    """Whether most letters beyond ASCII are written as UTF-8: files put together from several are of two encodings.

    In the other encodings each letter is one such byte, and hardly ever do they line up as UTF-8 has them.
    """
    whole = sum(len(found) for found in _UTF8_LETTER.findall(raw))
    return whole * 2 > len(raw) - len(raw.translate(None, _BEYOND_ASCII))


def _judge(text: str) -> tuple[float, int]:
    words = marked_words([text])
    return share_of_syllables(words), len(words)


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1
