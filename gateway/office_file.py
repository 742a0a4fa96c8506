"""Office files that are the same bytes for the same content, and cells in which nothing runs."""

import io
import re
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(?=<)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """The cell as a text: a spreadsheet runs what begins like a formula, whoever wrote it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def settle(content: bytes, *, at: datetime) -> bytes:
    """The office file ``content`` (a zip) as if it had been made at ``at``: what makes them notes the time and stamps
    every part with it."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    settled = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as made, ZipFile(settled, "w", ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = _TIMES.sub(rb"\g<1>" + stamp, part)
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            kept.writestr(info, part)
    return settled.getvalue()
