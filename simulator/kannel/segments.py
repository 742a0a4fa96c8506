"""How a handset cuts a text into the parts that are billed: 3GPP TS 23.038, 6.2.1, and TS 23.040, 9.2.3.24.1."""

from dataclasses import dataclass

_ROWS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
_SHIFTED = "\f^{}\\[~]|€"
ALPHABET = frozenset("".join(_ROWS) + _SHIFTED)
"""What can be written in seven bits; one character outside, and the whole text goes in UCS-2."""
_WIDTHS = dict.fromkeys("".join(_ROWS), 1) | dict.fromkeys(_SHIFTED, 2)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """``texts`` are the parts as they travel; ``units`` are septets (gsm7) or 16-bit units (ucs2) of them all."""

    encoding: str
    texts: tuple[str, ...]
    units: int

    @property
    def segments(self) -> int:
        """How many messages are billed."""
        return len(self.texts)


def cut(text: str) -> Parts:
    """The parts of ``text``. An escape pair and an emoji stay whole; an empty text is one message."""
    if ALPHABET.issuperset(text):
        return _cut(text, "gsm7", [_WIDTHS[char] for char in text], alone=160, joined=153)
    return _cut(text, "ucs2", [1 + (ord(char) > 0xFFFF) for char in text], alone=70, joined=67)


def _cut(text: str, encoding: str, widths: list[int], *, alone: int, joined: int) -> Parts:
    units = sum(widths)
    if units <= alone:
        return Parts(encoding=encoding, texts=(text,), units=units)
    parts, room = [""], joined
    for char, width in zip(text, widths, strict=True):
        if width > room:
            parts.append("")
            room = joined
        parts[-1] += char
        room -= width
    return Parts(encoding=encoding, texts=tuple(parts), units=units)
