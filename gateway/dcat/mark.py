"""Where the next reading of a source goes on: conditional headers for one document, a day for one of pages."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

from gateway.portal import Answer, Fetched

_OVERLAP = timedelta(days=1)
"""A search index learns of a change after the database."""
_LETTERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What is known of the last reading: the ``etag`` and ``modified`` of its only document, or the ``day`` since which
    pages are wanted with the prints of datasets ``known`` since then. ``longer``: see :class:`KeyCodes`.
    """

    etag: str = ""
    modified: str = ""
    day: str = ""
    known: frozenset[str] = frozenset()
    longer: frozenset[str] = frozenset()

    def headers(self) -> dict[str, str]:
        """Headers that ask for a document only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}

    def write(self) -> str:
        """The text of a mark; empty when nothing is known that helps."""
        known = {"etag": self.etag, "modified": self.modified, "day": self.day}
        kept: dict[str, object] = {name: value for name, value in known.items() if value}
        lists = {"known": sorted(self.known), "longer": sorted(self.longer)}
        return json.dumps({**kept, **{name: value for name, value in lists.items() if value}}) if kept else ""


def read_mark(text: str) -> Since:
    """What :meth:`Since.write` wrote; nothing is known from any other text."""
    try:
        printed = json.loads(text) if text else {}
    except ValueError:
        printed = {}
    if not isinstance(printed, Mapping):
        return Since()
    return Since(
        etag=_text(printed, "etag"),
        modified=_text(printed, "modified"),
        day=_text(printed, "day"),
        known=_texts(printed, "known"),
        longer=_texts(printed, "longer"),
    )


def _text(printed: Mapping[str, object], name: str) -> str:
    value = printed.get(name)
    return value if isinstance(value, str) else ""


def _texts(printed: Mapping[str, object], name: str) -> frozenset[str]:
    value = printed.get(name)
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


def fingerprint(fetched: Fetched) -> str:
    """Other letters when anything that is published of the dataset changed."""
    return hashlib.sha256(repr(fetched).encode()).hexdigest()[:_LETTERS]


def of_document(answer: Answer) -> Since:
    """The mark of a source that is one document."""
    return Since(etag=answer.headers.get("etag", ""), modified=answer.headers.get("last-modified", ""))


def of_pages(first: Answer, read: Iterable[tuple[date | None, str]], *, longer: Iterable[str]) -> Since:
    """The mark of a source of pages: by the portal's own clock when its first page was read.

    ``read`` are the datasets with the day of their last change and their print: the next reading will bring those of
    the last days again, and they are known then.
    """
    try:
        day = (parsedate_to_datetime(first.headers.get("date", "")) - _OVERLAP).date()
    except (TypeError, ValueError):
        return Since()
    again = (print_ for changed, print_ in read if changed is None or changed >= day - _OVERLAP)
    return Since(day=day.isoformat(), known=frozenset(again), longer=frozenset(longer))
