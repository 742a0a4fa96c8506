"""What Zalo told us besides its answers: the calls left in this minute, the quota that a message took, and what was
billed. Kept in the store, because whoever wants to know runs in another process."""

import json
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import structlog

from bot.core.errors import StoreUnavailableError
from bot.core.local_time import VIETNAM
from bot.store.engine import Store
from bot.store.fact import count_up, read_fact, write_fact
from gateway.channel import Wire
from gateway.zalo.caller import Caller

NOTED_EVERY = timedelta(minutes=1)
"""How often the same kind of news of an account is written down."""

log = structlog.get_logger()
_noted: WeakKeyDictionary[Store, dict[str, datetime]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many calls an account may make in a minute, and how many were left."""

    limit: int
    remain: int


async def note_rate(wire: Wire, caller: Caller, rate: Rate | None) -> None:
    """Keep ``rate``, now and then."""
    if rate is None:
        return
    document = {"limit": rate.limit, "remain": rate.remain, "at": wire.clock().isoformat()}
    await _note(wire, f"zalo.rate.{caller.account}", document)


async def note_quota(wire: Wire, caller: Caller, quota: object) -> None:
    """Keep what a message took: ``quota`` as the answer holds it; one without a quota was billed, and is counted."""
    if not isinstance(quota, dict):
        month = wire.clock().astimezone(VIETNAM).strftime("%Y-%m")
        name = billed_fact(caller.account, month)
        await _leniently(wire.store.write(lambda connection: count_up(connection, name)))
        return
    kind = str(quota.get("quota_type", ""))[:40]
    if kind == "reply":  # free, and its numbers mean nothing since 2026
        return
    told = {key: str(quota[key])[:40] for key in ("remain", "total", "expired_date") if key in quota}
    await _note(wire, f"zalo.quota.{caller.account}", {"type": kind, **told, "at": wire.clock().isoformat()})


def billed_fact(account: str, month: str) -> str:
    """Under which name the billed messages of a month (2026-11) are counted."""
    return f"zalo.billed.{account}.{month}"


def template_fact(account: str) -> str:
    """Under which name the day's quota of templates is kept: ``daily``, ``remaining``, ``at``."""
    return f"zalo.template_quota.{account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known of an account; None = nothing was heard yet. ``billed`` are the messages of this month,
    ``templates`` is the day's quota of templates by phone."""

    rate: dict[str, Any] | None
    quota: dict[str, Any] | None
    billed: int
    templates: dict[str, Any] | None = None


async def read_ledger(store: Store, account: str, *, now: datetime) -> Ledger:
    """What was noted of ``account``."""
    rate = await read_fact(store, f"zalo.rate.{account}")
    quota = await read_fact(store, f"zalo.quota.{account}")
    billed = await read_fact(store, billed_fact(account, now.astimezone(VIETNAM).strftime("%Y-%m")))
    templates = await read_fact(store, template_fact(account))
    return Ledger(
        rate=json.loads(rate) if rate else None,
        quota=json.loads(quota) if quota else None,
        billed=int(billed or 0),
        templates=json.loads(templates) if templates else None,
    )


async def _note(wire: Wire, name: str, document: dict[str, object]) -> None:
    now, noted = wire.clock(), _noted.setdefault(wire.store, {})
    last = noted.get(name)
    if last is not None and last <= now < last + NOTED_EVERY:
        return
    noted[name] = now
    await _leniently(write_fact(wire.store, name, json.dumps(document)))


async def _leniently(writing: Awaitable[object]) -> None:
    """The call has been answered; that a number beside it is lost must not look like its failure."""
    try:
        await writing
    except StoreUnavailableError as error:
        log.warning("zalo.not_noted", reason=str(error))
