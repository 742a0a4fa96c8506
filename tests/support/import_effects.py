"""Import every module of the package named on the command line and print what that did besides defining things."""

import importlib
import logging
import os
import pkgutil
import sys
import threading
from types import FrameType
from typing import Any

_WATCHED = ("socket.", "subprocess.", "os.putenv", "os.unsetenv", "os.system", "os.mkdir", "os.remove", "os.rename")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class _Printed:
    """Standard output while a plug-in is imported: whatever is written there is an effect."""

    def __init__(self, found: list[str]) -> None:
        self._found = found

    def write(self, text: str) -> int:
        self._found.append(f"printed {text!r}")
        return len(text)

    def flush(self) -> None:
        pass


def main(package: str) -> None:
    """Print one line per effect."""
    found: list[str] = []
    folder = importlib.import_module(package)
    modules = [module.name for module in pkgutil.iter_modules(folder.__path__, f"{package}.")]
    before = (dict(os.environ), threading.active_count(), len(logging.getLogger().handlers))
    shown, sys.stdout = sys.stdout, _Printed(found)
    sys.addaudithook(lambda event, arguments: _watch(event, arguments, found))
    for module in modules:
        importlib.import_module(module)
    sys.stdout = shown
    after = (dict(os.environ), threading.active_count(), len(logging.getLogger().handlers))
    names = ("the environment", "a thread", "the logging")
    found += [name for name, old, new in zip(names, before, after, strict=True) if old != new]
    for line in found:
        print(line)


def _watch(event: str, arguments: tuple[Any, ...], found: list[str]) -> None:
    written = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if (written or event.startswith((*_WATCHED, "_thread.start"))) and not _library_is_being_imported():
        found.append(f"{event} {arguments[:1]}")


def _library_is_being_imported() -> bool:
    """What a library does to itself while it is imported is its own affair; what a plug-in calls is the plug-in's."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and "site-packages" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    main(sys.argv[1])
