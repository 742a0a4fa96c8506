"""Send one part of an answer, within the budget of the bot: a message, or a picture with the words under it."""

import unicodedata
from typing import Any

import structlog

from bot.core.budget import keeps_for_answers
from bot.core.delivery import BULK, Lane
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Address
from bot.store import budget
from bot.store.budget import Grant, Ledger
from gateway.channel import Part, Wire
from gateway.charts import chart_address
from gateway.errors import (
    ElsewhereError,
    OutcomeUnknownError,
    RefusedError,
    SendError,
    ThrottledError,
    UnreachableError,
)
from gateway.outbound import is_near
from gateway.zalo_bot.account import NAME, ZaloBotAccount
from gateway.zalo_bot.client import NothingCameError, call

log = structlog.get_logger()


class SpentError(ElsewhereError):
    """The budget of the month does not allow this message; another way may, or this one when there is a new month."""

    code = "budget"

    def __init__(self, message: str, *, lane: Lane) -> None:
        super().__init__(message)
        # an answer is of no use next month; what must be known is worth waiting for
        self.retry = lane is not Lane.ANSWER


class NoPlaceError(ElsewhereError):
    """The bot has no place left for this person (B40)."""

    code = "no_place"


async def send(part: Part, to: Address, _key: str, account: ZaloBotAccount, wire: Wire) -> str:
    """Send ``part`` and return Zalo's id of it. Raises SendError.

    The message is counted before it leaves, in a transaction of its own, and taken off the count again when it
    certainly has not left: a crash or being cut off in between leaves one too many on the count, never one too few.
    """
    ledger = Ledger(channel=NAME, account=account.account)
    counted = await _take_from_budget(ledger, part, to, account, wire)
    try:
        return await _deliver(part, to, account, wire)
    except (OutcomeUnknownError, NothingCameError) as error:
        raise OutcomeUnknownError(str(error)) from error
    except ThrottledError as error:
        used = await _give_back(ledger, counted, wire)
        if used is not None and keeps_for_answers(used, account.messages):
            # Zalo counts more than we do: to go on asking would change nothing before the month is over
            raise SpentError("the budget of this month is spent, as Zalo says", lane=part.lane) from error
        raise
    except SendError:
        await _give_back(ledger, counted, wire)
        raise


async def _take_from_budget(ledger: Ledger, part: Part, to: Address, account: ZaloBotAccount, wire: Wire) -> int:
    """Count one message, or raise why it may not go."""
    person = wire.store.vault.person(to)
    keep = part.lane in BULK
    try:
        grant, number = await budget.take(
            wire.store, ledger, person, allowance=account.allowance, reserve=keep, now=wire.clock()
        )
    except StoreUnavailableError as error:
        raise UnreachableError(f"the budget cannot be looked up: {error}") from error
    if grant is Grant.NO_PLACE:
        raise NoPlaceError("the bot has no place left for this person")
    if grant is Grant.SPENT:
        raise SpentError("the budget of this month is spent", lane=part.lane)
    if grant is Grant.RESERVED:
        raise SpentError("the rest of this month's budget is kept for answers", lane=part.lane)
    return number


async def _give_back(ledger: Ledger, counted: int, wire: Wire) -> int | None:
    """Take a message that did not leave off the count; how many there are then, None when that cannot be told."""
    try:
        return await budget.give_back(wire.store, ledger, counted, now=wire.clock())
    except StoreUnavailableError as error:  # one too many is counted
        log.warning("zalo_bot.not_given_back", reason=str(error))
        return None


async def _deliver(part: Part, to: Address, account: ZaloBotAccount, wire: Wire) -> str:
    text = unicodedata.normalize("NFC", part.text)  # letters in one piece each: apart they count as several
    photo = _picture(part, account)
    if photo is not None:
        try:
            return _id(await _call("sendPhoto", {"chat_id": to.user, "photo": photo, "caption": text}, account, wire))
        except RefusedError as error:  # the picture is what may be wrong with it; the words say it all
            log.warning("zalo_bot.no_picture", account=account.account, reason=str(error))
    return _id(await _call("sendMessage", {"chat_id": to.user, "text": text}, account, wire))


async def _call(method: str, parameters: dict[str, str], account: ZaloBotAccount, wire: Wire) -> Any:
    return await call(wire.session, account, method, parameters)


def _picture(part: Part, account: ZaloBotAccount) -> str | None:
    """The public address of the part's chart (B32); None where Zalo could not fetch it."""
    base = account.public_url
    if part.image is None or not base.startswith("https://") or is_near(base):
        return None
    return f"{base.rstrip('/')}/{chart_address(part.image)}"


def _id(result: Any) -> str:
    found = result.get("message_id") if isinstance(result, dict) else None
    if not isinstance(found, str | int) or isinstance(found, bool) or not str(found):
        raise OutcomeUnknownError("an answer without the id of a message")
    return str(found)
