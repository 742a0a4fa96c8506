"""Send one part: into the request that waits for it where there is one, else by the call of the preset."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.delivery import Lane
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Address
from bot.core.sms import count
from bot.core.text import unaccent
from bot.store import reply_slots
from bot.store.inbox import external_id_of
from gateway.channel import Part, Wire
from gateway.errors import ElsewhereError, RefusedError, UnreachableError
from gateway.holding import hand_over
from gateway.phone import write_number
from gateway.sms.account import NAME, SmsAccount
from gateway.sms.calling import call
from gateway.sms.filters import Value
from gateway.sms.letter import NOW, Request
from gateway.sms.naming import unpack_id
from gateway.sms.outcome import StaleTokenError
from gateway.sms.outgoing import ACCESS_TOKEN, Sending
from gateway.sms.slots import Lookup

_INBOX = "inbox:"


async def send_part(part: Part, to: Address, key: str, account: SmsAccount, wire: Wire) -> str:
    """Give ``part`` to the provider; returns its id. Raises SendError."""
    text = _worded(part, account)
    place = await _answered(part, account, wire)
    holds = holding_seconds(account)
    if holds and place is not None and await _offer(place, key, text, wire, holds):
        return f"answer:{key}"
    sending = account.line.sending
    if sending is None:
        raise await _too_late(place, key, text, wire)
    preset = account.line.preset.send
    if preset and preset.answers_only and place is None:
        raise ElsewhereError("this provider takes answers to messages only, and this answers none")
    inbound = account.line.preset.inbound
    names = inbound.keep if inbound else ()
    request_id, kept = unpack_id(place.external_id if place else "", names)
    slots = _Slots(
        text=_fitting(text, account),
        to=write_number(to.user, sending.numbers),
        key=key,
        request_id=request_id,
        kept=kept,
        now=wire.clock(),
    )
    return await _call(sending, slots, wire)


def holding_seconds(account: SmsAccount) -> float | None:
    """How long a request is held for the reply to its message; None where the reply is not its answer."""
    inbound = account.line.preset.inbound
    return inbound.reply.seconds if account.line.inbound and inbound and inbound.reply else None


async def _offer(place: reply_slots.Place, key: str, text: str, wire: Wire, seconds: float) -> bool:
    """Whether ``text`` has become the answer to the request that waits, or did so before."""
    try:
        return await hand_over(wire.store, place, key=key, text=text, clock=wire.clock, seconds=seconds)
    except StoreUnavailableError as error:
        raise UnreachableError("the database cannot be asked whether somebody waits for this answer") from error


async def _too_late(place: reply_slots.Place | None, key: str, text: str, wire: Wire) -> ElsewhereError:
    """Why an answer without a send call has not left; who asks again has it, whatever becomes of it here."""
    if place is not None:
        try:
            await reply_slots.keep(wire.store, place, part=key, text=text)
        except StoreUnavailableError as error:
            raise UnreachableError("the database cannot keep this answer for who asks again") from error
    return ElsewhereError("the request that waited for this answer is over, and the preset has no send call")


def _worded(part: Part, account: SmsAccount) -> str:
    """The text; of a brandname only what is registered may leave."""
    if not account.one_way:
        return part.text
    if part.form is None:
        raise ElsewhereError("a brandname sends registered templates only, and this is free text")
    if part.form.name not in account.templates:
        raise ElsewhereError(f"the template {part.form.name} is not among the account's templates")
    return part.text


def _fitting(text: str, account: SmsAccount) -> str:
    preset = account.line.preset.send
    if preset is None:
        return text
    fitting = unaccent(text) if preset.unaccented else text
    if preset.longest and len(fitting) > preset.longest:
        raise RefusedError(f"the provider takes at most {preset.longest} characters")
    return fitting


async def _answered(part: Part, account: SmsAccount, wire: Wire) -> reply_slots.Place | None:
    """The message that ``part`` answers, where it matters."""
    sending = account.line.sending
    matters = (sending is None or sending.wants_request) or holding_seconds(account)
    if not matters or part.lane is not Lane.ANSWER or not part.origin.startswith(_INBOX):
        return None
    row = part.origin.removeprefix(_INBOX)
    try:
        found = (
            await external_id_of(wire.store, int(row), channel=NAME, account=account.account)
            if row.isdecimal()
            else None
        )
    except StoreUnavailableError as error:
        raise UnreachableError("the database cannot be asked which message this answers") from error
    return reply_slots.Place(channel=NAME, account=account.account, external_id=found) if found else None


async def _call(sending: Sending, slots: "_Slots", wire: Wire) -> str:
    if sending.purse is None:
        return await _exchange(sending, slots.look_up(sending), slots, wire)
    token = await sending.purse.token(wire)
    try:
        return await _exchange(sending, slots.look_up(sending, token), slots, wire)
    except StaleTokenError:
        token = await sending.purse.token(wire, refused=token)
        return await _exchange(sending, slots.look_up(sending, token), slots, wire)


async def _exchange(sending: Sending, look_up: Lookup, slots: "_Slots", wire: Wire) -> str:
    request: Request = sending.letter.write(look_up)
    answer = await call(wire.session, request)
    return sending.judge.judge(answer, key=slots.key, now=slots.now)


class _Slots:
    """What the slots of one message stand for."""

    def __init__(
        self, *, text: str, to: str, key: str, request_id: str, kept: Mapping[str, str], now: datetime
    ) -> None:
        self.key, self.now = key, now
        counted = count(text)
        plain = counted.encoding == "gsm7"
        self._values: dict[str, Value] = {
            "text": text,
            "to": to,
            "key": key,
            "request_id": request_id,
            "unicode": "0" if plain else "1",
            "gsm_text": text if plain else "",
            "unicode_text": "" if plain else text,
            "segments": str(counted.segments),
            NOW: now,
            **kept,
        }

    def look_up(self, sending: Sending, token: str = "") -> Lookup:
        """The slots, checksums over them among these."""
        values = {**self._values, ACCESS_TOKEN: token}
        for name, checksum in sending.sums.items():
            values[name] = checksum.fill(values.__getitem__)
        return values.__getitem__
