"""The HTTP client for portals: one request at a time, who we are in its header, no more of a body than is wanted."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import aiohttp
from yarl import URL

from gateway.errors import BlockedError
from gateway.outbound import ask_once
from gateway.outbound_connector import GuardedConnector
from gateway.outbound_rules import Outbound
from gateway.portal import BODY, Answer, AwayError, PortalError
from gateway.portal_pause import Pauses
from gateway.portal_trouble import explain, is_sign_in, refuse_sign_in, too_large, wants_login
from gateway.settings import Settings

WHOLE = 1800.0
"""Seconds that one answer may take, however steadily it comes."""
_PIECE = 64 * 1024
_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})

Take = Callable[[bytes], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many seconds the client waits: for a connection, for the next byte, and for a whole body."""

    connect: float = 10.0
    silence: float = 30.0
    whole: float = WHOLE


class PortalClient:
    """The :class:`gateway.portal.Client` over the network. ``agent`` says who we are and how we can be reached.

    One request at a time goes to a host, whoever asks. What helps is repeated after growing pauses, or as late as the
    portal asks for; ``sleep`` is how a pause is made.
    """

    def __init__(
        self, session: aiohttp.ClientSession, *, agent: str, sleep: Sleep = asyncio.sleep, whole: float = WHOLE
    ) -> None:
        self._session, self._agent, self._sleep, self._whole = session, agent, sleep, whole
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY,
    ) -> Answer:
        """The whole answer of ``url``, whatever its status below 500 but 401 and 429.

        Raises PortalError without one, for a login instead of it, or over ``limit`` bytes unpacked.
        """
        return await self._ask(_Question(url=url, params=params, headers=headers or {}), limit)

    async def post(
        self, url: str, question: object, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, asked with ``question`` as JSON."""
        return await self._ask(_Question(method="POST", url=url, json=question, headers=headers or {}), limit)

    async def download(
        self, url: str, into: Path, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, the body of a 200 written to the file ``into``. A page where people sign in is no file."""
        question = _Question(url=url, headers=headers or {})

        async def attempt() -> Answer:
            start = bytearray()
            with into.open("wb") as stream:

                async def write(piece: bytes) -> None:
                    start.extend(piece[: max(0, _PIECE - len(start))])
                    await asyncio.to_thread(stream.write, piece)

                answer = await self._exchange(question, limit, write)
            if answer.status == 200:
                refuse_sign_in(answer, bytes(start))
            return answer

        return await self._persist(url, attempt)

    async def _ask(self, question: "_Question", limit: int) -> Answer:
        async def attempt() -> Answer:
            body = bytearray()

            async def keep(piece: bytes) -> None:
                body.extend(piece)

            answer = await self._exchange(question, limit, keep)
            return Answer(status=answer.status, url=answer.url, headers=answer.headers, body=bytes(body))

        return await self._persist(question.url, attempt)

    async def _persist(self, url: str, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask until an answer comes that repeating would not change. Raises PortalError."""
        pauses = Pauses(URL(url).host or url)
        async with self._turns[URL(url).host or ""]:
            while True:
                try:
                    answer = await attempt()
                except AwayError as error:
                    pause = pauses.after(error)
                else:
                    if not pauses.is_passing(answer):
                        return answer
                    pause = pauses.until(answer)
                await self._sleep(pause)

    async def _exchange(self, question: "_Question", limit: int, take: Take) -> Answer:
        """One answer, its body given to ``take`` piece by piece, redirects followed. Raises PortalError."""
        try:
            async with asyncio.timeout(self._whole):
                for _ in range(_REDIRECTS + 1):
                    async with self._session.request(
                        question.method,
                        question.url,
                        params=question.params,
                        json=question.json,
                        headers={"User-Agent": self._agent, **question.headers},
                        allow_redirects=False,
                    ) as response:
                        if response.status not in _MOVED or "location" not in response.headers:
                            await _read(response, limit, take)
                            return _answer(response)
                        question = _follow(question, response)
        except PortalError:
            raise
        except (aiohttp.ClientError, BlockedError, TimeoutError, ValueError) as error:
            raise explain(error, question.url) from error
        host = URL(question.url).host
        raise PortalError(f"{host} leads in a circle, from one address to the next: tell whoever runs the portal")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a portal is asked: ``params`` of the address, ``json`` of the body."""

    url: str
    method: str = "GET"
    params: Mapping[str, str] | None = None
    json: object = None
    headers: Mapping[str, str]


async def _read(response: aiohttp.ClientResponse, limit: int, take: Take) -> None:
    size = 0
    async for piece in response.content.iter_chunked(_PIECE):
        size += len(piece)
        if size > limit:
            response.close()
            raise too_large(response.url.host or "", limit)
        await take(piece)


def _follow(question: _Question, response: aiohttp.ClientResponse) -> _Question:
    """The same question where a redirect leads. Raises PortalError for a way that is not to be gone."""
    target = response.url.join(URL(response.headers["location"]))
    if is_sign_in(target):
        raise wants_login(str(response.url))
    if response.url.scheme == "https" and target.scheme == "http":
        raise PortalError(f"{response.url.host} leads from https to plain http, which is not followed")
    return replace(question, url=str(target), params=None)


def _answer(response: aiohttp.ClientResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status == 401:
        raise wants_login(str(response.url))
    return Answer(status=response.status, url=str(response.url), headers=headers)


def name_agent(settings: Settings) -> str:
    """Who we are for portals: the program, and how whoever runs it can be reached where the settings say so."""
    contact = settings.service.contact or settings.service.public_url
    return f"tracuu/{version('tracuu')}" + (f" (+{contact})" if contact else "")


@contextlib.asynccontextmanager
async def open_client(
    rules: Outbound, *, agent: str, sleep: Sleep = asyncio.sleep, patience: Patience | None = None
) -> AsyncIterator[PortalClient]:
    """A client that keeps to ``rules``; closed at the end."""
    patience = patience or Patience()
    timeout = aiohttp.ClientTimeout(total=None, connect=patience.connect, sock_read=patience.silence)
    session = aiohttp.ClientSession(
        connector=GuardedConnector(rules, aiohttp.ClientTimeout()),  # not the one below: files take their own time
        timeout=timeout,
        proxy=rules.proxy or None,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "gzip, deflate"},
        middlewares=(ask_once,),
    )
    async with session:
        yield PortalClient(session, agent=agent, sleep=sleep, whole=patience.whole)
