"""What is posted to every channel: texts that people may write, and bodies that nobody should send."""

import unicodedata

VIETNAMESE = "Đường Bà Triệu, phường Nghĩa Lộ – số liệu dân số năm 2025 là bao nhiêu ạ? Ặ ợ ữ ỹ đ Đ ₫"
TEXTS = {
    "Vietnamese": VIETNAMESE,
    "decomposed Vietnamese": unicodedata.normalize("NFD", VIETNAMESE),
    "empty": "",
    "emoji": "🏥👨‍👩‍👧🇻🇳",
    "10,000 characters": "dân số " * 1429,
    "control characters": "dân\x07 số\x1b[31m\x7f",
    "markup": "<b>&amp;</b> ' \" \\ {} %s 100% + ; --",
    "a NUL": "dân\x00số",
    "a lone surrogate": "dân\ud800số",
}
NEEDS_ANY_UNICODE = {"a NUL", "a lone surrogate"}
GARBAGE = {
    "nothing": b"",
    "bytes": bytes(range(256)),
    "invalid UTF-8": b'{"id": "\xff\xfe"}',
    "half an object": b'{"id": ',
    "null": b"null",
    "a number": b"1e999",
    "deep nesting": b"[" * 100_000,
    "deep nesting of objects": b'{"a":' * 50_000,
    "a NUL": b"\x00",
}
