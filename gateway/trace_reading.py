"""Read the trace: what the command and the console show."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.trace_files import SUFFIX

Record = dict[str, Any]
_WELL = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which exchanges are asked for; whatever is not set fits all. ``account`` is ``channel/name``."""

    message: int | None = None
    account: str = ""
    since: datetime | None = None
    failed: bool = False

    def fits(self, record: Record) -> bool:
        """Whether ``record`` is asked for. What tells of lost records always is."""
        if "dropped" in record:
            return self.message is None
        return (
            (self.message is None or record.get("message") == self.message)
            and (not self.account or f"{record.get('channel')}/{record.get('account')}" == self.account)
            and (self.since is None or not record["at"] or datetime.fromisoformat(record["at"]) >= self.since)
            and (not self.failed or has_failed(record))
        )


def has_failed(record: Record) -> bool:
    """Whether the exchange did not end well, as far as its own words tell: many providers say so in a 200."""
    answer = record.get("answer") or {}
    codes = [answer.get(name) for name in ("error", "error_code", "errorcode")]
    refused = any(isinstance(code, int) and not isinstance(code, bool) and code for code in codes)
    return (
        record.get("status") is None
        or "error" in record
        or record["status"] >= _WELL
        or refused
        or answer.get("ok") is False
    )


def read_trace(folder: Path, wanted: Wanted, *, newest: int | None = None) -> list[Record]:
    """The records in ``folder`` that are ``wanted``, newest last; only the ``newest`` so many."""
    found = [record for file in _files(folder) for record in _records(file) if wanted.fits(record)]
    found.sort(key=lambda record: str(record["at"]))
    return found if newest is None else found[-newest:]


def follow_trace(folder: Path, wanted: Wanted, pause: Callable[[], None]) -> Iterator[Record]:
    """What is written from now on, as long as it is asked for; ``pause`` comes between two looks."""
    seen = {file: file.stat().st_size for file in _files(folder)}
    while True:
        pause()
        for file in _files(folder):
            fresh, seen[file] = _whole_lines(file, seen.get(file, 0))
            yield from (record for record in map(_parse, fresh) if record is not None and wanted.fits(record))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _records(file: Path) -> Iterator[Record]:
    for line in _whole_lines(file, 0)[0]:
        record = _parse(line)
        if record is not None:
            yield record


def _whole_lines(file: Path, begin: int) -> tuple[list[bytes], int]:
    """The lines from ``begin`` on that are whole, and where they end. A file may be deleted meanwhile."""
    try:
        with file.open("rb") as stream:
            stream.seek(begin)
            content = stream.read()
    except FileNotFoundError:
        return [], begin
    end = content.rfind(b"\n") + 1
    return content[:end].splitlines(), begin + end


def _parse(line: bytes) -> Record | None:
    """Half a line is what a full disk left."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and "at" in record else None
