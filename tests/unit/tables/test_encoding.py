"""The encoding of a text is known, or guessed from enough evidence, or refused."""

import unicodedata

import pytest

from gateway.tables.encoding import decode
from gateway.tables.sheet import SheetError

TEXT = "Xã,Số hộ\nxã Nghĩa Thuận,85\nthị trấn Mộ Đức,40\n"
CERTAIN = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
UNSURE = {
    "too few words": "Gã\nba".encode("latin-1"),
    "another language": "Größe,Straße,Bücher,Äpfel,café,naïve\n".encode("latin-1"),
    "noise": bytes(range(1, 256)) * 4,
}
MIXED = {
    "damaged": (TEXT.encode().replace("Đức".encode(), b"\xc4\xff"), 3),
    "lines of TCVN3": (TEXT.encode() + b"Ph\xad\xeang B\xb5\xb8,6\n", 4),
}


@pytest.mark.parametrize("encoding", CERTAIN)
def test_what_says_how_it_is_written_is_read_without_a_guess(encoding):
    text = decode(TEXT.encode(encoding))
    assert (text.open().read(), text.guessed) == (TEXT, "")


def test_windows_1258_is_told_by_its_words():
    apart = unicodedata.normalize("NFC", TEXT)
    raw = b"".join(_in_1258(letter) for letter in apart)
    text = decode(raw)
    assert (text.open().read(), text.guessed) == (TEXT, "windows-1258")


def _in_1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        return (unicodedata.normalize("NFC", marks.replace(tone, "")) + tone).encode("cp1258")


@pytest.mark.parametrize("raw", UNSURE.values(), ids=UNSURE)
def test_without_enough_evidence_nothing_is_guessed(raw):
    with pytest.raises(SheetError, match="is not in UTF-8, and the words do not tell"):
        decode(raw)


@pytest.mark.parametrize(("raw", "line"), MIXED.values(), ids=MIXED)
def test_a_file_mostly_in_utf_8_is_not_taken_for_another_encoding(raw, line):
    with pytest.raises(SheetError, match=f"line {line} is not in UTF-8 as the rest of the file is"):
        decode(raw)


def test_a_byte_that_means_nothing_is_refused_with_its_line():
    raw = "Xaõ,Soá hoä\nxaõ Nghóa Thuaän,85\nthò traán Moä Ñöùc,40\n".encode("cp1252") + b"\x81\n"
    with pytest.raises(SheetError, match="line 4 holds a byte that means nothing in VNI-Windows"):
        decode(raw)


def test_a_long_text_is_checked_across_the_pieces_in_which_it_is_read():
    raw = b"x" + "ế\n".encode() * 600_000
    assert decode(raw).guessed == ""
    with pytest.raises(SheetError, match="line 600001 is not in UTF-8"):
        decode(raw + b"\xe1\xba")
