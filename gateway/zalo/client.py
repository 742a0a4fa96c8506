"""Calls of Zalo's APIs: the token, the envelope, and what its error numbers mean for us.

Zalo answers HTTP 200 to nearly everything; whether it was done stands in the body (``error``, 0 = done).
"""

import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from bot.core.errors import StoreError, StoreUnavailableError
from gateway.channel import Wire
from gateway.errors import MisconfiguredError, OutcomeUnknownError, UnreachableError
from gateway.outbound import read_body
from gateway.provider_code import read_code
from gateway.zalo.caller import Caller
from gateway.zalo.failures import AlarmingError, Host, TokenRefusedError, judge
from gateway.zalo.ledger import Rate, note_rate
from gateway.zalo.token import Token, bearer

_MAX_ANSWER = 1024 * 1024
_UNTOLD = -99_999
"""Stands for a number that is too long to be a code: it may be of a person."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a form, under its field ``file``."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: ``body`` goes as JSON, ``file`` as a form, ``data`` as the JSON text of a GET's one parameter."""

    path: str
    host: Host = Host.OPEN_API
    body: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None
    file: File | None = None

    @property
    def method(self) -> str:
        """What brings nothing, gets."""
        return "GET" if self.body is None and self.file is None else "POST"


async def ask(call: Call, caller: Caller, wire: Wire) -> Any:
    """The ``data`` of Zalo's answer to ``call``. Raises SendError for anything else.

    A dead token is replaced once. Nothing else is repeated here, where nobody knows how many calls are left. Nothing of
    a call or an answer is quoted in an error.
    """
    token = await _bearer(caller, wire)
    try:
        return await _ask_once(call, caller, wire, token)
    except TokenRefusedError:
        token = await _bearer(caller, wire, refused=token)
    return await _ask_once(call, caller, wire, token)


async def try_token(call: Call, caller: Caller, wire: Wire, access: str) -> Any:
    """As :func:`ask`, once, with a token that nobody has kept yet."""
    return await _ask_once(call, caller, wire, Token(access=access, version=0))


async def _bearer(caller: Caller, wire: Wire, *, refused: Token | None = None) -> Token:
    try:
        return await bearer(caller, wire, refused=refused)
    except StoreUnavailableError as error:
        raise UnreachableError(f"the token cannot be read: {error}") from error
    except StoreError as error:
        raise MisconfiguredError(f"the token cannot be opened ({error}): tracuu zalo login") from error


async def _ask_once(call: Call, caller: Caller, wire: Wire, token: Token) -> Any:
    try:
        async with _request(call, caller, wire, token) as response:
            raw = await read_body(response, _MAX_ANSWER)
            answer, rate = _envelope(response.status, raw), _rate(response.headers)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        raise UnreachableError("Zalo cannot be reached") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OutcomeUnknownError("the request left, no answer came") from error
    await note_rate(wire, caller, rate)
    code = int(answer["error"])
    if not code:
        return answer.get("data")
    failure = judge(call.host, code, str(answer.get("message", "")), now=wire.clock(), spread=random.random())
    if isinstance(failure, AlarmingError):
        log.error("zalo.refused", account=caller.account, path=call.path, code=code, reason=str(failure))
    raise failure


def _request(
    call: Call, caller: Caller, wire: Wire, token: Token
) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
    base = caller.template_base if call.host is Host.TEMPLATES else caller.api_base
    headers = {"access_token": token.access}
    if caller.secret_proof:
        headers["appsecret_proof"] = proof_of(caller.app_secret.get_secret_value(), token.access)
    return wire.session.request(
        call.method,
        f"{base.rstrip('/')}{call.path}",
        params=None if call.data is None else {"data": json.dumps(call.data, ensure_ascii=False)},
        json=call.body,
        data=None if call.file is None else _form(call.file),
        headers=headers,
        allow_redirects=False,
    )


def proof_of(secret: str, access_token: str) -> str:
    """The header ``appsecret_proof``, which changes with every token."""
    return hmac.digest(secret.encode(), access_token.encode(), hashlib.sha256).hex()


def _form(file: File) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", file.content, filename=file.name, content_type=file.content_type)
    return form


def _envelope(status: int, raw: bytes) -> dict[str, Any]:
    """The answer, which has a number under ``error``. What Zalo does not say may come from something before it, and
    behind that the call may have been taken."""
    if 300 <= status < 400:
        raise MisconfiguredError("the address of Zalo leads elsewhere")
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if status < 500 and isinstance(answer, dict) and (code := _code(answer.get("error"))) is not None:
        return {**answer, "error": code}
    raise OutcomeUnknownError(f"an answer that Zalo does not give ({status})")


def _code(error: object) -> int | None:
    """The number of an error, None when it is none. A number that cannot be a code is some refusal, and never told."""
    code = read_code(error)
    if code is None and isinstance(error, int | str) and str(error).removeprefix("-").isdecimal():
        return _UNTOLD
    return code


def _rate(headers: Mapping[str, str]) -> Rate | None:
    """What the answer says of this minute's calls."""
    limit, remain = headers.get("X-RateLimit-Limit", ""), headers.get("X-RateLimit-Remain", "")
    if not (limit.isdecimal() and remain.isdecimal()):
        return None
    return Rate(limit=int(limit), remain=int(remain))
