"""Index files: named arrays and texts in one file, written once, then memory-mapped by any number of processes."""

import json
import mmap
import os
import threading
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, overload

import numpy as np
from numpy.typing import NDArray

from bot.core.errors import TracuuError

Arrays = Mapping[str, NDArray[Any]]

_MAGIC = b"tracuu-2"
_START = len(_MAGIC) + 16  # how long the head is, and the sum over everything behind these two numbers
_ALIGNED = 64
_READ = 1 << 20


class IndexFileError(TracuuError):
    """The file is missing, damaged or of another version. It can always be built again from the store."""


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

    __slots__ = ("_arrays", "_bytes", "_ends")

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[Any]) -> None:
        self._arrays = content, ends
        self._bytes, self._ends = content.data, ends.data  # many times faster than arrays, one by one

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """``texts`` packed. UTF-8 must be able to say them: no lone surrogates."""
        writer = TextWriter()
        writer.add(texts)
        return writer.texts()

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The two arrays to write, so that :meth:`Packed.texts` finds them under ``name``."""
        content, ends = self._arrays
        return {f"{name}.bytes": content, f"{name}.ends": ends}

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
        return str(self._bytes[self._ends[index - 1] if index else 0 : self._ends[index]], "utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def several(self, numbers: Iterable[int]) -> Iterator[str]:
        """The texts with these numbers, none of them negative: faster than one by one."""
        content, ends = self._bytes, self._ends
        return (str(content[ends[n - 1] if n else 0 : ends[n]], "utf-8") for n in numbers)


class TextWriter:
    """Packs texts bit by bit."""

    def __init__(self) -> None:
        self._content, self._lengths = bytearray(), array("I")

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, texts: Iterable[str]) -> None:
        """Take the next texts."""
        encoded = [text.encode() for text in texts]
        self._content += b"".join(encoded)
        self._lengths.extend(map(len, encoded))

    def texts(self) -> Texts:
        """All texts that were taken; nothing can be added afterwards."""
        return Texts(np.frombuffer(self._content, np.uint8), ends_of(np.array(self._lengths)))


def ends_of(lengths: NDArray[Any]) -> NDArray[Any]:
    """Where each of the pieces of ``lengths`` ends when they stand one behind the other, in as few bytes as do."""
    ends = np.cumsum(lengths, dtype=np.uint64)
    return ends.astype(np.uint32) if not len(ends) or int(ends[-1]) < 1 << 32 else ends


def distinct(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The different ``numbers`` in order. Sorting them is many times faster than NumPy's own way."""
    ordered = np.sort(numbers)
    kept: NDArray[np.uint64] = (
        ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered
    )
    return kept


def write_packed(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write an index file: it is there wholly and synced, or not at all. The folder must exist."""
    entries, offset = {}, 0
    for name, each in arrays.items():
        entries[name] = (each.dtype.str, each.shape, offset)
        offset += _padded(each.nbytes)
    head = json.dumps({"arrays": entries, "facts": facts}, ensure_ascii=False).encode()
    head += b" " * (_padded(_START + len(head)) - _START - len(head))
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(_MAGIC + len(head).to_bytes(8, "little") + bytes(8))
            total = _write(file, head, 0)
            for each in arrays.values():
                total = _write(file, np.ascontiguousarray(each).reshape(-1).view(np.uint8).data, total)
                total = _write(file, bytes(_padded(each.nbytes) - each.nbytes), total)
            file.seek(_START - 8)
            file.write(total.to_bytes(8, "little"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _write(file: BinaryIO, content: bytes | memoryview, total: int) -> int:
    file.write(content)
    return zlib.crc32(content, total)


def open_packed(path: Path, *, checked: bool = False) -> Packed:
    """Map the index file at ``path``; pages are read when they are needed. Raises IndexFileError.

    Whatever was cut off is noticed. Unless the file is ``checked`` already it is read once to find what was altered.
    """
    try:
        with path.open("rb") as file:
            if not checked:
                _check(file, path.name)
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if content[: len(_MAGIC)] != _MAGIC:
            raise IndexFileError(f"{path.name} is no index file of this version")
        body = _START + int.from_bytes(content[len(_MAGIC) : _START - 8], "little")
        head = json.loads(content[_START:body])
        arrays = {name: _view(content, body, *entry) for name, entry in head["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFileError(f"{path.name} cannot be read: {error}") from error
    return Packed(arrays, head["facts"])


def _check(file: BinaryIO, name: str) -> None:
    """Compare the sum over the file with the one that was written; what is read here is not kept in memory."""
    file.seek(_START - 8)
    expected, total = int.from_bytes(file.read(8), "little"), 0
    while part := file.read(_READ):
        total = zlib.crc32(part, total)
    if total != expected:
        raise IndexFileError(f"{name} is damaged")


def _view(content: mmap.mmap, body: int, kind: str, shape: Sequence[int], offset: int) -> NDArray[Any]:
    view: NDArray[Any] = np.ndarray(tuple(shape), np.dtype(kind), buffer=content, offset=body + offset)
    return view


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
