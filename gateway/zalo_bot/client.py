"""Calls of the Bot Platform: the envelope, and what its refusals mean for us.

HTTP says little: a refusal comes with 200 as well (B4). The token stands in the address, so no error quotes one.
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from gateway.errors import (
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    SendError,
    ThrottledError,
    UnreachableError,
)
from gateway.outbound import CONNECT_SECONDS, PROVIDER_SECONDS, read_body
from gateway.provider_code import read_code
from gateway.zalo_bot.account import ZaloBotAccount

QUOTA_PAUSE = 3600.0
"""Seconds of silence after a 429, which does not say when it ends (B41)."""
_MAX_ANSWER = 1024 * 1024
_TROUBLE = 500
_NOTHING_CAME = 408


class NothingCameError(SendError):
    """A poll ended without an update (B21); of any other call it says that the platform gave up."""

    code = "timeout"


async def call(
    session: aiohttp.ClientSession,
    account: ZaloBotAccount,
    method: str,
    parameters: Mapping[str, Any],
    *,
    seconds: float | None = None,
) -> Any:
    """The result of ``method``. Raises SendError; OutcomeUnknownError where it may have been done."""
    address = f"{account.api_base.rstrip('/')}/bot{account.token.get_secret_value()}/{method}"
    timeout = session.timeout if seconds is None else aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
    try:
        async with session.post(address, json=parameters, timeout=timeout, allow_redirects=False) as response:
            status, body = response.status, await read_body(response, _MAX_ANSWER)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError):
        raise UnreachableError("Zalo's Bot Platform cannot be reached") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise OutcomeUnknownError(f"the request left, no answer came ({type(error).__name__})") from None
    answer = _read(body)
    if answer is None:
        raise _judge_page(status)
    if answer.get("ok") is True:
        return answer.get("result")
    raise _judge(answer, status, account)


async def ask(session: aiohttp.ClientSession, account: ZaloBotAccount, method: str, **parameters: str) -> Any:
    """The same for an administrator, who can ask again whatever became of it. Raises SendError."""
    try:
        return await call(session, account, method, parameters, seconds=PROVIDER_SECONDS)
    except (OutcomeUnknownError, NothingCameError) as error:
        raise UnreachableError(f"Zalo's Bot Platform gives no answer: {error}") from None


def hide_token(text: str, account: ZaloBotAccount) -> str:
    """``text`` without the account's token: what others set may hold it."""
    token = account.token.get_secret_value()
    return text.replace(token, "…").replace(token.replace(":", "%3A"), "…")


def _read(body: bytes) -> dict[str, Any] | None:
    """The answer of the platform; None when something before it has answered with a page."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("ok"), bool) else None


def _judge_page(status: int) -> SendError:
    """What an answer means that the platform does not give; behind it the call may have been taken."""
    if 300 <= status < 400 or status == 404:
        return MisconfiguredError(f"api_base leads elsewhere ({status})")
    if status == 429:
        return ThrottledError("something before Zalo's Bot Platform asks us to wait", after=60.0)
    if 400 <= status < _TROUBLE:
        return RefusedError(f"something before Zalo's Bot Platform refuses ({status})")
    return OutcomeUnknownError(f"an answer that Zalo's Bot Platform does not give ({status})")


def _judge(answer: Mapping[str, Any], status: int, account: ZaloBotAccount) -> SendError:
    """The refusal in ``answer``; its number counts, for HTTP says 200 (B4)."""
    number = read_code(answer.get("error_code"))
    code = status if number is None else number
    if code == 401:
        return MisconfiguredError(f"Zalo does not know the token of {account.account}: has it been reset?")
    if code in (403, 404):
        return OptedOutError(f"this person has closed the chat or never wrote here ({code})")
    if code == _NOTHING_CAME:
        return NothingCameError("no answer in Zalo's own time (408)")
    if code == 429:
        return ThrottledError("the quota of the bot is used up (429)", after=QUOTA_PAUSE)
    if code >= _TROUBLE:
        return UnreachableError(f"Zalo's Bot Platform has trouble of its own ({code})")
    return RefusedError(f"Zalo's Bot Platform refuses ({code})")
