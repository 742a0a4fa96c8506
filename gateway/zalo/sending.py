"""Messages of an Official Account: ``/v3.0/oa/message/cs``, one for each answer, with its chart where there is one.

Choices are numbered lines of the text; where ``buttons`` are on, the first five stand below it too, and a tap says the
same number. Whoever may not be sent free words is sent the template, if the answer has one.
"""

import asyncio
import contextlib
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

from bot.core.errors import StoreUnavailableError
from bot.core.messages import Address, Choice
from gateway.channel import Pace, Part, Window, Wire
from gateway.errors import ElsewhereError, RefusedError, UnreachableError
from gateway.zalo.client import Call, ask
from gateway.zalo.doubt import sure_of_answers
from gateway.zalo.failures import UploadExpiredError, WindowClosedError
from gateway.zalo.ledger import note_quota
from gateway.zalo.pictures import find_upload
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.windows import CostsMoneyError, check_window, note_closed

CS = "/v3.0/oa/message/cs"
BULK = 0.6
"""The share of the calls that nobody waits for may take."""
RESERVE = 0.05
"""The share of the calls that is left for what is not counted: repeated ones, ``zalo status``."""
MINUTE = 60.0
STEADY_SECONDS = 10.0
"""What bulk may take of a minute is spread over pieces of this length: else all who ask would wait for the next one."""
SPARE = 0.15
"""The share of the calls that bulk leaves to whoever asks next."""
PICTURE_SECONDS = 8.0
"""A chart that is not there by then is left out."""
MOST_BUTTONS = 5
_TITLE = 100

ByTemplate = Callable[[Part, Address, str, ZaloAccount, Wire], Awaitable[str | None]]
"""Sends :attr:`Part.form` by user id; None when the account has no such template. Raises SendError."""


async def no_template(_part: Part, _to: Address, _key: str, _account: ZaloAccount, _wire: Wire) -> str | None:
    """For accounts without templates."""
    return None


async def send(
    part: Part, to: Address, key: str, account: ZaloAccount, wire: Wire, *, by_template: ByTemplate = no_template
) -> str:
    """Send ``part`` and return Zalo's id of it. Raises SendError; ElsewhereError when neither free words nor a template
    can go to this person."""
    try:
        return await _send_words(part, to, key, account, wire)
    except ElsewhereError as error:
        if part.form is None or not _is_about_time(error):
            raise
        try:
            sent = await by_template(part, to, key, account, wire)
        except RefusedError as refused:  # the template's trouble: the words may still reach the person another way
            raise ElsewhereError(f"{error}; {refused}") from refused
        if sent is None:
            raise
        return sent


def pace(account: ZaloAccount) -> Pace:
    """What the package allows, less the reserve."""
    allowed = max(1, int(account.requests_per_minute * (1 - RESERVE)))
    steady = Window(units=max(1, int(allowed * BULK * STEADY_SECONDS / MINUTE)), seconds=STEADY_SECONDS)
    return Pace(windows=(Window(units=allowed, seconds=MINUTE),), bulk=BULK, steady=(steady,), spare=SPARE)


def cost(part: Part) -> int:
    """Calls: a chart may have to be uploaded first."""
    return 2 if part.image is not None else 1


async def _send_words(part: Part, to: Address, key: str, account: ZaloAccount, wire: Wire) -> str:
    try:
        believed = await check_window(account, wire, to, lane=part.lane, paid=account.paid)
        upload = await _picture(part, account, wire)
    except StoreUnavailableError as error:
        raise UnreachableError(f"the window cannot be looked up: {error}") from error
    try:
        answer = await _post(part, upload, to, account, wire)
    except WindowClosedError:
        with contextlib.suppress(StoreUnavailableError):  # then Zalo says so again
            await note_closed(wire, to, believed)
        raise
    await note_quota(wire, account, answer.get("quota"))
    return str(answer.get("message_id") or key)


async def _post(part: Part, upload: str | None, to: Address, account: ZaloAccount, wire: Wire) -> dict[str, Any]:
    """Zalo's answer. An upload that has expired is replaced once; the words go without one if it cannot be."""
    try:
        return await _ask(message_of(part, upload, buttons=account.buttons), to, account, wire)
    except UploadExpiredError:
        upload = await _new_picture(part, account, wire, expired=upload)
    return await _ask(message_of(part, upload, buttons=account.buttons), to, account, wire)


async def _ask(message: dict[str, Any], to: Address, account: ZaloAccount, wire: Wire) -> dict[str, Any]:
    body = {"recipient": {"user_id": to.user}, "message": message}
    async with sure_of_answers(account, wire):
        answer = await ask(Call(path=CS, body=body), account, wire)
    return answer if isinstance(answer, dict) else {}


async def _picture(part: Part, account: ZaloAccount, wire: Wire, *, expired: str | None = None) -> str | None:
    """The upload of the part's chart; None where it has none, or cannot have it in time."""
    if part.image is None:
        return None
    try:
        async with asyncio.timeout(PICTURE_SECONDS):
            return await find_upload(account, wire, part.image, expired=expired)
    except TimeoutError:
        return None


async def _new_picture(part: Part, account: ZaloAccount, wire: Wire, *, expired: str | None) -> str | None:
    try:
        return await _picture(part, account, wire, expired=expired)
    except StoreUnavailableError:
        return None


def message_of(part: Part, upload: str | None, *, buttons: bool) -> dict[str, Any]:
    """The ``message`` of a call: letters in one piece each (NFC), for apart they count as several."""
    message: dict[str, Any] = {"text": unicodedata.normalize("NFC", part.text)}
    if upload is not None:
        element = {"media_type": "image", "attachment_id": upload}
        message["attachment"] = _template({"template_type": "media", "elements": [element]})
    elif buttons and part.choices:
        message["attachment"] = _template({"buttons": _buttons(part.choices)})
    return message


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _buttons(choices: tuple[Choice, ...]) -> list[dict[str, str]]:
    """The first choices; a tap says their number, as somebody without buttons would."""
    return [
        {"title": unicodedata.normalize("NFC", choice.label)[:_TITLE], "type": "oa.query.show", "payload": str(number)}
        for number, choice in enumerate(choices[:MOST_BUTTONS], 1)
    ]


def _is_about_time(error: ElsewhereError) -> bool:
    """Whether a template may go where free words may not."""
    return isinstance(error, WindowClosedError | CostsMoneyError)
