"""Wrong and right clients of Zalo, rule by rule: templates."""

import unicodedata
from datetime import timedelta

from tests.contract.zalo_caller import BY_PHONE_ONLY, DATA, NOT_APPROVED, TEMPLATE, UID, Answer, Caller, Row

DECOMPOSED = unicodedata.normalize("NFD", "Nguyễn Thị Hồng Nhung Quỳnh")


async def _right(caller: Caller) -> Answer:
    return await caller.by_phone()


async def _send_many(caller: Caller, number: int) -> Answer:
    caller.zalo.oa.template_quota = 2
    for _ in range(number - 1):
        await caller.by_phone()
    return await caller.by_phone()


async def _send_tomorrow(caller: Caller) -> Answer:
    await _send_many(caller, 2)
    caller.zalo.clock.turn(timedelta(hours=24))
    return await caller.by_phone()


async def _send_after(caller: Caller, hours: int) -> Answer:
    caller.zalo.world.nights_refused = True
    caller.zalo.clock.turn(timedelta(hours=hours))
    return await caller.by_phone()


async def _send_of_another(caller: Caller) -> Answer:
    caller.zalo.world.templates[TEMPLATE].oa_id = "1"
    return await caller.by_phone()


def _with(**data: object) -> dict[str, object]:
    return {**DATA, **data}


ROWS = (
    Row(
        rule="Z142",
        what="a field that does not exist",
        code=-132,
        wrong=lambda c: c.by_phone(user_id=UID),
        right=_right,
    ),
    Row(
        rule="Z142",
        what="an unknown mode",
        code=-132,
        wrong=lambda c: c.by_phone(mode="test"),
        right=lambda c: c.by_phone(sending_mode="1"),
    ),
    Row(
        rule="Z143",
        what="a number that starts with 0",
        code=-108,
        wrong=lambda c: c.by_phone(phone="0900000001"),
        right=lambda c: c.by_phone(phone="+84900000001"),
    ),
    Row(rule="Z144", what="no tracking id", code=-132, wrong=lambda c: c.by_phone(tracking_id=None), right=_right),
    Row(
        rule="Z144",
        what="a tracking id of 49 characters",
        code=-132,
        wrong=lambda c: c.by_phone(tracking_id="t" * 49),
        right=lambda c: c.by_phone(tracking_id="t" * 48),
    ),
    Row(rule="Z145", what="an unknown template", code=-109, wrong=lambda c: c.by_phone(template_id="1"), right=_right),
    Row(rule="Z145", what="a template of another account", code=-117, wrong=_send_of_another, right=_right),
    Row(
        rule="Z145",
        what="a template under review",
        code=-131,
        wrong=lambda c: c.by_phone(template_id=NOT_APPROVED),
        right=_right,
    ),
    Row(
        rule="Z145",
        what="an unknown template by user id",
        code=-201,
        wrong=lambda c: c.by_uid(template_id="1"),
        right=lambda c: c.by_uid(),
    ),
    Row(
        rule="Z146",
        what="a test message to a stranger",
        code=-127,
        wrong=lambda c: c.by_phone(mode="development"),
        right=lambda c: c.by_phone(mode="development", phone="84900000009"),
    ),
    Row(rule="Z147", what="no data", code=-111, wrong=lambda c: c.by_phone(template_data={}), right=_right),
    Row(rule="Z147", what="data in a list", code=-112, wrong=lambda c: c.by_phone(template_data=["x"]), right=_right),
    Row(
        rule="Z147",
        what="a number as value",
        code=-112,
        wrong=lambda c: c.by_phone(template_data=_with(name=1)),
        right=_right,
    ),
    Row(
        rule="Z147",
        what="a slot left out",
        code=-1122,
        wrong=lambda c: c.by_phone(template_data={"name": "A"}),
        right=_right,
    ),
    Row(
        rule="Z147",
        what="a slot that does not exist",
        code=-132,
        wrong=lambda c: c.by_phone(template_data=_with(x="y")),
        right=_right,
    ),
    Row(
        rule="Z147",
        what="a slot left out by user id",
        code=-201,
        wrong=lambda c: c.by_uid(template_data={"name": "A"}),
        right=lambda c: c.by_uid(),
    ),
    Row(
        rule="Z148",
        what="a name of 31 characters",
        code=-1121,
        wrong=lambda c: c.by_phone(template_data=_with(name="a" * 31)),
        right=lambda c: c.by_phone(template_data=_with(name="a" * 30)),
    ),
    Row(
        rule="Z148",
        what="a name of 31 characters by user id",
        code=-210,
        wrong=lambda c: c.by_uid(template_data=_with(name="a" * 31)),
        right=lambda c: c.by_uid(template_data=_with(name="a" * 30)),
    ),
    Row(
        rule="Z149",
        what="a name whose letters are written apart",
        code=-1121,
        wrong=lambda c: c.by_phone(template_data=_with(name=DECOMPOSED)),
        right=lambda c: c.by_phone(template_data=_with(name=unicodedata.normalize("NFC", DECOMPOSED))),
    ),
    Row(
        rule="Z150",
        what="a date written the other way round",
        code=-1124,
        wrong=lambda c: c.by_phone(template_data=_with(due="2026-11-30")),
        right=lambda c: c.by_phone(template_data=_with(due="08:30 30/11/2026")),
    ),
    Row(
        rule="Z151",
        what="more templates than the day holds",
        code=-144,
        wrong=lambda c: _send_many(c, 3),
        right=_send_tomorrow,
    ),
    Row(
        rule="Z152",
        what="a template at 22:00, where nights are refused",
        code=-133,
        wrong=lambda c: _send_after(c, 13),
        right=lambda c: _send_after(c, 12),
    ),
    Row(
        rule="Z154",
        what="a tracking id by user id",
        code=-201,
        wrong=lambda c: c.by_uid(tracking_id="t-1"),
        right=lambda c: c.by_uid(),
    ),
    Row(
        rule="Z155",
        what="a template that goes by phone only",
        code=-249,
        wrong=lambda c: c.by_uid(template_id=BY_PHONE_ONLY),
        right=lambda c: c.by_phone(template_id=BY_PHONE_ONLY),
    ),
)
