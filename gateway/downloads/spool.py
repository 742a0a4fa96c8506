"""Rows that are too many to be held: they wait in a file that has no name, so nothing outlives the process."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bot.store.table import TableDigest, TableHead


class RowSpool:
    """Rows in order, on disk, with the content hash of the table that they make. Closed (``with``), they are gone."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self.count = 0
        self.cells = 0
        self._digest = TableDigest(self.columns)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 – closed with this object

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the rows go."""
        self._file.close()

    def add(self, row: Sequence[str]) -> None:
        """Append a row."""
        self._file.write(self._digest.add(row))
        self.count += 1
        self.cells += len(row)

    @property
    def head(self) -> TableHead:
        """The table that the rows make."""
        return TableHead(hash=self._digest.hash, columns=self.columns, row_count=self.count)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """All rows from the first on, as often as wanted, one reader at a time."""
        self._file.flush()
        self._file.seek(0)
        for line in self._file:
            if line != b"\n":  # each row begins with its line end
                yield tuple(json.loads(str(line, "utf-8")))


@contextmanager
def unnamed_file() -> Iterator[Path]:
    """A file to be written and read by its path as long as the block lasts; a killed process leaves none behind."""
    with tempfile.TemporaryFile() as stream:
        yield Path(f"/proc/{os.getpid()}/fd/{stream.fileno()}")
