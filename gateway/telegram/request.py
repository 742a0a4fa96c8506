"""The HTTP of python-telegram-bot over our own session: proxy and time-outs come from there, and nothing is to close.

Its own client prints each address – the token is part of it – and hides whether a request has left.
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

from gateway.errors import BlockedError
from gateway.outbound import CONNECT_SECONDS, PROVIDER_SECONDS

_UNSAID_SECONDS = 5.0
"""How long to be silent after a 429 that does not say it, as what stands before Telegram may give."""
_AGES = 1e9
"""More seconds than anybody waits; a number may have any length, and not every one is a float."""


class NotLeftError(NetworkError):
    """No connection was made: nothing has left."""


class NotAllowedError(NotLeftError):
    """Our own rules or the proxy let nothing out. Its text is a sentence of ours."""


class LostError(NetworkError):
    """The request left, no whole answer came."""


class AskedToWaitError(TelegramError):
    """429: ``seconds`` to be silent. The library's own has seconds of a kind that is about to change."""

    def __init__(self, seconds: float) -> None:
        super().__init__("asked to wait")
        self.seconds = seconds


class Request(BaseRequest):
    """Calls over ``session``. ``status`` is that of the last answer, 0 before the first.

    Only a caller that names ``read_timeout`` waits as long (seconds, for the whole call), all others as the session.
    """

    __slots__ = ("_session", "status")

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session, self.status = session, 0

    @property
    def read_timeout(self) -> float:
        """What is added to the seconds for which a long poll waits by itself."""
        return PROVIDER_SECONDS

    async def initialize(self) -> None:
        """The session is somebody else's and open."""

    async def shutdown(self) -> None:
        """The session is somebody else's and stays open."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as JSON. Raises TelegramError without a word of it: the library would log it."""
        document = _load(payload)
        if document is None:
            raise TelegramError("the answer is no JSON object")
        return document

    async def do_request(  # noqa: PLR0917 – the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Raises TelegramError, whose text never names the address."""
        del write_timeout, connect_timeout, pool_timeout  # the session's own
        options: dict[str, Any] = {}
        if isinstance(read_timeout, int | float):
            options["timeout"] = aiohttp.ClientTimeout(total=read_timeout, connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method, url, data=_form(request_data), allow_redirects=False, **options
            ) as response:
                self.status = response.status
                body = await response.read()
        except BlockedError as error:
            raise NotAllowedError(str(error)) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError):
            raise NotLeftError("no connection") from None  # what aiohttp says may name the address
        except (aiohttp.ClientError, TimeoutError):
            raise LostError("no answer") from None
        if self.status == 429:
            raise AskedToWaitError(_seconds(_load(body) or {}))
        return self.status, body


def _form(request_data: RequestData | None) -> Mapping[str, str] | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, content_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=content_type)
    return form


def _seconds(answer: Mapping[str, Any]) -> float:
    parameters = answer.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(min(asked, _AGES)) if isinstance(asked, int | float) and asked > 0 else _UNSAID_SECONDS


def _load(payload: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
