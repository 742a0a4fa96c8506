"""The lines of text around a table: captions above, notes and signatures below."""

import re
from collections.abc import Sequence

from gateway.tables.unit import read_unit

_CAPTION = re.compile(r"(?:bảng|biểu|phụ lục|danh mục|table)\b", re.IGNORECASE)
_NOTE = re.compile(r"(?:\(?\*+\)?|\(\d\)|\[\d\]|ghi chú|chú thích|chú ý|nguồn|notes?\b|source)", re.IGNORECASE)
_SIGNED = re.compile(
    r"người lập|thủ trưởng|giám đốc|chủ tịch|kế toán trưởng|nơi nhận|ngày\s.*tháng\s.*năm|\btm\.|\bkt\.|\(ký\b",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"\W*(?:trang|page)?\W*\d{1,4}\W*(?:\d{1,4}\W*)?", re.IGNORECASE)
_FARTHEST = 4  # lines


def is_caption(line: str) -> bool:
    """Whether ``line`` begins like the number or sort of a table: "Bảng 3. …", "Biểu số 01", "Phụ lục II"."""
    return bool(_CAPTION.match(line))


def is_note(line: str) -> bool:
    """Whether ``line`` begins like a note or names a source: "(*) …", "Ghi chú: …", "Nguồn: …"."""
    return bool(_NOTE.match(line))


def is_signature(line: str) -> bool:
    """Whether ``line`` belongs to the signatures below a table: an office, a date with place, "Nơi nhận"."""
    return bool(_SIGNED.search(line))


def is_page_number(line: str) -> bool:
    """Whether ``line`` is only the number of a page."""
    return bool(_PAGE_NUMBER.fullmatch(line))


def caption_of(lines: Sequence[str]) -> tuple[str, ...]:
    """The last of ``lines`` above a table that speak of it: from its caption on, else the nearest, units included."""
    near = [line for line in lines if line and not is_page_number(line)][-_FARTHEST:]
    starts = [at for at, line in enumerate(near) if is_caption(line)]
    if starts:
        return tuple(near[starts[-1] :])
    units = [line for line in near if read_unit(line)]
    others = [line for line in near if not read_unit(line)]
    return (*others[-1:], *units)


def notes_of(lines: Sequence[str]) -> tuple[str, ...]:
    """The first of ``lines`` below a table as long as they are notes."""
    end = next((at for at, line in enumerate(lines) if line and not is_note(line)), len(lines))
    return tuple(filter(None, lines[:end]))
