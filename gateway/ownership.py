"""One SQLite file has one service per role: a lock beside the file says so to a second one."""

import contextlib
import fcntl
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.core.errors import StoreError


@contextlib.contextmanager
def own_file(store_url: str, roles: Iterable[str]) -> Iterator[bool]:
    """Hold the locks of ``roles`` on the SQLite file of ``store_url``; yields whether there is such a file at all.

    The locks end with the process, however it ends. Raises StoreError when another process holds one of them.
    """
    scheme, _, path = store_url.partition(":///")
    if scheme != "sqlite":
        yield False
        return
    with contextlib.ExitStack() as stack:
        for role in sorted(roles):
            lock = Path(f"{path}.{role}.lock")
            try:
                lock.parent.mkdir(parents=True, exist_ok=True)
                stream = stack.enter_context(lock.open("w"))
            except OSError as error:
                raise StoreError(f"{lock} cannot be written ({error.strerror})") from error
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreError(f"another tracuu already serves {path} (role {role})") from error
        yield True
