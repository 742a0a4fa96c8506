"""What the answers of the Bot API mean for us. No text of theirs is quoted: it may repeat what a person wrote."""

from collections.abc import Callable

from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from gateway.errors import (
    BlockedError,
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    Scope,
    SendError,
    ThrottledError,
    UnreachableError,
)
from gateway.telegram.request import AskedToWaitError, LostError, NotAllowedError, NotLeftError

NOT_MODIFIED = "message is not modified"

_CLOSED = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_is_blocked",
    "input_user_deactivated",
    "user is deactivated",
    "group chat was deactivated",
    "chat_write_forbidden",
    "have no rights to send a message",
    "not enough rights to send text messages",
    "need administrator rights",
    "bot is not a member",
    "chat_restricted",
)
"""Words of a 400 that say so of the chat, not of the message."""
_GONE = "this chat does not exist for the bot any more"

_REASONS = (
    ("can't parse entities", "Telegram cannot read our markup"),
    ("message text is empty", "Telegram takes no empty text"),
    ("too long", "Telegram finds the message too long"),
    ("button", "Telegram refuses a button"),
    ("photo", "Telegram refuses the picture"),
    ("image", "Telegram refuses the picture"),
    ("file", "Telegram refuses the picture"),
)
"""Words of any other 400, for the operator."""


def judge(error: TelegramError, status: int, *, whom: Callable[[float], Scope]) -> SendError:
    """The error of ours that ``error`` is; ``status`` is that of the answer, 0 without one.

    ``whom`` says who is meant when Telegram asks to wait for so many seconds.
    """
    match error:
        case AskedToWaitError():
            seconds = error.seconds
            meant: SendError = ThrottledError("Telegram asks to wait", after=seconds, scope=whom(seconds))
        case NotAllowedError():
            meant = BlockedError(error.message)
        case NotLeftError():
            meant = UnreachableError("Telegram cannot be reached")
        case LostError():
            meant = OutcomeUnknownError("the request left, no answer came")
        case Forbidden():
            meant = OptedOutError("the bot was blocked, or may not write here")
        case InvalidToken():
            meant = MisconfiguredError("the token is wrong, or api_base is not the address of a Bot API")
        case Conflict():
            meant = MisconfiguredError("another program uses this bot")
        case BadRequest():  # a NetworkError to the library, so it must be asked for before any of these
            meant = OptedOutError(_GONE) if is_closed(error) else _judge_refusal(error)
        case _:
            meant = _judge_status(status)
    return meant


def is_closed(error: BadRequest) -> bool:
    """Whether nobody can be reached in this chat, whatever is sent."""
    return any(words in error.message.lower() for words in _CLOSED)


def _judge_refusal(error: BadRequest) -> SendError:
    words = error.message.lower()
    return RefusedError(next((reason for sign, reason in _REASONS if sign in words), "Telegram refuses the message"))


def _judge_status(status: int) -> SendError:
    if status == 504:
        return OutcomeUnknownError("a server before Telegram did not wait for the answer")
    if status >= 500:
        return UnreachableError(f"Telegram has trouble of its own ({status})")
    if 300 <= status < 400:
        return MisconfiguredError("api_base leads elsewhere")
    if 400 <= status < 500:
        return RefusedError(f"Telegram refuses the message ({status})")
    return OutcomeUnknownError(f"an answer that Telegram does not give ({status})")
