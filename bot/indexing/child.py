"""Have index files built by a process of its own: however long that takes, whoever answers people is not held up."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import bot
from bot.core.errors import TracuuError
from bot.indexing.folder import IndexFolder, program
from bot.store.engine import Store


class BuildError(TracuuError):
    """The process could not build what it was asked for; its reason is in the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be built: the catalogue in force or not, and which tables. ``url`` may hold a password.

    ``program`` is the one that will read it: when it was replaced on the disk, what the new one builds is of no use.
    """

    program: str
    url: str
    folder: str
    catalogue: bool = False
    tables: tuple[str, ...] = ()
    urgent: bool = False


async def build_aside(
    store: Store, folder: IndexFolder, *, catalogue: bool = False, tables: Sequence[str] = (), urgent: bool = False
) -> str:
    """Build in another process; returns the content of the catalogue, empty when it was not wanted.

    The process has a low priority unless it is ``urgent``, because nobody can be answered before it is done.
    A table that the store no longer has is passed over. Raises BuildError. Cancelled, it ends the process.
    """
    order = Order(
        program=program(),
        url=store.url.render_as_string(hide_password=False),
        folder=str(folder.path),
        catalogue=catalogue,
        tables=tuple(tables),
        urgent=urgent,
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.indexing"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": search_path()},
        )
    except OSError as error:
        raise BuildError(f"no process can be started ({error.strerror})") from error
    try:
        said, complaint = await process.communicate(json.dumps(asdict(order)).encode())
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode:
        last = (complaint.decode(errors="replace").strip().splitlines() or ["without a word"])[-1]
        raise BuildError(f"it ended with {process.returncode}: {last[:200]}")
    return said.decode().strip()


def search_path() -> str:
    """PYTHONPATH for a process of our own: where it finds this program, wherever we found it."""
    ours = str(Path(bot.__file__).parents[1])
    return os.pathsep.join([ours, *filter(None, [os.environ.get("PYTHONPATH")])])
