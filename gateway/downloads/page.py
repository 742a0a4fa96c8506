"""Tell a page of the portal from the file that it should have sent: a login, an error, a notice of maintenance."""

import re
from pathlib import Path

from gateway.tables.format import Head

_HEAD = 64 * 1024
_PASSWORD = re.compile(rb"""<input\b[^>]*\btype\s*=\s*["']?password""", re.IGNORECASE)
_MAY_BE_PAGES = frozenset({"", "HTML", "HTM", "XLS"})
"""Formats in which portals publish pages with a table: ".xls" is one of their favourites."""


def told_by_page(path: Path, *, form: str, said: str) -> str:
    """Why the body at ``path`` is a page instead of the file, empty when it is none or may be one.

    ``form`` is what the portal calls the format, ``said`` the content type of the answer.
    """
    with path.open("rb") as stream:
        start = stream.read(_HEAD)
    if not start.strip():
        return "the answer is empty"
    if not Head(start=start[:4096]).markup:
        return ""
    if _PASSWORD.search(start):
        return "a login page came instead of the file"
    if form.upper() not in _MAY_BE_PAGES or (form.upper() == "XLS" and b"<table" not in path.read_bytes().lower()):
        return f"a web page came instead of a {form.upper()} file" + (f" ({said})" if said else "")
    return ""
