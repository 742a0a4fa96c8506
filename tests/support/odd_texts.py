"""Random texts of everything that changes how an SMS is billed: alphabets, pairs, and lengths around each border."""

import unicodedata
from collections.abc import Iterator
from random import Random

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ     "
_GSM7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
_PAIRS = "\f^{}\\[~]|€"
_VIETNAMESE = "ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
_EMOJI = "😀🎉🇻🇳👍🏽🏛️"
_ODD = "–—…“”‘’\u00a0\u200b\tç`Ω"
_WORDS = (
    "https://congdulieu.gov.vn/vi/dataset?id=1&p=2 ",
    "0901 234 567 ",
    "2.161.755 người ",
    "Tỉnh Quảng Ngãi ",
    "xã ",
)
_BORDERS = (
    1,
    69,
    70,
    71,
    133,
    134,
    135,
    136,
    152,
    153,
    154,
    159,
    160,
    161,
    162,
    201,
    202,
    305,
    306,
    307,
    308,
    459,
    460,
)
"""Lengths at which a message, or its second or third part, is just full."""
_KINDS = (
    _LETTERS,
    _LETTERS + "0123456789",
    _LETTERS * 3 + _GSM7,
    _LETTERS * 2 + _PAIRS,
    _LETTERS + _VIETNAMESE,
    _LETTERS * 8 + _VIETNAMESE[:2],
    _LETTERS + _VIETNAMESE + _EMOJI,
    _LETTERS * 2 + _ODD,
)


def odd_texts(number: int, *, seed: int) -> Iterator[str]:
    """``number`` texts, always the same for a ``seed``."""
    random = Random(seed)
    for _ in range(number):
        yield _text(random)


def _text(random: Random) -> str:
    kind = random.choice(_KINDS)
    length = random.choice(_BORDERS) if random.random() < 0.7 else random.randint(0, 700)
    text = "".join(random.choices(kind, k=length))
    if random.random() < 0.3:  # a pair of two units on the border, where it must not be divided
        place = random.choice(_BORDERS) + random.randint(-2, 1)
        pair = random.choice(_PAIRS + "😀🎉")
        text = f"{text[:place]}{pair}{text[place + 1 :]}"
    if random.random() < 0.2:
        text = (random.choice(_WORDS) + text)[: max(length, 1)]
    return unicodedata.normalize("NFD", text) if random.random() < 0.15 else text
