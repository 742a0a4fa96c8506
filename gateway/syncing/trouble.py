"""Sources that cannot be synced, kept where an operator looks until they can be again."""

import json
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.store.engine import Store
from bot.store.fact import drop_fact, read_fact, read_facts, write_fact
from bot.store.source import find_source
from gateway.portal import Request

_PREFIX = "sync trouble "


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source that could not be synced ``since`` then, and why; ``consent`` is the option that takes it anyway."""

    kind: str
    name: str
    province: str
    address: str
    since: datetime
    reason: str
    consent: str = ""

    @property
    def advice(self) -> str:
        """What an administrator may do about it, in one sentence; empty where waiting is all."""
        if not self.consent:
            return ""
        request = Request(kind=self.kind, address=self.address, name=self.name, province=self.province)
        return f"if that is right: {command_for(request, self.consent)}"


def command_for(request: Request, option: str) -> str:
    """The command that syncs the source of ``request`` with ``option``, as it is typed."""
    words = ["tracuu", "sync", "--source", f"{request.kind}:{request.address}"]
    words += ["--name", request.name] if request.name != request.address else []
    words += ["--province", request.province] if request.province else []
    return shlex.join([*words, option])


async def note_trouble(store: Store, request: Request, reason: str, *, consent: str = "", now: datetime) -> None:
    """Keep that the source could not be synced; the time is that of the first of several failures.

    A source that waits for a yes goes on waiting while it cannot be read.
    """
    name = _name(request)
    before = json.loads(await read_fact(store, name) or "{}")
    if before.get("consent") and not consent:
        return
    since = before.get("since", now.isoformat())
    kept = {"address": request.address, "since": since, "reason": reason, "consent": consent}
    await write_fact(store, name, json.dumps(kept, ensure_ascii=False))


async def end_trouble(store: Store, request: Request, *, whole: bool) -> None:
    """The source was synced; one that waits for a yes only gets rid of that by a ``whole`` reading."""
    before = await read_fact(store, _name(request))
    if before is not None and (whole or not json.loads(before)["consent"]):
        await drop_fact(store, _name(request))


async def drop_strangers(store: Store, *, known: Collection[tuple[str, str, str]]) -> None:
    """Forget the trouble with sources that were never synced and are none of the ``known`` (kind, name, province)."""
    for trouble in await read_troubles(store):
        kind, name, province = trouble.kind, trouble.name, trouble.province
        if (kind, name, province) not in known and not await find_source(
            store, kind=kind, name=name, province=province
        ):
            request = Request(kind=kind, address=trouble.address, name=name, province=province)
            await drop_fact(store, _name(request))


async def read_troubles(store: Store) -> tuple[Trouble, ...]:
    """Every source that could not be synced at the last attempt."""
    troubles = []
    for name, value in (await read_facts(store, _PREFIX)).items():
        kind, named, province = json.loads(name)
        kept = json.loads(value)
        kept["since"] = datetime.fromisoformat(kept["since"])
        troubles.append(Trouble(kind=kind, name=named, province=province, **kept))
    return tuple(sorted(troubles, key=lambda trouble: trouble.since))


def _name(request: Request) -> str:
    return _PREFIX + json.dumps([request.kind, request.name, request.province], ensure_ascii=False)
