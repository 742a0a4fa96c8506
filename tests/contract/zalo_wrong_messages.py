"""Wrong and right clients of Zalo, rule by rule: messages, windows, uploads, quotas."""

import unicodedata
from datetime import timedelta

from simulator.zalo.world import Oa
from tests.contract.zalo_caller import PNG, UID, Answer, Caller, Row

TEXT = {"text": "xin chào"}
URL = "https://tracuu.example/1.png"
REACTION = {"react_icon": "/-heart", "react_message_id": "m1"}
VISITOR = {"anonymous_id": "a1", "conversation_id": "c1"}
DECOMPOSED = unicodedata.normalize("NFD", "ế" * 700)
QUESTION = {"title": "Liên hệ", "subtitle": "Xin cho biết số điện thoại", "image_url": URL}
BUTTON = {"title": "Tiếp", "type": "oa.query.hide", "payload": "#tiep"}
ANOTHER = "4318246701934865999"
REACT, QUOTA, OLD_QUOTA = "/v2.0/oa/message", "/v3.0/oa/quota/message", "/v2.0/oa/quota/message"


async def _right(caller: Caller) -> Answer:
    return await caller.cs(TEXT)


async def _use_own(caller: Caller, kind: str, name: str, content: bytes) -> Answer:
    asset = await caller.uploaded(kind, name, content)
    if kind == "file":
        return await caller.payload({"token": asset}, kind="file")
    return await caller.media(media_type="image", attachment_id=asset)


async def _use_of_another(caller: Caller) -> Answer:
    asset = await caller.uploaded("image", "1.png", PNG)
    caller.zalo.world.assets[asset].oa_id = ANOTHER
    return await caller.media(media_type="image", attachment_id=asset)


async def _write_after(caller: Caller, age: timedelta) -> Answer:
    caller.zalo.interact(UID, ago=age)
    return await caller.cs(TEXT)


async def _write_to_stranger(caller: Caller) -> Answer:
    caller.zalo.person("7293648105738264911")
    return await caller.cs(TEXT, uid="7293648105738264911")


async def _write_to_person_of_another(caller: Caller) -> Answer:
    caller.zalo.add_oa(Oa(oa_id=ANOTHER))
    caller.zalo.interact("1", oa_id=ANOTHER)
    return await caller.cs(TEXT, uid="1")


async def _press(caller: Caller, *buttons: object, taken: bool = True) -> Answer:
    caller.zalo.world.takes_buttons = taken
    return await caller.cs({"text": "chọn", "attachment": {"type": "template", "payload": {"buttons": buttons}}})


async def _ask(caller: Caller, *elements: object) -> Answer:
    return await caller.payload({"template_type": "request_user_info", "elements": elements})


async def _react(caller: Caller, **fields: object) -> Answer:
    return await caller.post(REACT, {"recipient": {"user_id": UID}, **fields})


async def _answer_visitor(caller: Caller, recipient: object) -> Answer:
    return await caller.post(REACT, {"recipient": recipient, "message": TEXT})


ROWS = (
    Row(rule="Z40", what="no message", code=-201, wrong=lambda c: c.cs(None), right=_right),
    Row(rule="Z40", what="a user id as a number", code=-201, wrong=lambda c: c.cs(TEXT, uid=int(UID)), right=_right),
    Row(rule="Z40", what="a message of nothing", code=-201, wrong=lambda c: c.cs({}), right=_right),
    Row(
        rule="Z41",
        what="2,001 characters",
        code=-210,
        wrong=lambda c: c.cs({"text": "a" * 2001}),
        right=lambda c: c.cs({"text": "a" * 2000}),
    ),
    Row(
        rule="Z42",
        what="letters written apart",
        code=-210,
        wrong=lambda c: c.cs({"text": DECOMPOSED}),
        right=lambda c: c.cs({"text": unicodedata.normalize("NFC", DECOMPOSED)}),
    ),
    Row(rule="Z43", what="an empty text", code=-201, wrong=lambda c: c.cs({"text": " "}), right=_right),
    Row(
        rule="Z44",
        what="address and upload at once",
        code=-201,
        wrong=lambda c: c.media(media_type="image", url=URL, attachment_id="x"),
        right=lambda c: c.media(media_type="image", url=URL),
    ),
    Row(
        rule="Z44",
        what="an upload of another account",
        code=-201,
        wrong=_use_of_another,
        right=lambda c: _use_own(c, "image", "1.png", PNG),
    ),
    Row(
        rule="Z45",
        what="a file without a token",
        code=-201,
        wrong=lambda c: c.payload({"url": URL}, kind="file"),
        right=lambda c: _use_own(c, "file", "1.csv", b"a,b"),
    ),
    Row(
        rule="Z46",
        what="a gif without its size",
        code=-201,
        wrong=lambda c: c.media(media_type="gif", url=URL),
        right=lambda c: c.media(media_type="gif", url=URL, width=1, height=1),
    ),
    Row(
        rule="Z46",
        what="a sticker by address",
        code=-201,
        wrong=lambda c: c.media(media_type="sticker", url=URL),
        right=lambda c: c.media(media_type="sticker", attachment_id="46988"),
    ),
    Row(
        rule="Z47",
        what="two questions",
        code=-201,
        wrong=lambda c: _ask(c, QUESTION, QUESTION),
        right=lambda c: _ask(c, QUESTION),
    ),
    Row(
        rule="Z47",
        what="a title of 101 characters",
        code=-210,
        wrong=lambda c: _ask(c, {**QUESTION, "title": "a" * 101}),
        right=lambda c: _ask(c, {**QUESTION, "title": "a" * 100, "subtitle": "b" * 500}),
    ),
    Row(
        rule="Z47",
        what="a subtitle of 501 characters",
        code=-210,
        wrong=lambda c: _ask(c, {**QUESTION, "subtitle": "b" * 501}),
        right=lambda c: _ask(c, {**QUESTION, "subtitle": "b" * 500}),
    ),
    Row(
        rule="Z48",
        what="buttons",
        code=-233,
        wrong=lambda c: _press(c, BUTTON, taken=False),
        right=lambda c: _press(c, BUTTON),
    ),
    Row(rule="Z49", what="a message by version 2", code=-240, wrong=lambda c: _react(c, message=TEXT), right=_right),
    Row(
        rule="Z50",
        what="a transaction message",
        code=-233,
        wrong=lambda c: c.post("/v3.0/oa/message/transaction", {}),
        right=lambda c: c.by_uid(),
    ),
    Row(
        rule="Z50",
        what="a promotion message",
        code=-233,
        wrong=lambda c: c.post("/v3.0/oa/message/promotion", {}),
        right=lambda c: c.by_uid(),
    ),
    Row(
        rule="Z51",
        what="a list",
        code=-233,
        wrong=lambda c: c.payload({"template_type": "list", "elements": []}),
        right=_right,
    ),
    Row(
        rule="Z52",
        what="six buttons",
        code=-210,
        wrong=lambda c: _press(c, *[BUTTON] * 6),
        right=lambda c: _press(c, *[BUTTON] * 5),
    ),
    Row(
        rule="Z52",
        what="a button's title of 101 characters",
        code=-210,
        wrong=lambda c: _press(c, {**BUTTON, "title": "a" * 101}),
        right=lambda c: _press(c, {**BUTTON, "title": "a" * 100}),
    ),
    Row(
        rule="Z52",
        what="a link as a string",
        code=-201,
        wrong=lambda c: _press(c, {**BUTTON, "type": "oa.open.url"}),
        right=lambda c: _press(c, {**BUTTON, "type": "oa.open.url", "payload": {"url": URL}}),
    ),
    Row(
        rule="Z52",
        what="a payload of 1,001 characters",
        code=-210,
        wrong=lambda c: _press(c, {**BUTTON, "payload": "#" * 1001}),
        right=lambda c: _press(c, {**BUTTON, "payload": "#" * 1000, "title": "a" * 100}),
    ),
    Row(
        rule="Z62",
        what="a message after 7 days",
        code=-230,
        wrong=lambda c: _write_after(c, timedelta(days=7, seconds=1)),
        right=lambda c: _write_after(c, timedelta(days=7)),
    ),
    Row(rule="Z62", what="a message to somebody who never wrote", code=-232, wrong=_write_to_stranger, right=_right),
    Row(rule="Z64", what="a person of another account", code=-201, wrong=_write_to_person_of_another, right=_right),
    Row(
        rule="Z66",
        what="quotas of nobody",
        code=-201,
        wrong=lambda c: c.post(QUOTA, {"product_type": "cs"}),
        right=lambda c: c.post(QUOTA, {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}),
    ),
    Row(
        rule="Z67",
        what="the old quotas of an unknown type",
        code=-201,
        wrong=lambda c: c.post(OLD_QUOTA, {"user_id": UID, "type": "cs"}),
        right=lambda c: c.post(OLD_QUOTA, {"user_id": UID, "type": "promotion"}),
    ),
    Row(
        rule="Z82",
        what="a reaction without an icon",
        code=-201,
        wrong=lambda c: _react(c, sender_action={**REACTION, "react_icon": "heart"}),
        right=lambda c: _react(c, sender_action=REACTION),
    ),
    Row(
        rule="Z83",
        what="a visitor without a conversation",
        code=-201,
        wrong=lambda c: _answer_visitor(c, {"anonymous_id": "a1"}),
        right=lambda c: _answer_visitor(c, VISITOR),
    ),
)
