"""Events about what we have sent: it arrived, it was seen, or somebody of ours answered by hand."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.delivery import DeliveryState
from bot.core.messages import Receipt, Sign, SignKind
from gateway.channel import Parsed
from gateway.zalo.event import MAX_ID, NAME, Event

TEMPLATE = "zalo-template"
"""The channel of templates, whose events come to the same webhook."""


def read_delivered(event: Event) -> Parsed:
    """A message arrived; one in a template by phone says when, and by which tracking id of ours it is known."""
    provider_id, tracking_id = event.id("message", "msg_id"), event.id("message", "tracking_id")
    delivered, known = DeliveryState.DELIVERED, tuple(filter(None, (provider_id, tracking_id)))
    if event.zns or tracking_id:
        at = event.moment("message", "delivery_time") or event.at
        receipts = tuple(_receipt(TEMPLATE, event.oa_writing, one, delivered, at) for one in known)
    else:
        receipts = tuple(_both(event.oa_writing, provider_id, delivered, event.at)) if provider_id else ()
    return Parsed(receipts=receipts, event="" if receipts else event.name)


def read_seen(event: Event) -> Parsed:
    """Messages were seen. Sources differ in who the sender of this event is: our account is on either side."""
    receipts = tuple(
        receipt
        for provider_id in _ids(event)
        for oa in _either_side(event)
        for receipt in _both(oa, provider_id, DeliveryState.READ, event.at)
    )
    return Parsed(receipts=receipts, event="" if receipts else event.name)


def read_echo(event: Event) -> Parsed:
    """What was sent in the account's name is no message to us. One of our people sent it where it names who did."""
    person, oa = event.id("recipient", "id"), event.oa_writing
    until = event.at + event.account.pause
    if not event.id("sender", "admin_id") or not person or until <= event.now:
        return event.passed()
    address = event.address(person, oa=oa)
    taken_over = Sign(address=address, kind=SignKind.TAKEN_OVER, at=event.at, until=until)
    return Parsed(signs=(taken_over,), event=event.name)


def _both(oa: str, provider_id: str, state: DeliveryState, at: datetime) -> Iterator[Receipt]:
    """A template that was sent by user id is reported like any other message; where there is no such account of ours,
    its receipt is not kept."""
    for channel in (NAME, TEMPLATE):
        yield _receipt(channel, oa, provider_id, state, at)


def _receipt(channel: str, oa: str, provider_id: str, state: DeliveryState, at: datetime) -> Receipt:
    return Receipt(channel=channel, account=oa, provider_id=provider_id, state=state, at=at)


def _ids(event: Event) -> list[str]:
    message = event.fields.get("message")
    listed = message.get("msg_ids") if isinstance(message, dict) else None
    given = listed if isinstance(listed, list) else [event.id("message", "msg_id")]
    usable = (one for one in given if isinstance(one, str) and one.isprintable() and 0 < len(one) <= MAX_ID)
    return list(dict.fromkeys(usable))


def _either_side(event: Event) -> tuple[str, ...]:
    """The account, where the event names the one that it came to; else whoever it names: one of them is an account."""
    named = tuple(filter(None, dict.fromkeys((event.id("sender", "id"), event.id("recipient", "id")))))
    return (event.account.account,) if event.account.account in named else named
