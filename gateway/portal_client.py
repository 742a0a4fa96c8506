"""The HTTP client for portals: one request at a time, who we are in its header, no more of a body than is wanted."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp

from gateway.errors import BlockedError
from gateway.outbound import read_body
from gateway.outbound_connector import GuardedConnector
from gateway.outbound_rules import Outbound
from gateway.portal import BODY, Answer, PortalError

_MIB = 2**20
_PIECE = 64 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)


class PortalClient:
    """The :class:`gateway.portal.Client` over the network. ``agent`` says who we are and how we can be reached."""

    def __init__(self, session: aiohttp.ClientSession, *, agent: str) -> None:
        self._session, self._agent = session, agent
        self._turn = asyncio.Lock()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY,
    ) -> Answer:
        """The whole answer of ``url``, whatever its status. Raises PortalError without one, or over ``limit`` bytes."""
        async with self._asked("GET", url, headers, params=params) as response:
            return await _whole(response, limit)

    async def post(
        self, url: str, question: object, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, asked with ``question`` as JSON."""
        async with self._asked("POST", url, headers, json=question) as response:
            return await _whole(response, limit)

    async def download(
        self, url: str, into: Path, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, the body of a 200 written to the file ``into``."""
        async with self._asked("GET", url, headers) as response:
            size = 0
            with into.open("wb") as stream:
                async for piece in response.content.iter_chunked(_PIECE):
                    size += len(piece)
                    if size > limit:
                        raise PortalError(f"the file is larger than {limit // _MIB} MB")
                    await asyncio.to_thread(stream.write, piece)
        return _answer(response, b"")

    @contextlib.asynccontextmanager
    async def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with (
                self._turn,
                self._session.request(
                    method, url, params=params, json=json, headers={"User-Agent": self._agent, **(headers or {})}
                ) as response,
            ):
                yield response
        except BlockedError as error:
            raise PortalError(str(error)) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PortalError(f"no whole answer came ({type(error).__name__})") from error


@contextlib.asynccontextmanager
async def open_client(rules: Outbound, *, agent: str) -> AsyncIterator[PortalClient]:
    """A client that keeps to ``rules``; closed at the end."""
    session = aiohttp.ClientSession(
        connector=GuardedConnector(rules, _PATIENCE),
        timeout=_PATIENCE,
        proxy=rules.proxy or None,
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    async with session:
        yield PortalClient(session, agent=agent)


async def _whole(response: aiohttp.ClientResponse, limit: int) -> Answer:
    body = await read_body(response, limit + 1)
    if len(body) > limit:
        raise PortalError(f"the answer is larger than {limit // _MIB} MB")
    return _answer(response, body)


def _answer(response: aiohttp.ClientResponse, body: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status, url=str(response.url), headers=headers, body=body)
