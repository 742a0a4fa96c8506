"""Where the next reading of a CKAN portal goes on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.ckan.reading import instant_of

OVERLAP = timedelta(days=1)
"""How far behind the newest change a reading starts: the search knows a change later than the database, and what
changed while a long listing was read may have been passed already."""
_REMEMBERED = 2000
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingMark:
    """``newest`` is the latest change that was seen, by the portal's own clock.

    ``recent`` is what changed within the overlap before it – when, by id – and ``longer`` the keys with a long code.
    """

    newest: datetime
    recent: Mapping[str, str] = field(default_factory=dict)
    longer: tuple[str, ...] = ()

    @property
    def since(self) -> str:
        """From when on changes are asked for, as Solr writes it."""
        return (self.newest - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def knows(self, package: Mapping[str, Any]) -> bool:
        """Whether ``package`` is as it was when it was read last."""
        id_ = package.get("id")
        return isinstance(id_, str) and self.recent.get(id_, "") == package.get("metadata_modified")

    def write(self) -> str:
        """The text to keep."""
        recent = dict(self.recent) if len(self.recent) <= _REMEMBERED else {}
        document = {"ckan": _VERSION, "newest": self.newest.isoformat(), "recent": recent, "longer": list(self.longer)}
        return json.dumps(document, separators=(",", ":"))


class Watch:
    """Notes the changes that a reading meets, so that it ends with a mark."""

    def __init__(self, before: ReadingMark | None) -> None:
        self._times = dict(before.recent) if before else {}
        self._newest = before.newest if before else None

    def note(self, package: Mapping[str, Any]) -> None:
        """``package`` was read."""
        moment, id_ = instant_of(package, "metadata_modified"), package.get("id")
        if moment is not None and isinstance(id_, str):
            self._times[id_] = package["metadata_modified"]
            self._newest = max(filter(None, (self._newest, moment)))

    def mark(self, longer: set[str]) -> ReadingMark | None:
        """The mark of what was read; None where the portal says no times."""
        if self._newest is None:
            return None
        start = self._newest - OVERLAP
        recent = {id_: text for id_, text in self._times.items() if (_read(text) or start) > start}
        return ReadingMark(newest=self._newest, recent=recent, longer=tuple(sorted(longer)))


def read_mark(text: str) -> ReadingMark | None:
    """The mark that :meth:`ReadingMark.write` wrote; None for any other text, then everything is read."""
    try:
        document = json.loads(text)
        if document["ckan"] != _VERSION:
            return None
        newest = datetime.fromisoformat(document["newest"])
        return ReadingMark(
            newest=newest.astimezone(UTC), recent=dict(document["recent"]), longer=tuple(document["longer"])
        )
    except (ValueError, TypeError, KeyError):
        return None


def _read(text: str) -> datetime | None:
    return instant_of({"at": text}, "at")
