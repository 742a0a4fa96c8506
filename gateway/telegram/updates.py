"""What an update of the Bot API means: words, a pressed button, an attachment, a person who blocks us – or nothing.

Pure, over the raw JSON: Telegram adds kinds and members of objects all the time, so only what is needed is looked at,
and what is not known is passed over under a name for a counter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.mask import make_storable
from bot.core.messages import Address, AttachmentKind, InboundMessage, Sign, SignKind
from bot.core.text import clean
from gateway.channel import Parsed
from gateway.errors import BadPayloadError
from gateway.json_body import load_object
from gateway.telegram.account import NAME, TelegramAccount
from gateway.telegram.courtesy import show_typing, stop_spinner
from gateway.telegram.words import own_words

_MAX_ID = 64
_MAX_DATA = 64  # bytes, Bot API, InlineKeyboardButton; a modified app may send anything
_LAST_SECOND = 253_402_300_799  # of the year 9999

_ATTACHMENTS = (
    # an animation also carries "document", a venue also "location"
    ("photo", AttachmentKind.PICTURE),
    ("sticker", AttachmentKind.STICKER),
    ("animation", AttachmentKind.VIDEO),
    ("video", AttachmentKind.VIDEO),
    ("video_note", AttachmentKind.VIDEO),
    ("voice", AttachmentKind.VOICE),
    ("audio", AttachmentKind.VOICE),
    ("location", AttachmentKind.PLACE),
    ("contact", AttachmentKind.CONTACT),
    ("document", AttachmentKind.FILE),
    ("paid_media", AttachmentKind.OTHER),
    ("poll", AttachmentKind.OTHER),
    ("dice", AttachmentKind.OTHER),
    ("game", AttachmentKind.OTHER),
    ("story", AttachmentKind.OTHER),
    ("checklist", AttachmentKind.OTHER),
)

_MEMBERS = {
    "kicked": SignKind.LEFT,
    "left": SignKind.LEFT,
    "member": SignKind.INTERACTED,
    "administrator": SignKind.INTERACTED,
}
"""What the bot's new standing in a chat (Bot API, ChatMemberUpdated) says about who can be reached there."""

Json = Mapping[str, Any]


def read_update(body: bytes, account: TelegramAccount, now: datetime) -> Parsed:
    """What the update in ``body`` carries for ``account``. Raises BadPayloadError when it is none.

    The id of the update is that of the message: Telegram repeats an update until it hears 200. A question that is
    edited comes as an update of its own and is answered anew, with what it says now.
    """
    update = load_object(body, "update")
    number = _identify(update.get("update_id"), "update_id")
    for kind in ("message", "edited_message", "channel_post", "edited_channel_post"):
        if kind in update:
            return _read_message(_part(update, kind), number, account, now, edited=kind.startswith("edited"))
    if "callback_query" in update:
        return _read_press(_part(update, "callback_query"), number, account, now)
    if "my_chat_member" in update:
        return _read_member(_part(update, "my_chat_member"), account, now)
    return Parsed(event=_kind(update))


def _read_message(message: Json, number: str, account: TelegramAccount, now: datetime, *, edited: bool) -> Parsed:
    chat = _identify(_part(message, "chat").get("id"), "chat.id")
    passed_over = _passed_over(message, chat, account)
    if passed_over:
        return Parsed(event=passed_over)
    typed = _text(message.get("text")) or _text(message.get("caption"))
    attachment = next((kind for member, kind in _ATTACHMENTS if member in message), None)
    if not typed and "text" not in message and (attachment is None or edited or chat.startswith("-")):
        # the service's own notices; a place that is shared live changes every few seconds; a group's own pictures
        return Parsed(event="wordless")
    words = own_words(typed, account.name)
    if words is None:
        return Parsed(event="other_bot")
    return Parsed(
        messages=(
            InboundMessage(
                address=Address(channel=NAME, account=account.account, user=chat),
                external_id=number,
                received_at=now,
                sent_at=_moment(message.get("edit_date") or message.get("date")),
                text=make_storable(words),
                attachment=attachment,
            ),
        ),
        ack=show_typing(chat),
    )


def _passed_over(message: Json, chat: str, account: TelegramAccount) -> str:
    """Why a message is not for us; empty when it is."""
    if not account.hears(chat):
        return "group"
    if message.get("is_automatic_forward"):
        return "forward"
    # an administrator who stays anonymous writes as the group itself, behind a bot of Telegram's own
    anonymous = str(_part(message, "sender_chat").get("id", "")) == chat
    # two robots would talk for ever
    return "bot" if _part(message, "from").get("is_bot") is True and not anonymous else ""


def _read_press(press: Json, number: str, account: TelegramAccount, now: datetime) -> Parsed:
    message = _part(press, "message")
    if "data" not in press or not message:
        return Parsed(event="game" if message else "inline")
    chat = _identify(_part(message, "chat").get("id"), "chat.id")
    if not account.hears(chat):
        return Parsed(event="group")
    data = _text(press["data"])
    if not data or len(data.encode("utf-8", "surrogatepass")) > _MAX_DATA or clean(data) != data:
        raise BadPayloadError("the data of a button is not what we can have put there")
    return Parsed(
        messages=(
            InboundMessage(
                address=Address(channel=NAME, account=account.account, user=chat),
                external_id=number,
                received_at=now,
                text=make_storable(_label(message, data)),
                choice=data,
                pressed=_changeable(message),
            ),
        ),
        ack=stop_spinner(_text(press.get("id"))),
    )


def _label(message: Json, data: str) -> str:
    """What stood on the button that was pressed: this is what the person has said by it."""
    rows = _part(message, "reply_markup").get("inline_keyboard")
    buttons = [button for row in rows if isinstance(row, list) for button in row] if isinstance(rows, list) else []
    mine = (button for button in buttons if isinstance(button, dict) and _text(button.get("callback_data")) == data)
    return _text(next(mine, {}).get("text"))


def _changeable(message: Json) -> str | None:
    """The id of a message of ours whose text can be changed; None for a picture, and for one that is out of reach."""
    number = message.get("message_id")
    if "text" not in message or not message.get("date") or number is None:
        return None
    return _identify(number, "message_id")


def _read_member(change: Json, account: TelegramAccount, now: datetime) -> Parsed:
    chat = _identify(_part(change, "chat").get("id"), "chat.id")
    if not account.hears(chat):
        return Parsed(event="group")
    kind = _MEMBERS.get(_text(_part(change, "new_chat_member").get("status")))
    if kind is None:
        return Parsed(event="member")
    address = Address(channel=NAME, account=account.account, user=chat)
    return Parsed(signs=(Sign(address=address, kind=kind, at=_moment(change.get("date")) or now),))


def _kind(update: Json) -> str:
    """The name of an update that is nothing for us, as a counter may bear it."""
    name = next((name for name in update if name != "update_id"), "")
    return name if name in _KNOWN else "unknown"


_KNOWN = frozenset(
    {
        *("message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result", "shipping_query"),
        *("pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "chat_member", "chat_join_request"),
        *("chat_boost", "removed_chat_boost", "business_connection", "business_message", "edited_business_message"),
        *("deleted_business_messages", "managed_bot"),
    }
)


def _part(whole: Json, name: str) -> Json:
    """The object ``name``; an empty one when it is missing or none."""
    value = whole.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A text, also where it came as a number; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _identify(value: object, name: str) -> str:
    """An id as text, however large it is and whether it came as a number or as a string."""
    number = _text(value)
    if not 1 <= len(number) <= _MAX_ID or clean(number) != number:
        raise BadPayloadError(f'"{name}" is no id')
    return number


def _moment(seconds: object) -> datetime | None:
    """Unix time; None when it is none, for nothing depends on it."""
    number = _text(seconds)
    if not (number.isascii() and number.isdigit() and len(number) <= 12) or int(number) > _LAST_SECOND:
        return None
    return datetime.fromtimestamp(int(number), UTC)
