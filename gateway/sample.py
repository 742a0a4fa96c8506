"""The embedded sample: a real catalogue with real tables, so that a fresh machine has something to answer."""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path

from bot.store.engine import Store
from bot.store.exclusion import exclusive
from bot.store.fact import read_fact, write_fact
from bot.store.source import list_sources

FOLDER = Path(__file__).resolve().parents[1] / "data" / "sample"
_FILES = ("tables.csv", "catalogue.csv")
_DIGEST = "sample digest"


async def ensure_sample(store: Store, *, now: datetime, folder: Path = FOLDER) -> bool:
    """Load the sample unless a source was synced or these very files are loaded already; whether it was loaded.

    It comes by the ordinary sync, as sources of its own, and takes nothing away from any other.
    """
    digest = await asyncio.to_thread(_digest, folder)
    if not await _is_wanted(store, digest):
        return False
    async with exclusive(store, _DIGEST, wait=True):  # another process of the same start may load it just now
        if not await _is_wanted(store, digest):
            return False
        await _load(store, folder, now)
        await write_fact(store, _DIGEST, digest)
    return True


async def _load(store: Store, folder: Path, now: datetime) -> None:
    from gateway.portal import Request, find_portals  # noqa: PLC0415 – only the first start loads the sample,
    from gateway.sync import sync  # noqa: PLC0415 – and every other one would pay for what reads it

    portal = (await asyncio.to_thread(find_portals))["csv"]  # loading programs must not hold the loop
    for file in _FILES:
        request = Request(kind="csv", name=f"sample/{file}", address=str(folder / file))
        await sync(store, portal, request, now=now, yes_halt=True, sample=True)


async def _is_wanted(store: Store, digest: str) -> bool:
    if any(source.version and not source.sample for source in await list_sources(store)):
        return False
    return await read_fact(store, _DIGEST) != digest


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.csv")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()
