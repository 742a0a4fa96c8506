"""Segments at the borders given by 3GPP TS 23.038 and TS 23.040."""

import pytest

from bot.core.sms import GSM7, GSM7_EXTENSION, Segments, count, split, utf16_length


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        pytest.param("", "gsm7", 1, 0, id="an empty message is a message"),
        pytest.param("a" * 160, "gsm7", 1, 160, id="160 septets alone"),
        pytest.param("a" * 161, "gsm7", 2, 161, id="161 septets"),
        pytest.param("a" * 306, "gsm7", 2, 306, id="two joined parts"),
        pytest.param("a" * 307, "gsm7", 3, 307, id="three joined parts"),
        pytest.param("{" * 80, "gsm7", 1, 160, id="80 escape pairs alone"),
        pytest.param("{" * 81, "gsm7", 2, 162, id="81 escape pairs"),
        pytest.param("a" * 158 + "€", "gsm7", 1, 160, id="an escape pair fills the last two septets"),
        pytest.param("a" * 159 + "€", "gsm7", 2, 161, id="an escape pair too many"),
        pytest.param("{" * 153, "gsm7", 3, 306, id="pairs waste a septet of each part: 306 septets need three"),
        pytest.param("ệ" * 70, "ucs2", 1, 70, id="70 units alone"),
        pytest.param("ệ" * 71, "ucs2", 2, 71, id="71 units"),
        pytest.param("ệ" * 134, "ucs2", 2, 134, id="two joined UCS-2 parts"),
        pytest.param("ệ" * 135, "ucs2", 3, 135, id="three joined UCS-2 parts"),
        pytest.param("😀" * 35, "ucs2", 1, 70, id="35 surrogate pairs alone"),
        pytest.param("😀" * 36, "ucs2", 2, 72, id="36 surrogate pairs"),
        pytest.param("😀" * 67, "ucs2", 3, 134, id="pairs waste a unit of each part"),
        pytest.param("a" * 100 + "ệ", "ucs2", 2, 101, id="one letter outside turns all to UCS-2"),
        pytest.param("{" * 40 + "ệ", "ucs2", 1, 41, id="in UCS-2 a brace costs one"),
        pytest.param("a\u0301", "ucs2", 1, 2, id="decomposed letters"),
    ],
)
def test_a_text_is_counted_as_it_is_billed(text: str, encoding: str, segments: int, units: int) -> None:
    assert count(text) == Segments(encoding=encoding, segments=segments, units=units)
    assert len(split(text)) == segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("a" * 152 + "{" + "b" * 10, ("a" * 152, "{" + "b" * 10), id="an escape pair moves on whole"),
        pytest.param("a" * 151 + "{" + "b" * 10, ("a" * 151 + "{", "b" * 10), id="an escape pair that fits stays"),
        pytest.param("ệ" * 66 + "😀" + "b" * 10, ("ệ" * 66, "😀" + "b" * 10), id="a surrogate pair moves on whole"),
        pytest.param("ệ" * 65 + "😀" + "b" * 10, ("ệ" * 65 + "😀", "b" * 10), id="a surrogate pair that fits stays"),
    ],
)
def test_a_pair_is_never_divided(text: str, parts: tuple[str, ...]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    ("char", "encoding"),
    [
        pytest.param("Ç", "gsm7", id="0x09 is the capital in TS 23.038"),
        pytest.param("ç", "ucs2", id="Unicode's own table says small ç, the standard does not"),
        pytest.param("\x1b", "ucs2", id="the escape is no character, though smsutil takes it for one"),
        pytest.param("\f", "gsm7", id="page break"),
        pytest.param("`", "ucs2", id="backtick"),
        pytest.param("\t", "ucs2", id="tab"),
        pytest.param("\u00a0", "ucs2", id="no-break space"),
        pytest.param("Ω", "gsm7", id="Greek capital omega"),
        pytest.param("\u2126", "ucs2", id="the ohm sign looks alike"),
        pytest.param("à", "gsm7", id="one of the seven Vietnamese letters in GSM-7"),
        pytest.param("á", "ucs2", id="one of the other 127"),
    ],
)
def test_the_alphabet_is_that_of_the_standard(char: str, encoding: str) -> None:
    assert count(char).encoding == encoding


def test_the_alphabet_has_127_letters_and_10_pairs() -> None:
    assert (len(GSM7 - GSM7_EXTENSION), len(GSM7_EXTENSION)) == (127, 10)


def test_utf16_length_counts_surrogates() -> None:
    assert utf16_length("ệ😀a") == 4
