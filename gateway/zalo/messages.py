"""Events by which people write: words, and what they send besides words."""

from collections.abc import Mapping

from bot.core.mask import make_storable
from bot.core.messages import AttachmentKind, InboundMessage
from gateway.channel import Parsed
from gateway.errors import BadPayloadError
from gateway.zalo.event import Event

GREETING = "/start"
"""The words that stand for a person's first step; the service answers them with what it can do."""

ATTACHMENTS: Mapping[str, AttachmentKind | None] = {
    "user_send_text": None,
    "user_send_link": None,  # the address is its text
    "user_send_image": AttachmentKind.PICTURE,
    "user_send_gif": AttachmentKind.PICTURE,
    "user_send_sticker": AttachmentKind.STICKER,
    "user_send_video": AttachmentKind.VIDEO,
    "user_send_audio": AttachmentKind.VOICE,
    "user_send_voice": AttachmentKind.VOICE,
    "user_send_location": AttachmentKind.PLACE,
    "user_send_file": AttachmentKind.FILE,
    "user_send_business_card": AttachmentKind.CONTACT,
}
"""What each of these events brings besides words."""


def read_message(event: Event) -> Parsed:
    """What a person wrote or sent, and that the window is open. Raises BadPayloadError when nobody did."""
    user = event.id("sender", "id")
    if not user:
        raise BadPayloadError("the message has no sender")
    if user == event.oa:  # an echo of our own: two voices of one account would talk for ever
        return event.passed()
    message = _message(event, user, text=_words(event), attachment=ATTACHMENTS[event.name])
    return Parsed(messages=(message,), signs=(event.interacted(user),))


def greet(event: Event) -> Parsed:
    """Somebody follows the account: the window is open, and they are told what can be asked here."""
    user = event.id("follower", "id")
    if not user:
        return event.passed()
    return Parsed(messages=(_message(event, user, text=GREETING),), signs=(event.interacted(user),), event=event.name)


def _message(event: Event, user: str, *, text: str, attachment: AttachmentKind | None = None) -> InboundMessage:
    return InboundMessage(
        address=event.address(user),
        external_id=event.external_id(user),
        received_at=event.now,
        sent_at=event.sent_at,
        text=make_storable(text),
        attachment=attachment,
    )


def _words(event: Event) -> str:
    """The text of a message; of a link without one its address. A business card names somebody, so none of it."""
    if event.name == "user_send_business_card":
        return ""
    text = event.text("message", "text")
    return _link(event) if event.name == "user_send_link" and not text else text


def _link(event: Event) -> str:
    message = event.fields.get("message")
    attachments = message.get("attachments") if isinstance(message, dict) else None
    for attachment in attachments if isinstance(attachments, list) else ():
        payload = attachment.get("payload") if isinstance(attachment, dict) else None
        address = payload.get("url") if isinstance(payload, dict) else None
        if isinstance(address, str):
            return address
    return ""
