"""What each event of Zalo's webhook means, by its name. What has no line here is counted and passed over."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.core.messages import Sign, SignKind
from gateway.channel import Hook, Parsed
from gateway.zalo.event import Event, read_event
from gateway.zalo.messages import ATTACHMENTS, greet, read_message
from gateway.zalo.person import known_as
from gateway.zalo.reports import read_delivered, read_echo, read_seen
from gateway.zalo.settings import ZaloAccount

TEMPLATES_HEADER = "x-zevent-server"
OTHER = "other"
"""The name under which events are counted that nobody has heard of."""


def parse(hook: Hook, account: ZaloAccount, now: datetime) -> Parsed:
    """What ``hook`` carries, for this account or another one of the same app. Raises BadPayloadError."""
    zns = hook.headers.get(TEMPLATES_HEADER, "").upper() == "ZNS"
    event = read_event(hook.body, account, now, zns=zns)
    read = _EVENTS.get(event.name)
    return read(event) if read is not None else Parsed(event=_family(event.name))


def _family(name: str) -> str:
    """A name of few, for a counter, for whatever may come in many forms or be made up."""
    for word in ("anonymous", "group"):
        if word in name:
            return word
    return OTHER


def _pass(event: Event) -> Parsed:
    return event.passed()


def _tell(event: Event) -> Parsed:
    return event.passed(alert=True)


def _interacted(event: Event) -> Parsed:
    """Somebody turned to us without words. Of what such events say of a person – name, phone – nothing is kept."""
    user = _person(event)
    return Parsed(signs=(event.interacted(user),) if user else (), event=event.name)


def _left(event: Event) -> Parsed:
    user = _person(event)
    left = Sign(address=event.address(user), kind=SignKind.LEFT, at=event.at)
    return Parsed(signs=(left,) if user else (), event=event.name)


def _withdrawn(event: Event) -> Parsed:
    """Somebody wants to be forgotten; an operator hears of it also because this event was never seen in a document."""
    user = _person(event)
    known = known_as(event.address(user))
    gone = tuple(Sign(address=one, kind=SignKind.WITHDRAWN, at=event.at) for one in known)
    return Parsed(signs=gone if user else (), event=event.name, alert=True)


def _person(event: Event) -> str:
    """Whom an event is about that has no message."""
    user = event.id("sender", "id") or event.id("follower", "id") or event.id("user_id")
    return user if user != event.oa else ""


_EVENTS: Mapping[str, Callable[[Event], Parsed]] = {
    **dict.fromkeys(ATTACHMENTS, read_message),
    "follow": greet,
    "unfollow": _left,
    "user_click_chatnow": _interacted,
    "user_submit_info": _interacted,
    "user_call_oa": _interacted,
    "user_withdraw": _withdrawn,
    "user_received_message": read_delivered,
    "user_seen_message": read_seen,
    **dict.fromkeys(
        (
            "oa_send_text",
            "oa_send_image",
            "oa_send_gif",
            "oa_send_list",
            "oa_send_file",
            "oa_send_sticker",
            "oa_send_template",
            "oa_send_consent",
            "oa_send_request_user_info",
        ),
        read_echo,
    ),
    **dict.fromkeys(("change_template_status", "change_template_quality", "change_oa_daily_quota"), _tell),
    **dict.fromkeys(
        (
            "user_reacted_message",
            "oa_reacted_message",
            "user_feedback",
            "user_click_response_button",
            "user_reply_consent",
            "update_user_info",
            "add_user_to_tag",
            "remove_user_from_tag",
            "remove_tag",
            "widget_interaction_accepted",
            "widget_failed_to_sync_user_external_id",
            "extension_purchased",
        ),
        _pass,
    ),
}
