"""What a test needs from the machine: found, or skipped with the reason – or failed, where skipping is not allowed."""

import ctypes
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.postgres import find_binaries

SWITCH = "REQUIRE_ALL_TESTS"
"""Set to 1, a missing browser, database server or SMS gateway fails the run instead of skipping its tests (CI)."""

_SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")


def need_chromium() -> str:
    """The path of Debian's Chromium."""
    if not _loads("libatomic.so.1"):  # what drives the browser is linked to it
        _missing("libatomic1")
    return shutil.which("chromium") or shutil.which("chromium-browser") or _missing("chromium")


def need_postgres() -> Path:
    """The folder of PostgreSQL's programs."""
    return find_binaries() or _missing("postgresql")


def need_kannel() -> dict[str, str]:
    """The paths of Kannel's two programs by their names."""
    found = {name: shutil.which(name, path=_SYSTEM_PATH) for name in ("bearerbox", "smsbox")}
    return {name: path or _missing("kannel") for name, path in found.items()}


def need_fakesmsc() -> Path:
    """The path of the handset that Debian tests Kannel with."""
    return _FAKESMSC if _FAKESMSC.exists() else _missing("kannel-extras")


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
