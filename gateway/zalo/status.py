"""What there is to know about an Official Account: its token, what Zalo says of it, quotas, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.core.local_time import local_day
from gateway.channel import Wire
from gateway.errors import SendError
from gateway.zalo.approval import check_templates
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask
from gateway.zalo.condition import Condition, examine_token
from gateway.zalo.ledger import Ledger, read_ledger
from gateway.zalo.login import GETOA
from gateway.zalo.windows import QUOTA

TYPES = {2: "business", 4: "government"}
WARN_BEFORE = timedelta(days=30)
_ASSETS = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
_SHOWN = ("name", "is_verified", "package_name", "package_valid_through_date", "num_follower")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """``oa`` is what Zalo says of the account, ``assets`` its quotas; both empty where Zalo could not be asked.

    ``troubles`` need somebody now, ``warnings`` soon.
    """

    condition: Condition
    ledger: Ledger
    oa: Mapping[str, Any]
    assets: tuple[Mapping[str, Any], ...]
    troubles: tuple[str, ...]
    warnings: tuple[str, ...]


async def read_status(caller: Caller, wire: Wire, *, templates: Mapping[str, str] = MappingProxyType({})) -> Status:
    """Look at the token, and with it ask Zalo, also about ``templates``. Nothing that Zalo answers raises."""
    now = wire.clock()
    condition = await examine_token(wire.store, caller.account, now=now)
    oa: Mapping[str, Any] = {}
    assets: tuple[Mapping[str, Any], ...] = ()
    troubles: list[str] = []
    warnings: list[str] = []
    if condition.is_good:
        try:
            oa = await read_account(caller, wire)
            assets = await _read_assets(caller, wire)
            warnings += await check_templates(templates, caller, wire)
        except SendError as error:
            troubles.append(str(error))
        condition = await examine_token(wire.store, caller.account, now=now)
    if not condition.is_good:
        troubles.append(f"token {condition.sentence(now)}")
    elif condition.is_late(now):
        warnings.append(f"token {condition.sentence(now)}")
    if oa:
        troubles += list(_wrong_with(oa, caller))
        warnings += list(_worth_a_word(oa, now))
    return Status(
        condition=condition,
        ledger=await read_ledger(wire.store, caller.account, now=now),
        oa=oa,
        assets=assets,
        troubles=tuple(troubles),
        warnings=tuple(warnings),
    )


async def read_account(caller: Caller, wire: Wire) -> Mapping[str, Any]:
    """What Zalo says of the account that the token belongs to. Raises SendError."""
    answer = await ask(Call(path=GETOA), caller, wire)
    if not isinstance(answer, dict):
        return {}
    shown = {name: answer[name] for name in _SHOWN if name in answer}
    kind = str(answer.get("oa_type", ""))
    return {
        "id": str(answer.get("oaid") or answer.get("oa_id") or ""),
        **shown,
        "type": TYPES.get(int(kind), kind) if kind.isdecimal() else kind,
    }


async def _read_assets(caller: Caller, wire: Wire) -> tuple[Mapping[str, Any], ...]:
    answer = await ask(Call(path=QUOTA, body=_ASSETS), caller, wire)
    return tuple(asset for asset in answer if isinstance(asset, dict)) if isinstance(answer, list) else ()


def _wrong_with(oa: Mapping[str, Any], caller: Caller) -> list[str]:
    if oa["id"] != caller.account:
        return [f"the token belongs to another Official Account ({oa['id']}): log in as an administrator of this one"]
    return []


def _worth_a_word(oa: Mapping[str, Any], now: datetime) -> list[str]:
    found = []
    if oa.get("is_verified") is False:
        found.append("the Official Account is not verified")
    try:
        ends = datetime.strptime(str(oa.get("package_valid_through_date", "")), "%d/%m/%Y").date()  # noqa: DTZ007 – a day
    except ValueError:
        return found
    left = ends - local_day(now)
    if left <= WARN_BEFORE:
        found.append(
            f"the package {oa.get('package_name', '')} ends in {left.days} days: after that nothing is sent (-224)"
        )
    return found
