"""Cells typed with the fonts of TCVN3 or VNI: Western letters in the file, Vietnamese only on the author's screen."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gateway.tables.encoding import FEWEST_WORDS, LEAST_SHARE
from gateway.tables.letters import from_tcvn3, from_vni
from gateway.tables.sheet import Book, Record, Sheet
from gateway.tables.syllables import is_syllable, marked_words, share_of_syllables

_SAMPLED = 20_000  # texts
_ODD = re.compile(r"[^\W\d_][\xa1-\xaf\xb4-\xb8\xbb-\xbf\xd7\xf7]|[\xa1-\xaf\xb4-\xb8\xbb-\xbf\xd7\xf7][^\W\d_]")
"""A sign such as "·" or "©" right beside a letter: there it is one."""
_FONTS: dict[str, Callable[[str], str]] = {"TCVN3 (ABC)": from_tcvn3, "VNI-Windows": from_vni}


def repair(book: Book) -> Book:
    """``book`` with the texts of old fonts in Unicode, and a notice for each sheet where that was done.

    It is done when words with diacritics are no Vietnamese as they stand, but as one of these fonts shows them. A sheet
    that mixes fonts and Unicode changes only in cells that hold such a word.
    """
    sheets, notices = [], list(book.notices)
    for sheet in book.sheets:
        font = _font_of(sheet)
        if font:
            notices.append(
                f"{sheet.name or 'the file'}: letters of the font encoding {font} are read as Unicode (guessed)"
            )
        sheets.append(_converted(sheet, _FONTS[font]) if font else sheet)
    return Book(sheets=tuple(sheets), notices=tuple(notices))


def _texts(sheet: Sheet) -> Iterator[str]:
    yield from (sheet.name, *sheet.above, *sheet.below)
    for record in sheet.records:
        yield from record.cells


def _marked(texts: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        if not text.isascii():
            found[text] = None
            if len(found) == _SAMPLED:
                break
    return list(found)


def _font_of(sheet: Sheet) -> str:
    """The font encoding that makes Vietnamese of what is none, empty when there is no such evidence."""
    strange = [text for text in _marked(_texts(sheet)) if _is_strange(text)]
    if not any(map(_is_western, strange)):
        return ""
    shares = {font: _evidence(strange, convert) for font, convert in _FONTS.items()}
    best, other = sorted(shares, key=lambda font: shares[font], reverse=True)
    return best if shares[best] >= LEAST_SHARE and shares[best] > shares[other] else ""


def _evidence(texts: Iterable[str], convert: Callable[[str], str]) -> float:
    words = marked_words(convert(text) for text in texts if _is_western(text))
    return share_of_syllables(words) if len(words) >= FEWEST_WORDS else 0.0


def _is_western(text: str) -> bool:
    """Whether the marked letters are Western ones only, as these fonts borrowed them."""
    return not text.isascii() and all(ord(letter) < 0x100 for letter in text if letter.isalpha())


def _is_strange(text: str) -> bool:
    return bool(_ODD.search(text)) or not all(map(is_syllable, marked_words([text])))


def _converted(sheet: Sheet, convert: Callable[[str], str]) -> Sheet:
    cells = _marked(cell for record in sheet.records for cell in record.cells)
    mixed = any(not _is_western(cell) for cell in cells)

    def read(text: str) -> str:
        if not _is_western(text) or (mixed and not _is_strange(text)):
            return text
        converted = convert(text)
        return text if mixed and _is_strange(converted) else converted

    records = tuple(_with_cells(record, read) for record in sheet.records)
    above, below = tuple(map(read, sheet.above)), tuple(map(read, sheet.below))
    return replace(sheet, name=read(sheet.name), above=above, below=below, records=records)


def _with_cells(record: Record, read: Callable[[str], str]) -> Record:
    if all(map(str.isascii, record.cells)):
        return record
    return replace(record, cells=tuple(map(read, record.cells)))
