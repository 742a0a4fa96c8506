"""Whether the templates that Zalo approved are those of ``data/templates``: else every message is refused."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.core.templates import Template
from gateway.channel import Presence, Wire
from gateway.zalo.caller import Caller
from gateway.zalo.client import Call, ask
from gateway.zalo.failures import Host
from gateway.zalo.templates import declared

INFO = "/template/info/v2"
APPROVED = "ENABLE"


def templates_of(presences: Iterable[Presence], account: str) -> dict[str, str]:
    """The numbers of the templates of an Official Account, on whichever of its channels they are set."""
    found: dict[str, str] = {}
    for presence in presences:
        if presence.account.account == account:
            found |= getattr(presence.account, "templates", {})
    return found


async def check_templates(ids: Mapping[str, str], caller: Caller, wire: Wire) -> list[str]:
    """What is wrong with each template of ``ids`` (its number by our name), a sentence each. Raises SendError."""
    found = []
    for name, number in ids.items():
        info = await ask(Call(path=f"{INFO}?template_id={number}", host=Host.TEMPLATES), caller, wire)
        found += [f"template {name} ({number}): {trouble}" for trouble in _differences(declared()[name], info)]
    return found


def _differences(ours: Template, info: object) -> Iterator[str]:
    if not isinstance(info, dict):
        yield "Zalo says nothing of it"
        return
    if info.get("status") != APPROVED:
        yield f"is not approved ({str(info.get('status', ''))[:40]})"
    theirs = _slots(info)
    for slot in sorted(ours.params.keys() - theirs.keys()):
        yield f"the approved text has no slot {slot}"
    for slot in sorted(theirs.keys() - ours.params.keys()):
        yield f"the approved text has a slot {slot[:40]} that data/templates does not fill"
    for slot in sorted(ours.params.keys() & theirs.keys()):
        if theirs[slot] < ours.params[slot].longest:
            yield f"the slot {slot} takes {theirs[slot]} characters, data/templates says {ours.params[slot].longest}"


def _slots(info: Mapping[str, Any]) -> dict[str, int]:
    """The approved slots with their greatest length; a length that is none is no reason for a word."""
    listed = info.get("listParams")
    slots = [slot for slot in listed if isinstance(slot, dict)] if isinstance(listed, list) else []
    return {str(slot.get("name", "")): _length(slot.get("maxLength")) for slot in slots}


def _length(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 9 else 10**9
