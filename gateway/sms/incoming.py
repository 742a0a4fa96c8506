"""What a hook of a provider carries: proven, read by its preset, and made into messages and reports."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.core.delivery import DeliveryState
from bot.core.local_time import VIETNAM
from bot.core.mask import make_storable
from bot.core.messages import Address, InboundMessage, Receipt
from bot.core.text import clean
from gateway.channel import Hook, Parsed
from gateway.errors import BadPayloadError, BadSignatureError, RejectedError
from gateway.phone import read_mobile
from gateway.sms.account import NAME, SmsAccount
from gateway.sms.checks import Seen
from gateway.sms.fields import Fields, Flat, read_fields, unpack
from gateway.sms.line import Spotted, Way
from gateway.sms.naming import pack_id

MAX_ID = 128
_LAST_SECOND = 253_402_300_799  # of the year 9999
_SLUG = re.compile(r"^([0-9]+)-([0-9]+)$")
_DETAIL = re.compile(r"[\w .:/-]{1,40}")


class NoEntryError(RejectedError):
    """Nothing comes in here."""

    status = 404


def verify(hook: Hook, account: SmsAccount) -> None:
    """Return when every check of the way that ``hook`` came by holds. Raises BadSignatureError, NoEntryError."""
    ways = _ways(hook, account)
    way, fields = _proven(hook, ways)
    seen = Seen(hook, fields, {})
    try:
        held = [proof.holds(seen) for proof in way.proofs]
    except BadPayloadError:
        held = [False]
    if not all(held):
        raise BadSignatureError("what proves the request is missing or wrong")


def _proven(hook: Hook, ways: list[Way]) -> tuple[Way, Fields]:
    """The way whose checks have to hold, and the fields where they have a part in that."""
    if len(ways) == 1 and not any(proof.reads_fields for proof in ways[0].proofs):
        return ways[0], Flat({})
    try:
        return _choose(hook, ways)
    except BadPayloadError:
        return ways[0], Flat({})


def parse(hook: Hook, account: SmsAccount, now: datetime) -> Parsed:
    """What ``hook``, known to be authentic, carries. Raises BadPayloadError."""
    way, fields = _choose(hook, _ways(hook, account))
    if hook.method not in way.entry.methods:
        raise BadPayloadError(f"the preset does not expect a {hook.method}")
    items = fields.each(way.entry.each) if way.entry.each else (fields,)
    counted = [item for item in items if way.when.fit(item)]
    parsed = _read_all(counted, way, account, now)
    if parsed.aside and not (parsed.messages or parsed.receipts):
        raise BadPayloadError(parsed.aside)
    return parsed


def _read_all(items: Sequence[Fields], way: Way, account: SmsAccount, now: datetime) -> Parsed:
    """What can be read of ``items``, and why the first of the others cannot."""
    messages: list[InboundMessage] = []
    receipts: list[Receipt] = []
    aside = ""
    for item in items:
        try:
            if way is account.line.inbound:
                message = _message(item, way, account, now)
                messages += [message] if message else []
            else:
                receipts.append(_receipt(item, way, account, now))
        except BadPayloadError as error:
            aside = aside or str(error)
    return Parsed(messages=tuple(messages), receipts=tuple(receipts), aside=aside)


def way_of(hook: Hook, account: SmsAccount) -> Way:
    """The way that ``hook`` came by. Raises NoEntryError."""
    ways = _ways(hook, account)
    if len(ways) == 1:
        return ways[0]
    try:
        return _choose(hook, ways)[0]
    except BadPayloadError:
        return ways[0]


def fields_of(hook: Hook, way: Way) -> Fields:
    """The fields of ``hook``; none where they cannot be read."""
    try:
        return read_fields(hook, way.entry.format)
    except BadPayloadError:
        return Flat({})


def _ways(hook: Hook, account: SmsAccount) -> list[Way]:
    line = account.line
    ways = [way for way in (line.inbound, line.receipts) if way is not None and way.entry.path == hook.path]
    if not ways:
        raise NoEntryError("nothing comes in here")
    return ways


def _choose(hook: Hook, ways: list[Way]) -> tuple[Way, Fields]:
    """The way that a hook came by; where messages and reports share one address, the first of which something counts.

    Raises BadPayloadError.
    """
    for way in ways[:-1]:
        try:
            fields = read_fields(hook, way.entry.format)
            items = fields.each(way.entry.each) if way.entry.each else (fields,)
        except BadPayloadError:
            continue
        if any(way.when.fit(item) for item in items):
            return way, fields
    return ways[-1], read_fields(hook, ways[-1].entry.format)


def id_of(fields: Fields, way: Way) -> str:
    """The provider's id. Raises BadPayloadError for what is none."""
    value = _text(fields, way.spots["id"]) or ""
    if not 1 <= len(value) <= MAX_ID or clean(value) != value or not value.isprintable():
        raise BadPayloadError(f"the id is not a text of 1 to {MAX_ID} printable characters")
    return value


def _message(fields: Fields, way: Way, account: SmsAccount, now: datetime) -> InboundMessage | None:
    """What a person wrote; None when no person can have written it: two robots would talk for ever."""
    external_id = id_of(fields, way)
    sender = _text(fields, way.spots["sender"])
    if sender is None:
        raise BadPayloadError("there is no sender")
    text = _text(fields, way.spots["text"])
    if text is None:
        raise BadPayloadError("there is no text")
    person = read_mobile(sender.strip())
    if person is None or person == read_mobile(account.sender or ""):
        return None
    return InboundMessage(
        address=Address(channel=NAME, account=account.account, user=person),
        external_id=pack_id(external_id, [fields.get(name) or "" for name in getattr(way.entry, "keep", ())]),
        received_at=now,
        sent_at=_moment(fields, way.spots.get("time")),
        text=make_storable(text),
    )


def _receipt(fields: Fields, way: Way, account: SmsAccount, now: datetime) -> Receipt:
    return Receipt(
        channel=NAME,
        account=account.account,
        provider_id=_reported(id_of(fields, way), way),
        state=_state(fields, way),
        at=now,
        detail=_detail(fields, way.spots.get("detail")),
    )


def _reported(name: str, way: Way) -> str:
    """The id of a part; our own key may have been told as a slug."""
    ours = getattr(way.entry, "names", "id") == "key"
    return _SLUG.sub(r"\1:\2", name) if ours else name


def _state(fields: Fields, way: Way) -> DeliveryState:
    said = _text(fields, way.spots["state"])
    if said is None:
        raise BadPayloadError("there is no state")
    for codes, conditions, row in way.states:
        if codes.fit(said) and conditions.fit(fields):
            return DeliveryState[row.becomes.upper()]
    return _unlisted(way)


def _unlisted(way: Way) -> DeliveryState:
    unlisted: str = getattr(way.entry, "unlisted", "")
    if not unlisted:
        raise BadPayloadError("the state is in no row of the preset")
    return DeliveryState[unlisted.upper()]


def _detail(fields: Fields, spot: Spotted | None) -> str:
    """An error's code or word; a sentence may quote the message."""
    said = (_text(fields, spot) if spot else None) or ""
    return said if _DETAIL.fullmatch(said) and clean(said) == said else ""


def _text(fields: Fields, spot: Spotted) -> str | None:
    for name in spot.names:
        found = fields.get(name)
        if found is not None:
            return unpack(found, spot.packing)
    return None


def _moment(fields: Fields, spot: Spotted | None) -> datetime | None:
    """When the person wrote; None where that cannot be read, for nothing depends on it."""
    said = (_text(fields, spot) if spot else None) or ""
    if spot is None or not said:
        return None
    try:
        return _read_moment(said.strip(), spot.format)
    except (ValueError, OverflowError):
        return None


def _read_moment(said: str, pattern: str) -> datetime:
    match pattern:
        case "unix" | "millis":
            seconds = float(said) / (1000 if pattern == "millis" else 1)
            if not 0 <= seconds <= _LAST_SECOND:
                raise ValueError("no time of ours")
            return datetime.fromtimestamp(seconds, UTC)
        case "iso" | "":
            moment = datetime.fromisoformat(said)
        case _:
            moment = datetime.strptime(said, pattern)  # noqa: DTZ007 – the zone is set below where there is none
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
