"""``tracuu`` as an operator types it, run in this process: what starting Python and reading its modules costs is saved."""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from gateway.cli import main


def tracuu_here(
    *words: str, said: str = "", variables: Mapping[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Type ``words`` with ``said`` on standard input, in ``folder`` (default: where the tests run).

    Of ``TRACUU_…`` only those in ``variables`` are set. One at a time: streams, variables and folder are the process's.
    A command has a loop of its own, so it runs in a thread beside that of the test.
    """
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(_type, words, said, variables or {}, folder).result()


def _type(
    words: tuple[str, ...], said: str, variables: Mapping[str, str], folder: Path | None
) -> subprocess.CompletedProcess[str]:
    out, err = _stream(), _stream()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACUU_")}
    with (
        _started_with({**kept, **variables}, ["tracuu", *words], _stream(said)),
        redirect_stdout(out),
        redirect_stderr(err),
        _own_logs(),
        _standing_in(folder),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(words, code, _written(out), _written(err))


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _stream(said: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(said.encode()), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _started_with(variables: Mapping[str, str], words: list[str], said: io.TextIOWrapper) -> Iterator[None]:
    before = dict(os.environ), sys.argv, sys.stdin
    _set_variables(variables)
    sys.argv, sys.stdin = words, said
    try:
        yield
    finally:
        _set_variables(before[0])
        sys.argv, sys.stdin = before[1:]


def _set_variables(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


@contextmanager
def _own_logs() -> Iterator[None]:
    """The command sets up logs of its own; afterwards those of the tests are there again."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    root.handlers = []
    try:
        yield
    finally:
        root.handlers = before
        root.setLevel(level)


@contextmanager
def _standing_in(folder: Path | None) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder or before)
    try:
        yield
    finally:
        os.chdir(before)
