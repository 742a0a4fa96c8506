"""Templates: what was approved, which values their slots take, by phone and by user id."""

import re
import unicodedata
from collections.abc import Mapping

from simulator.zalo.access import Asked
from simulator.zalo.clock import millis
from simulator.zalo.windows import at_night, known, reach
from simulator.zalo.world import Parameter, Refused, Sent, Template, World

TRACKING = 48
_PHONE = re.compile(r"\+?84\d{9}")
_DATE = re.compile(r"(?:\d{2}:\d{2}(?::\d{2})? )?\d{2}/\d{2}/\d{4}")
_BY_PHONE = frozenset({"phone", "template_id", "template_data", "tracking_id", "mode", "sending_mode"})
_BY_UID = frozenset({"user_id", "template_id", "template_data"})


def find(world: World, asked: Asked, template_id: object, *, code: int, rule: str) -> Template:
    """The template with this id of the calling account, if it may be used. Raises Refused."""
    template = world.templates.get(template_id) if isinstance(template_id, str) else None
    if template is None:
        raise Refused(code, rule=rule, detail="template_id")
    if template.oa_id != asked.oa.oa_id:
        raise Refused(-117 if code == -109 else code, rule=rule, detail="template_id of another account")
    if template.code:
        raise Refused(template.code)
    return template


def send_by_phone(world: World, asked: Asked) -> object:
    """``POST business.openapi.zalo.me/message/template``."""
    fields = asked.fields()
    _judge_fields(fields, _BY_PHONE, -132)
    phone, tracking = fields.get("phone"), fields.get("tracking_id")
    if not isinstance(phone, str) or not _PHONE.fullmatch(phone):
        raise Refused(-108, rule="Z143", detail="phone is not 84xxxxxxxxx")
    if not isinstance(tracking, str) or not 0 < len(tracking) <= TRACKING:
        raise Refused(-132, rule="Z144", detail=f"tracking_id has 1 to {TRACKING} characters")
    template = find(world, asked, fields.get("template_id"), code=-109, rule="Z145")
    if template.status != "ENABLE":
        raise Refused(-131, rule="Z145", detail=f"the template is {template.status}")
    _fill(template, fields.get("template_data"))
    _judge_mode(world, fields, phone)
    _may_receive(world, phone)
    quota = _spend(world, asked)
    sent = _accept(world, asked, phone.removeprefix("+"), template, fields, tracking=tracking)
    return {
        "msg_id": sent.message_id,
        "sent_time": millis(sent.at),
        "sending_mode": str(fields.get("sending_mode", "1")),
        "quota": quota,
    }


def send_by_uid(world: World, asked: Asked) -> object:
    """``POST openapi.zalo.me/v3.0/oa/message/template``."""
    fields = asked.fields()
    _judge_fields(fields, _BY_UID, -201, rule="Z154")
    person = known(world, asked.oa, fields.get("user_id"), rule="Z154")
    template = find(world, asked, fields.get("template_id"), code=-201, rule="Z145")
    if not template.by_uid:
        raise Refused(-249, rule="Z155", detail="this template goes by phone only")
    try:
        _fill(template, fields.get("template_data"))
    except Refused as refused:  # the same fault has another number on this host
        raise Refused(-210 if refused.code == -1121 else -201, rule=refused.rule, detail=refused.detail) from None
    reach(person, world.clock())
    sent = _accept(world, asked, person.uid, template, fields)
    return {
        "message_id": sent.message_id,
        "user_id": person.uid,
        "sent_time": millis(sent.at),
        "quota": {"quota_type": "template_uid", "remain": str(asked.oa.balance)},
    }


def _judge_fields(fields: Mapping[str, object], wanted: frozenset[str], code: int, *, rule: str = "Z142") -> None:
    if unknown := sorted(fields.keys() - wanted):
        raise Refused(code, rule=rule, detail=f"unknown {', '.join(unknown)}")


def _fill(template: Template, data: object) -> None:
    """Raise Refused unless ``data`` fits the slots, with the codes of the phone host."""
    if not data:
        raise Refused(-111, rule="Z147", detail="template_data is empty")
    if not isinstance(data, dict):
        raise Refused(-112, rule="Z147", detail="template_data is no object")
    if missing := sorted(n for n, p in template.parameters.items() if p.required and data.get(n) in {None, ""}):
        raise Refused(-1122, rule="Z147", detail=f"missing {', '.join(missing)}")
    if unknown := sorted(data.keys() - template.parameters.keys()):
        raise Refused(-132, rule="Z147", detail=f"unknown {', '.join(unknown)}")
    for name, value in data.items():
        _judge_value(name, value, template.parameters[name])


def _judge_value(name: str, value: object, slot: Parameter) -> None:
    if not isinstance(value, str):
        raise Refused(-112, rule="Z147", detail=f"{name} is no string")
    if len(value) > slot.length:
        composed = len(unicodedata.normalize("NFC", value)) <= slot.length
        raise Refused(
            -1121, rule="Z149" if composed else "Z148", detail=f"{name} has more than {slot.length} characters"
        )
    if (slot.kind == "DATE" and not _DATE.fullmatch(value)) or (slot.kind == "NUMBER" and not value.isdecimal()):
        raise Refused(-1124, rule="Z150", detail=f"{name} is no {slot.kind.lower()}")


def _judge_mode(world: World, fields: Mapping[str, object], phone: str) -> None:
    mode = fields.get("mode")
    if mode not in {None, "development"} or fields.get("sending_mode", "1") not in {"1", "3"}:
        raise Refused(-132, rule="Z142", detail="mode or sending_mode")
    if mode and phone.removeprefix("+") not in world.admins:
        raise Refused(-127, rule="Z146", detail="development messages go to administrators only")
    if world.nights_refused and at_night(world.clock()):
        raise Refused(-133, rule="Z152", detail="between 22:00 and 06:00")


def _may_receive(world: World, phone: str) -> None:
    if code := world.phones.get(phone.removeprefix("+"), 0):
        raise Refused(code)


def _spend(world: World, asked: Asked) -> dict[str, object]:
    """Take one from the day's quota and the balance; the quota as it stands, in strings. Raises Refused."""
    oa = asked.oa
    spent = world.templates_today(oa.oa_id)
    if spent >= oa.template_quota:
        raise Refused(-144, rule="Z151", detail=f"more than {oa.template_quota} templates in this day")
    if oa.balance <= 0:
        raise Refused(-115)
    oa.balance -= 1
    return {"dailyQuota": str(oa.template_quota), "remainingQuota": str(oa.template_quota - spent - 1)}


def _accept(
    world: World, asked: Asked, to: str, template: Template, fields: Mapping[str, object], *, tracking: str = ""
) -> Sent:
    sent = Sent(
        message_id=world.new_id(),
        oa_id=asked.oa.oa_id,
        to=to,
        kind="template",
        text="",
        message=dict(fields),
        paid=template.template_id,
        at=world.clock(),
        tracking_id=tracking,
    )
    world.accept(sent)
    return sent
