"""Tell a page of the portal from the file that it should have sent: a login, an error, a notice of maintenance."""

import re
from pathlib import Path

from gateway.tables.format import Head

_HEAD = 64 * 1024
_PASSWORD = re.compile(rb"""<input\b[^>]*\btype\s*=\s*["']?password""", re.IGNORECASE)
_DATA = frozenset(
    {"csv", "tsv", "txt", "json", "geojson", "xlsx", "xlsm", "xlsb", "ods", "pdf", "doc", "docx", "xml", "zip", "rdf"}
)
"""Formats that are no pages. ".xls" is none of them: portals call pages with a table so, and links anything."""


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
    suffix = form.lower().rpartition("/")[2].lstrip(".")
    if suffix in _DATA:
        return f"a web page came instead of a file of the format {form}" + (f" ({said})" if said else "")
    return ""
