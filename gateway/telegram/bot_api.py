"""Call the Bot API by hand: where an update must stay as it came, and where an administrator asks."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from gateway.errors import MisconfiguredError, RefusedError, SendError, ThrottledError, UnreachableError
from gateway.telegram.account import TelegramAccount

CALL_SECONDS = 10.0
CONNECT_SECONDS = 5.0
_TROUBLE = 500


async def call(
    session: aiohttp.ClientSession,
    account: TelegramAccount,
    method: str,
    parameters: Mapping[str, Any],
    *,
    seconds: float = CALL_SECONDS,
) -> Any:
    """The result of ``method``. Raises a SendError, whose sentence never holds the token (T1, T5, T6)."""
    address = f"{account.api_base.rstrip('/')}/bot{account.token.get_secret_value()}/{method}"
    timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
    try:
        async with session.post(address, json=parameters, timeout=timeout, allow_redirects=False) as response:
            status, body = response.status, await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        # what these say quotes the address, in which the token stands
        raise UnreachableError(f"Telegram cannot be reached ({type(error).__name__})") from None
    answer = _read(body)
    if answer is None or status >= _TROUBLE:
        raise UnreachableError(f"Telegram has trouble of its own (HTTP {status})")
    if answer.get("ok") is not True:
        raise _explain(status, answer, account)
    return answer.get("result")


def hide_token(text: str, account: TelegramAccount) -> str:
    """``text`` without the account's token: addresses that others set may hold it."""
    token = account.token.get_secret_value()
    return text.replace(token, "…").replace(token.replace(":", "%3A"), "…")


def _read(body: bytes) -> dict[str, Any] | None:
    """The answer of the Bot API; None when a server before it has answered with a page."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _explain(status: int, answer: Mapping[str, Any], account: TelegramAccount) -> SendError:
    """The refusal in ``answer`` as an error with a sentence for an administrator."""
    said = hide_token(str(answer.get("description", "")), account)
    if status in (401, 404):
        return MisconfiguredError(f"Telegram does not know the token of {account.account}: has it been revoked?")
    if status == 409 and "webhook" in said.lower():
        command = f"tracuu telegram delete-webhook {account.account}"
        return MisconfiguredError(f"a webhook is set for {account.account}, so nothing can be fetched: {command}")
    if status == 409:
        return MisconfiguredError(f"another program fetches what is for {account.account}: only one can")
    if status == 429:
        return ThrottledError("Telegram asks us to wait", after=_retry_after(answer))
    return RefusedError(f"Telegram refuses: {said}")


def _retry_after(answer: Mapping[str, Any]) -> float:
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
    return float(seconds) if isinstance(seconds, int | float) else 1.0
