"""Messages of an Official Account to a person: which shapes are taken, and what they cost."""

import unicodedata
from collections.abc import Callable, Mapping

from simulator.zalo.access import Asked
from simulator.zalo.clock import millis
from simulator.zalo.uploads import use_asset
from simulator.zalo.windows import charge, known, reach
from simulator.zalo.world import Oa, Person, Refused, Sent, World

TEXT = 2000
_TITLE, _SUBTITLE, _PAYLOAD, _BUTTONS = 100, 500, 1000, 5
_BUTTON_TYPES: Mapping[str, frozenset[str] | None] = {
    "oa.query.show": None,
    "oa.query.hide": None,
    "oa.open.url": frozenset({"url"}),
    "oa.open.phone": frozenset({"phone_code"}),
    "oa.open.sms": frozenset({"phone_code", "content"}),
}
"""The fields of a button's payload; None = a string."""
_MEDIA_USED = {"image": "image", "sticker": "", "gif": "gif"}


def send(world: World, asked: Asked) -> object:
    """``message/cs``: a consultation message within the window."""
    fields = asked.fields()
    person = known(world, asked.oa, _object(fields, "recipient", "Z40").get("user_id"), rule="Z40")
    message = _object(fields, "message", "Z40")
    kind = _judge(world, asked.oa, message)
    reach(person, world.clock())
    paid, quota = charge(asked.oa, person, world.clock())
    sent = _accept(world, person, message, kind=kind, paid=paid)
    answer: dict[str, object] = {
        "message_id": sent.message_id,
        "user_id": person.uid,
        "sent_time": millis(sent.at),
    }
    return answer | ({"quota": quota} if quota else {})


def react(world: World, asked: Asked) -> object:
    """A reaction to a message; the messages that this address took before 2023 are refused."""
    fields = asked.fields()
    recipient = _object(fields, "recipient", "Z82")
    if "anonymous_id" in recipient:
        return _answer_visitor(world, asked, recipient, _object(fields, "message", "Z83"))
    if "message" in fields:
        raise Refused(-240, rule="Z49", detail="messages are sent by /v3.0/oa/message/cs")
    person = known(world, asked.oa, recipient.get("user_id"), rule="Z82")
    action = _object(fields, "sender_action", "Z82")
    icon, target = action.get("react_icon"), action.get("react_message_id")
    if not isinstance(icon, str) or not icon.startswith("/-") or not isinstance(target, str) or not target:
        raise Refused(-201, rule="Z82", detail="react_icon or react_message_id")
    reach(person, world.clock())
    sent = _accept(world, person, action, kind="react", paid="reply")
    return {"message_id": sent.message_id, "user_id": person.uid}


def _answer_visitor(world: World, asked: Asked, recipient: dict[str, object], message: dict[str, object]) -> object:
    """A text to somebody who is not signed in, in the conversation that their event named."""
    visitor, conversation = recipient.get("anonymous_id"), recipient.get("conversation_id")
    if not isinstance(visitor, str) or not isinstance(conversation, str) or not visitor or not conversation:
        raise Refused(-201, rule="Z83", detail="anonymous_id or conversation_id")
    _judge_text(message.get("text"))
    stranger = Person(uid=visitor, oa_id=asked.oa.oa_id)
    return {"message_id": _accept(world, stranger, message, kind="anonymous", paid="reply").message_id}


def refuse_closed(_world: World, _asked: Asked) -> object:
    """Transaction and promotion messages ended on 2026-03-01."""
    raise Refused(-233, rule="Z50", detail="closed since 2026-03-01, use a template by user id")


def _accept(world: World, person: Person, message: dict[str, object], *, kind: str, paid: str) -> Sent:
    text = message.get("text", "")
    sent = Sent(
        message_id=world.new_id(),
        oa_id=person.oa_id,
        to=person.uid,
        kind=kind,
        text=text if isinstance(text, str) else "",
        message=message,
        paid=paid,
        at=world.clock(),
    )
    world.accept(sent)
    return sent


def _judge(world: World, oa: Oa, message: dict[str, object]) -> str:
    """The kind of ``message``. Raises Refused for what Zalo would not take."""
    if "text" in message:
        _judge_text(message["text"])
    if "attachment" not in message:
        if not message.get("text"):
            raise Refused(-201, rule="Z40", detail="message has neither text nor attachment")
        return "text"
    attachment = _object(message, "attachment", "Z40")
    payload = _object(attachment, "payload", "Z40")
    if attachment.get("type") == "file":
        use_asset(world, oa, payload.get("token"), "file", rule="Z45")
        return "file"
    if attachment.get("type") != "template":
        raise Refused(-201, rule="Z40", detail="attachment.type")
    return _judge_payload(world, oa, payload)


def _judge_text(text: object) -> None:
    if not isinstance(text, str) or not text.strip():
        raise Refused(-201, rule="Z43", detail="text is empty")
    if len(text) > TEXT:
        raise Refused(-210, rule=_which_limit(text), detail=f"text has {len(text)} of {TEXT} characters")


def _judge_payload(world: World, oa: Oa, payload: dict[str, object]) -> str:
    kind = payload.get("template_type")
    if kind is None and "buttons" in payload:
        judge_buttons(payload["buttons"])
        if not world.takes_buttons:
            raise Refused(-233, rule="Z48", detail="buttons are not documented for this address")
        return "buttons"
    judges: dict[object, Callable[[World, Oa, dict[str, object]], str]] = {
        "media": _judge_media,
        "request_user_info": _judge_question,
    }
    if kind not in judges:
        raise Refused(-233, rule="Z51", detail=f"template_type {kind}")
    return judges[kind](world, oa, payload)


def _judge_media(world: World, oa: Oa, payload: dict[str, object]) -> str:
    element = _only_element(payload, "Z44")
    kind = element.get("media_type")
    if kind not in _MEDIA_USED:
        raise Refused(-201, rule="Z44", detail="media_type")
    if ("url" in element) == ("attachment_id" in element):
        raise Refused(-201, rule="Z44", detail="either url or attachment_id")
    if kind == "gif" and not {"width", "height"} <= element.keys():
        raise Refused(-201, rule="Z46", detail="a gif has width and height")
    if kind == "sticker" and "url" in element:
        raise Refused(-201, rule="Z46", detail="a sticker has an attachment_id")
    if kind != "sticker" and "attachment_id" in element:
        use_asset(world, oa, element["attachment_id"], _MEDIA_USED[kind], rule="Z44")
    return str(kind)


def _judge_question(_world: World, _oa: Oa, payload: dict[str, object]) -> str:
    element = _only_element(payload, "Z47")
    for name, most in (("title", _TITLE), ("subtitle", _SUBTITLE)):
        value = element.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(-201, rule="Z47", detail=name)
        if len(value) > most:
            raise Refused(-210, rule="Z47", detail=f"{name} has more than {most} characters")
    if not isinstance(element.get("image_url"), str):
        raise Refused(-201, rule="Z47", detail="image_url")
    return "request_user_info"


def judge_buttons(buttons: object) -> None:
    """Raise Refused unless these are one to five buttons as documented."""
    if not isinstance(buttons, list) or not buttons:
        raise Refused(-201, rule="Z52", detail="buttons")
    if len(buttons) > _BUTTONS:
        raise Refused(-210, rule="Z52", detail=f"more than {_BUTTONS} buttons")
    for button in buttons:
        if not isinstance(button, dict) or button.get("type") not in _BUTTON_TYPES:
            raise Refused(-201, rule="Z52", detail="a button's type")
        title, payload = button.get("title"), button.get("payload")
        if not isinstance(title, str) or not title or len(title) > _TITLE:
            raise Refused(-210, rule="Z52", detail=f"a button's title has 1 to {_TITLE} characters")
        _judge_button_payload(payload, _BUTTON_TYPES[button["type"]])


def _judge_button_payload(payload: object, wanted: frozenset[str] | None) -> None:
    if wanted is None:
        if not isinstance(payload, str) or not payload or len(payload) > _PAYLOAD:
            raise Refused(-210, rule="Z52", detail=f"a button's payload has 1 to {_PAYLOAD} characters")
    elif not isinstance(payload, dict) or payload.keys() != wanted:
        raise Refused(-201, rule="Z52", detail=f"a button's payload holds {', '.join(sorted(wanted))}")


def _only_element(payload: dict[str, object], rule: str) -> dict[str, object]:
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise Refused(-201, rule=rule, detail="exactly one element")
    return elements[0]


def _object(fields: dict[str, object], name: str, rule: str) -> dict[str, object]:
    value = fields.get(name)
    if not isinstance(value, dict):
        raise Refused(-201, rule=rule, detail=name)
    return value


def _which_limit(text: str) -> str:
    """Too long, or long only because its letters are written apart."""
    return "Z42" if len(unicodedata.normalize("NFC", text)) <= TEXT else "Z41"
