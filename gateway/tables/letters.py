"""Vietnamese letters before Unicode: the fonts of TCVN3 (ABC) and of VNI, which borrowed the codes of Western letters.

Files of those years reach us in two ways: as bytes, and as Western letters inside spreadsheets and documents
("Tæng sè" for "Tổng số"). Both are the same text once bytes are read as windows-1252, so one reading serves both.
"""

import re

UNREADABLE = "\ufffd"
"""Stands for a byte that means nothing in the encoding."""

_TCVN3 = "ĂÂÊÔƠƯĐăâêôơưđẰ°±²³´àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
"""From 0xA1 on. The standard has single tones at 0xB0 … 0xB4; its fonts leave the Western signs there ("km²")."""
_FROM_TCVN3 = dict(zip(range(0xA1, 0x100), _TCVN3, strict=True))
_CASELESS_WORD = re.compile(r"[^\W\d_]+")

_VNI_BASES = {
    "a": dict(zip("ùøûõïêéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
}
_VNI_ALONE = dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))
_FROM_VNI = {base + mark: letter for base, marks in _VNI_BASES.items() for mark, letter in marks.items()} | _VNI_ALONE
_VNI_LETTER = re.compile(
    "|".join([*(f"{base}[{''.join(marks)}]" for base, marks in _VNI_BASES.items()), f"[{''.join(_VNI_ALONE)}]"]),
    re.IGNORECASE,
)


def from_tcvn3(western: str) -> str:
    """TCVN3 text that was read as windows-1252.

    Its fonts have no capitals with tones – there, a font of capitals shows small letters –, so a word whose plain
    letters are capitals is raised as a whole.
    """
    return _CASELESS_WORD.sub(_raise_capitals, western.translate(_FROM_TCVN3))


def _raise_capitals(word: re.Match[str]) -> str:
    plain = [letter for letter in word.group() if letter.isascii()]
    capitals = len(plain) > 1 and all(letter.isupper() for letter in plain)
    return word.group().upper() if capitals else word.group()


def from_vni(western: str) -> str:
    """VNI text that was read as windows-1252: a letter and behind it the letter that stands for its marks."""
    return _VNI_LETTER.sub(_read_vni, western)


def _read_vni(found: re.Match[str]) -> str:
    letter = _FROM_VNI[found.group().lower()]
    return letter.upper() if found.group()[0].isupper() else letter
