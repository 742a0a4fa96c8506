"""How many templates by phone an account may still send today: a ladder that moves with what people report of it."""

import json
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.fact import read_fact, write_fact
from gateway.channel import Wire
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask
from gateway.zalo.failures import Host
from gateway.zalo.ledger import template_fact

QUOTA = "/message/quota"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateQuota:
    """What Zalo said ``at`` a moment: the quota of the day and what was left of it."""

    daily: int
    remaining: int
    at: datetime


async def note_template_quota(wire: Wire, caller: Caller, quota: object) -> TemplateQuota | None:
    """Keep the ``quota`` of an answer. What is none is passed over: the message was taken all the same."""
    read = _read(quota, wire.clock())
    if read is None:
        return None
    if read.remaining <= read.daily // 10:
        log.warning("zalo.template_quota", account=caller.account, remaining=read.remaining, daily=read.daily)
    document = {"daily": read.daily, "remaining": read.remaining, "at": read.at.isoformat()}
    try:
        await write_fact(wire.store, template_fact(caller.account), json.dumps(document))
    except StoreUnavailableError as error:
        log.warning("zalo.not_noted", reason=str(error))
    return read


async def read_template_quota(store: Store, account: str) -> TemplateQuota | None:
    """The last that Zalo said to ``account``, None when it never did."""
    value = await read_fact(store, template_fact(account))
    if value is None:
        return None
    document = json.loads(value)
    at = datetime.fromisoformat(document["at"])
    return TemplateQuota(daily=document["daily"], remaining=document["remaining"], at=at)


async def ask_template_quota(caller: Caller, wire: Wire) -> TemplateQuota | None:
    """Ask Zalo, and keep the answer. Raises SendError."""
    return await note_template_quota(wire, caller, await ask(Call(path=QUOTA, host=Host.TEMPLATES), caller, wire))


def _read(quota: object, now: datetime) -> TemplateQuota | None:
    """The numbers come as text."""
    if not isinstance(quota, dict):
        return None
    try:
        daily, remaining = int(str(quota["dailyQuota"])), int(str(quota["remainingQuota"]))
    except (KeyError, ValueError):
        return None
    return TemplateQuota(daily=daily, remaining=remaining, at=now)
