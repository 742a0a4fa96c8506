"""The folder of index files. Deleting it, or anything in it, costs a rebuild and nothing else.

A file is named by its content and by the program that made it, written whole and then renamed, and never changed.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Collection
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import bot
from bot.search.packed import IndexFileError, Packed, open_packed, write_packed

CATALOGUE, TABLE = "catalogue", "table"
_SPARED_SECONDS = 3600.0
"""How long a file that we do not need is kept: another process may still ask an older catalogue."""
_LOOK_SECONDS = 0.05
_LOCK, _PRUNED = ".lock", "pruned"


class IndexFolder:
    """Index files by kind and content. Any number of processes may share a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._checked: dict[Path, tuple[int, int]] = {}

    def file(self, kind: str, content: str) -> Path:
        """Where the index of ``content`` lies, or would lie."""
        return self.path / f"{content}-{program()}.{kind}"

    def open(self, kind: str, content: str) -> Packed:
        """The index of ``content``, mapped. Raises IndexFileError; a file that is damaged is gone afterwards."""
        file = self.file(kind, content)
        try:
            about = file.stat()
            identity = (about.st_ino, about.st_mtime_ns)
            packed = open_packed(file, checked=self._checked.get(file) == identity)
        except FileNotFoundError as error:
            raise IndexFileError(f"{file.name} is not there") from error
        except IndexFileError:
            file.unlink(missing_ok=True)
            raise
        self._checked[file] = identity
        return packed

    def write(self, kind: str, content: str, packed: Packed) -> None:
        """Keep the index of ``content``. Raises OSError when that is impossible; nothing has changed then."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_packed(self.file(kind, content), packed.arrays, packed.facts)

    @contextlib.asynccontextmanager
    async def building(self, kind: str, content: str) -> AsyncIterator[bool]:
        """Be the only one to build that index; yields False when another has just done so. Raises OSError."""
        file = self.file(kind, content)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = file.with_name(file.name + _LOCK)
        with lock.open("wb") as stream:
            while not _locked(stream):  # noqa: ASYNC110 – another process holds it
                await asyncio.sleep(_LOOK_SECONDS)
            try:
                yield not file.exists()
            finally:
                lock.unlink(missing_ok=True)

    def prune(self, used: Collection[Path]) -> None:
        """Remove what is neither ``used`` nor young, of whatever program. Raises OSError."""
        for file in used:
            with contextlib.suppress(FileNotFoundError):
                os.utime(file)
        self._checked.clear()
        mark = self.path / _PRUNED
        mark.touch()
        now = mark.stat().st_mtime  # the clock of the disk, whatever ours says
        for file in self.path.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if file not in used and now - file.stat().st_mtime > _SPARED_SECONDS:
                    file.unlink()


def _locked(stream: BinaryIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def program() -> str:
    """Names the program that makes index files: another one may read the same table in another way."""
    root = Path(bot.__file__).parent
    modules = [*sorted((root / "search").glob("*.py")), *sorted((root / "core").glob("*.py"))]
    return sha256(b"\0".join(module.read_bytes() for module in modules)).hexdigest()[:12]
