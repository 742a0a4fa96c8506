"""What an update of the Bot Platform means: words, an attachment – or nothing for us. Pure, over the raw JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.mask import make_storable
from bot.core.messages import Address, AttachmentKind, InboundMessage
from bot.core.text import clean
from gateway.channel import Parsed
from gateway.errors import BadPayloadError
from gateway.json_body import load_object
from gateway.zalo_bot.account import NAME, ZaloBotAccount

_MAX_ID = 128
_LAST_MILLISECOND = 253_402_300_799_000  # of the year 9999

_KINDS = {
    "message.text.received": None,
    "message.link.received": AttachmentKind.OTHER,
    "message.image.received": AttachmentKind.PICTURE,
    "message.sticker.received": AttachmentKind.STICKER,
    "message.voice.received": AttachmentKind.VOICE,
    "message.unsupported.received": AttachmentKind.OTHER,
}
"""The events that are messages (B53); of links, pictures and voices only the kind is kept, never where they are."""
_UNSUPPORTED = "message.unsupported.received"
_PASSED_OVER = {"message.reaction.received": "reaction"}

Json = Mapping[str, Any]


def read_update(body: bytes, account: ZaloBotAccount, now: datetime) -> Parsed:
    """What the update in ``body`` carries for ``account``, in either shape (B13). Raises BadPayloadError when it is
    none."""
    document = load_object(body, "update")
    update = document if "event_name" in document else document.get("result")
    if not isinstance(update, dict):
        raise BadPayloadError("there is no update")
    event, message = update.get("event_name"), update.get("message")
    if not isinstance(event, str):
        raise BadPayloadError('"event_name" is no name')
    if event not in _KINDS:
        return Parsed(event=_PASSED_OVER.get(event, "unknown"))
    if not isinstance(message, dict):
        raise BadPayloadError('"message" is no message')
    return _read_message(event, message, account, now)


def _read_message(event: str, message: Json, account: ZaloBotAccount, now: datetime) -> Parsed:
    number = _identify(message.get("message_id"), "message_id")
    chat = _part(message, "chat")
    user = _identify(chat.get("id"), "chat.id")
    if chat.get("chat_type", "PRIVATE") != "PRIVATE":
        return Parsed(
            event="group"
        )  # an officer is bound alone, and what a group says would be answered for all to see
    if _part(message, "from").get("is_bot") is True:
        return Parsed(event="bot")  # two robots would talk for ever
    attachment = _KINDS[event]
    # what the platform keeps from us – of a child, say – we do not look for elsewhere in the update (B51)
    typed = "" if event == _UNSUPPORTED else _text(message.get("text")) or _text(message.get("caption"))
    if attachment is None and "text" not in message:
        return Parsed(event="wordless")
    words = InboundMessage(
        address=Address(channel=NAME, account=account.account, user=user),
        external_id=number,
        received_at=now,
        sent_at=_moment(message.get("date")),
        text=make_storable(typed),
        attachment=attachment,
    )
    return Parsed(messages=(words,))


def _part(whole: Json, name: str) -> Json:
    value = whole.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _identify(value: object, name: str) -> str:
    """An id as text, also where it came as a number."""
    number = str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)
    if not 1 <= len(number) <= _MAX_ID or clean(number) != number:
        raise BadPayloadError(f'"{name}" is no id')
    return number


def _moment(millis: object) -> datetime | None:
    """Milliseconds since 1970 (B52); None when it is none, for nothing depends on it."""
    if isinstance(millis, str) and millis.isascii() and millis.isdigit() and len(millis) <= 15:
        millis = int(millis)
    if isinstance(millis, bool) or not isinstance(millis, int) or not 0 <= millis <= _LAST_MILLISECOND:
        return None
    return datetime.fromtimestamp(millis / 1000, UTC)
