"""Where the next reading of a source goes on: conditional headers for one document, a day for one of pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from gateway.portal import Answer

_OVERLAP = timedelta(days=1)
"""A search index learns of a change after the database; what is read twice is found to be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is known of the last reading: the ``etag`` and ``modified`` of its only document, or its ``day``."""

    etag: str = ""
    modified: str = ""
    day: str = ""

    def headers(self) -> dict[str, str]:
        """Headers that ask for a document only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}

    def write(self) -> str:
        """The text of a mark; empty when nothing is known."""
        known = {"etag": self.etag, "modified": self.modified, "day": self.day}
        kept = {name: value for name, value in known.items() if value}
        return json.dumps(kept, sort_keys=True) if kept else ""


def read_mark(text: str) -> Since:
    """What :meth:`Since.write` wrote; nothing is known from any other text."""
    try:
        printed = json.loads(text) if text else {}
    except ValueError:
        printed = {}
    if not isinstance(printed, Mapping):
        return Since()
    known = {name: printed.get(name) for name in ("etag", "modified", "day")}
    return Since(**{name: value for name, value in known.items() if isinstance(value, str)})


def of_document(answer: Answer) -> Since:
    """The mark of a source that is one document."""
    return Since(etag=answer.headers.get("etag", ""), modified=answer.headers.get("last-modified", ""))


def of_pages(first: Answer) -> Since:
    """The mark of a source of pages: by the portal's own clock when its first page was read."""
    try:
        date = parsedate_to_datetime(first.headers.get("date", ""))
    except (TypeError, ValueError):
        return Since()
    return Since(day=(date - _OVERLAP).date().isoformat())
