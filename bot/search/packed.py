"""Index files: named arrays and texts in one file, written once, then memory-mapped by any number of processes."""

import json
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bot.core.errors import TracuuError

Arrays = Mapping[str, NDArray[Any]]

_MAGIC = b"tracuu-1"
_ALIGNED = 64


class IndexFileError(TracuuError):
    """The file is missing, cut short or of another version. It can always be built again from the store."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What an index file holds: ``arrays`` by name (read-only) and ``facts``, anything that JSON can say."""

    arrays: Arrays
    facts: Mapping[str, Any]

    def texts(self, name: str) -> "Texts":
        """The texts that were written under ``name``."""
        return Texts(self.arrays[f"{name}.bytes"], self.arrays[f"{name}.ends"])


class Texts(Sequence[str]):
    """Texts by number, decoded when they are asked for: an array of UTF-8 bytes, and where each text ends in it."""

    __slots__ = ("_bytes", "_ends")

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.uint64]) -> None:
        self._bytes, self._ends = content, ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """``texts`` packed. UTF-8 must be able to say them: no lone surrogates."""
        parts = [text.encode() for text in texts]
        ends = np.cumsum(np.fromiter(map(len, parts), np.uint64, len(parts)), dtype=np.uint64)
        return cls(np.frombuffer(b"".join(parts), np.uint8), ends)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The two arrays to write, so that :meth:`Packed.texts` finds them under ``name``."""
        return {f"{name}.bytes": self._bytes, f"{name}.ends": self._ends}

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        start = int(self._ends[index - 1]) if index else 0
        return self._bytes[start : int(self._ends[index])].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))


def write_packed(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write an index file: it is there wholly and synced, or not at all. The folder must exist."""
    entries, offset = {}, 0
    for name, array in arrays.items():
        entries[name] = (array.dtype.str, array.shape, offset)
        offset += _padded(array.nbytes)
    head = json.dumps({"arrays": entries, "facts": facts}, ensure_ascii=False).encode()
    head += b" " * (_padded(len(_MAGIC) + 8 + len(head)) - len(_MAGIC) - 8 - len(head))
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
            for array in arrays.values():
                file.write(np.ascontiguousarray(array).data)
                file.write(b"\0" * (_padded(array.nbytes) - array.nbytes))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def open_packed(path: Path) -> Packed:
    """Map the index file at ``path``; pages are read when they are needed. Raises IndexFileError."""
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if content[: len(_MAGIC)] != _MAGIC:
            raise IndexFileError(f"{path.name} is no index file of this version")
        start = len(_MAGIC) + 8
        body = start + int.from_bytes(content[len(_MAGIC) : start], "little")
        head = json.loads(content[start:body])
        arrays = {name: _view(content, body, *entry) for name, entry in head["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFileError(f"{path.name} cannot be read: {error}") from error
    return Packed(arrays, head["facts"])


def _view(content: mmap.mmap, body: int, kind: str, shape: Sequence[int], offset: int) -> NDArray[Any]:
    array: NDArray[Any] = np.ndarray(tuple(shape), np.dtype(kind), buffer=content, offset=body + offset)
    return array


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
