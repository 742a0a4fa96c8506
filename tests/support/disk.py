"""A disk that fails, is slow or loses power, and a wall clock that is wrong – for one process, by ``disk.c``."""

import contextlib
import mmap
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from tests.support.need import _missing

_SOURCE = Path(__file__).with_name("disk.c")
_NUMBER = struct.Struct("=q")
_WRITE_ERROR, _SYNC_ERROR, _SYNC_MICROSECONDS, _CLOCK_SECONDS, _SYNCS = range(5)


class Disk:
    """What a process finds below ``folder`` when it is started with :attr:`variables`.

    ``shadow``, when given, holds at each moment what a power cut would leave of ``folder``; files that are there
    already count as synced.
    """

    def __init__(self, folder: Path, *, tools: Path, shadow: Path | None = None) -> None:
        tools.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.shadow = folder.resolve(), shadow
        self._library, control = _compile(tools), tools / "control"
        control.write_bytes(bytes(_NUMBER.size * 5))
        with control.open("r+b") as file:
            self._numbers = mmap.mmap(file.fileno(), 0)
        self._control = control.resolve()
        if shadow is not None:
            shutil.copytree(self.folder, shadow, dirs_exist_ok=True)

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of a process that shall use this disk."""
        variables = {
            "LD_PRELOAD": str(self._library),
            "FAULTY_FOLDER": str(self.folder),
            "FAULTY_CONTROL": str(self._control),
        }
        return variables if self.shadow is None else {**variables, "FAULTY_SHADOW": str(self.shadow.resolve())}

    @property
    def syncs(self) -> int:
        """How often something below the folder was synced so far."""
        return int(_NUMBER.unpack_from(self._numbers, _SYNCS * _NUMBER.size)[0])

    @contextlib.contextmanager
    def failing(self, *, writes: int = 0, syncs: int = 0) -> Iterator[None]:
        """Writes or syncs fail with these numbers of ``errno`` as long as the block lasts."""
        self._set(_WRITE_ERROR, writes)
        self._set(_SYNC_ERROR, syncs)
        try:
            yield
        finally:
            self._set(_WRITE_ERROR, 0)
            self._set(_SYNC_ERROR, 0)

    def slow_down(self, by: timedelta) -> None:
        """Let every sync take that much longer."""
        self._set(_SYNC_MICROSECONDS, by // timedelta(microseconds=1))

    def set_clock(self, by: timedelta) -> None:
        """Let the wall clock of the process differ from the true one by this, from now on."""
        self._set(_CLOCK_SECONDS, by // timedelta(seconds=1))

    def _set(self, place: int, value: int) -> None:
        _NUMBER.pack_into(self._numbers, place * _NUMBER.size, value)


def _compile(tools: Path) -> Path:
    """Make the library from its source. Skips the test where there is no compiler."""
    compiler = shutil.which("cc") or _missing("gcc with libc6-dev")
    library = (tools / "disk.so").resolve()
    subprocess.run(
        [
            compiler,
            "-shared",
            "-fPIC",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pthread",
            "-o",
            library,
            _SOURCE,
            "-ldl",
        ],
        check=True,
    )
    return library
