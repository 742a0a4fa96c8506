"""Read what a provider posted into a :class:`~gateway.channel.Hook`, copying nothing that no channel asked for."""

import asyncio
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from gateway.channel import Hook
from gateway.errors import RejectedError

_NOTHING: Mapping[str, str] = MappingProxyType({})


class BodyError(RejectedError):
    """The body of a request cannot be read."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_hook(request: web.Request, path: str, *, limit: int, seconds: float) -> Hook:
    """The hook that ``request`` brought to ``path``.

    Its body may have ``limit`` bytes and take ``seconds`` to arrive. Raises BodyError.
    """
    headers = request.headers
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        # what a provider signs are the bytes that came, and no message is so long that it needs packing
        raise BodyError(415, "a packed body is not taken")
    cookie = headers.get("Cookie")
    return Hook(
        method=request.method,
        query=request.query if request.rel_url.raw_query_string else _NOTHING,
        headers=Headers(headers),
        cookies=_NOTHING if cookie is None else parse_cookies(cookie),
        body=await _read_body(request, limit=limit, seconds=seconds),
        path=path,
    )


def parse_cookies(header: str) -> dict[str, str]:
    """The cookies of a ``Cookie`` header (RFC 6265, section 4.2.1); of two with one name the last."""
    pairs = [pair.partition("=") for pair in header.split(";")]
    return {name.strip(): _unquote(value.strip()) for name, _, value in pairs}


def _unquote(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


async def _read_body(request: web.Request, *, limit: int, seconds: float) -> bytes:
    content = request.content
    try:
        if content.is_eof():  # all of it came with the headers, as nearly always: no timer is needed
            body = content.read_nowait()
        else:
            async with asyncio.timeout(seconds):
                body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise _too_large(limit) from None
    except TimeoutError:
        raise BodyError(408, "the body took too long") from None
    except (web.RequestPayloadError, ConnectionError):
        raise BodyError(400, "the body did not arrive whole") from None
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> BodyError:
    return BodyError(413, f"at most {limit} bytes")


class Headers(Mapping[str, str]):
    """Request headers by lower-case name, without copying them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        return self._headers[name]

    def __iter__(self) -> Iterator[Any]:
        return (name.lower() for name in self._headers)

    def __len__(self) -> int:
        return len(self._headers)
