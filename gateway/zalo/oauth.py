"""Tokens of an Official Account (Zalo OAuth v4 for OA): a code or a refresh token is given, a new pair comes back.

Both can be used once. An answer counts only when it holds both tokens: errors come with HTTP 200 too, in a shape of
their own (``error_name``, ``error_reason``), often without a number.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.core.text import clean
from bot.store.tokens import Pair
from gateway.errors import MisconfiguredError, ThrottledError, UnreachableError
from gateway.outbound import read_body
from gateway.provider_code import read_code
from gateway.zalo.caller import Caller

PERMISSION = "/v4/oa/permission"
ACCESS_TOKEN = "/v4/oa/access_token"  # noqa: S105 – a path
LIFE = timedelta(hours=25)
"""How long an access token lives where the answer does not say."""
SECONDS = 10.0
"""What has no answer by then is lost. A lease (:data:`bot.store.tokens.LEASE`) is much longer."""
_CONNECT_SECONDS = 5.0
_MAX_ANSWER = 64 * 1024
_RATE = -32
_PAUSE = 60.0
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=90)
_REASONS = {
    -14002: "the app is not active, or who consented is no administrator of it",
    -14003: "the callback address is not the one in the console",
    -14029: "the app is not approved",
}


class GrantRefusedError(MisconfiguredError):
    """Zalo gives no pair for this, and never will."""


class GrantLostError(MisconfiguredError):
    """The request left and no pair came back: what was sent may be spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A new pair; its access token can be used for ``life``."""

    pair: Pair
    life: timedelta


def challenge_of(verifier: str) -> str:
    """The code challenge of ``verifier`` (RFC 7636, S256), which is saved in the console."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def consent_address(caller: Caller, *, callback: str, verifier: str, state: str) -> str:
    """Where an administrator of the Official Account consents."""
    asked = {
        "app_id": caller.app_id,
        "redirect_uri": callback,
        "code_challenge": challenge_of(verifier),
        "state": state,
    }
    return f"{caller.oauth_base.rstrip('/')}{PERMISSION}?{urlencode(asked)}"


async def redeem_code(session: aiohttp.ClientSession, caller: Caller, code: str, verifier: str) -> Grant:
    """The pair for the ``code`` of a consent, at most 10 minutes old. Raises as :func:`refresh_pair`."""
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return await _ask(session, caller, fields)


async def refresh_pair(session: aiohttp.ClientSession, caller: Caller, token: str) -> Grant:
    """The pair that follows ``token``, which dies by this, as does the access token that came with it.

    Raises UnreachableError and ThrottledError when it was not used, GrantRefusedError when Zalo says no, and
    GrantLostError when nobody can say.
    """
    return await _ask(session, caller, {"grant_type": "refresh_token", "refresh_token": token})


async def _ask(session: aiohttp.ClientSession, caller: Caller, fields: Mapping[str, str]) -> Grant:
    try:
        async with session.post(
            f"{caller.oauth_base.rstrip('/')}{ACCESS_TOKEN}",
            data={"app_id": caller.app_id, **fields},
            headers={"secret_key": caller.app_secret.get_secret_value()},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=SECONDS, connect=_CONNECT_SECONDS),
        ) as response:
            return _read(response.status, await read_body(response, _MAX_ANSWER))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        raise UnreachableError("Zalo's OAuth host cannot be reached") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise GrantLostError("the request for tokens left, no answer came") from error


def _read(status: int, raw: bytes) -> Grant:
    """The pair in an answer. Nothing of it is quoted but a number: it may hold a token."""
    try:
        answer = json.loads(raw)
    except ValueError:
        raise GrantLostError(f"an answer that Zalo does not give ({status})") from None
    if status >= 500 or not isinstance(answer, dict):
        raise GrantLostError(f"an answer that Zalo does not give ({status})")
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Grant(pair=Pair(access=access, refresh=refresh), life=_life(answer.get("expires_in")))
    if access or refresh:
        raise GrantLostError("the answer holds one token of two")
    raise _refusal(answer)


def _refusal(answer: Mapping[str, Any]) -> ThrottledError | GrantRefusedError | GrantLostError:
    """No code says that a refresh token was used, so that every refusal is final but the one of the rate."""
    code = read_code(answer.get("error")) or read_code(answer.get("error_code")) or 0
    if code == _RATE:
        return ThrottledError("Zalo's OAuth host asks to wait", after=_PAUSE)
    if not code and not answer.get("error_name"):
        return GrantLostError("the answer holds neither tokens nor an error")
    name = clean(str(answer.get("error_name", "")))[:60]
    said = " ".join(filter(None, [name, str(code) if code else ""]))
    return GrantRefusedError(f"Zalo gives no tokens ({said}): {_REASONS.get(code, 'log in again')}")


def _life(seconds: object) -> timedelta:
    given = _number(seconds)
    return min(max(timedelta(seconds=given), _SHORTEST), _LONGEST) if 0 < given < 1e9 else LIFE


def _number(value: object) -> int:
    """An integer, also one that is written as text; 0 for anything else."""
    try:
        return int(str(value))
    except ValueError:
        return 0
