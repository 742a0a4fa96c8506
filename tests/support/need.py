"""What a test needs from the machine: found, or skipped with the reason – or failed, where skipping is not allowed."""

import ctypes
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.postgres import find_binaries

SWITCH = "REQUIRE_ALL_TESTS"
"""Set to 1, a missing browser or database server fails the run instead of skipping its tests (continuous integration)."""


def need_chromium() -> str:
    """The path of Debian's Chromium."""
    if not _loads("libatomic.so.1"):  # what drives the browser is linked to it
        _missing("libatomic1")
    return shutil.which("chromium") or shutil.which("chromium-browser") or _missing("chromium")


def need_postgres() -> Path:
    """The folder of PostgreSQL's programs."""
    return find_binaries() or _missing("postgresql")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _missing(package: str) -> NoReturn:
    reason = f"Debian's {package} is not installed (as root, `make test` installs it)"
    if os.environ.get(SWITCH) == "1":
        pytest.fail(f"{reason}, and {SWITCH}=1 forbids skipping", pytrace=False)
    pytest.skip(reason)
