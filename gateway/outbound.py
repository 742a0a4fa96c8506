"""HTTP clients for what calls providers: through the proxy of the settings, except to what stands beside us.

Nothing else opens a client: what may leave, how long it may take and what is noted of it is decided here.
"""

import contextlib
from collections.abc import AsyncIterator, Callable

import aiohttp

from gateway.channel import Presence
from gateway.outbound_connector import GuardedConnector
from gateway.outbound_rules import PROVIDER_SECONDS, Outbound, is_near
from gateway.outbound_trace import note_answer, tracing

__all__ = ["CONNECT_SECONDS", "PROVIDER_SECONDS", "SessionOf", "ask_once", "is_near", "open_sessions", "read_body"]

CONNECT_SECONDS = 5.0
"""What has found no connection by then has not left: a host that is down or behind a firewall refuses nothing."""

SessionOf = Callable[[Presence], aiohttp.ClientSession]


@contextlib.asynccontextmanager
async def open_sessions(rules: Outbound) -> AsyncIterator[SessionOf]:
    """Which session an account sends with. A gateway on this machine or in its network is never asked for by proxy.

    What may not leave raises BlockedError. No session keeps a cookie: what one account is given is nobody else's. A
    request leaves once, whatever its method: where the connection breaks before the answer, ClientConnectionError is
    raised.
    """
    patience = aiohttp.ClientTimeout(total=max([PROVIDER_SECONDS, *rules.seconds.values()]), connect=CONNECT_SECONDS)
    async with contextlib.AsyncExitStack() as stack:
        files = rules.trace
        if files is not None:
            await stack.enter_async_context(files.writing())
        session = aiohttp.ClientSession(
            connector=GuardedConnector(rules, patience),
            timeout=patience,
            proxy=rules.proxy or None,
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(ask_once,),
            trace_configs=[tracing(files, rules)] if files is not None else None,
        )
        await stack.enter_async_context(session)
        yield lambda _presence: session


async def ask_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats a GET, a PUT or a DELETE by itself when a connection that it kept breaks: that might be a second
    SMS. It does so for two kinds of errors, so that they are told by another."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise  # nothing has left, and nothing is repeated
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError("the connection broke before the answer") from error


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body of ``response``, cut to ``most`` bytes. Raises as reading from it does.

    One read gives whatever has come by then, and an answer may come in pieces.
    """
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) >= most:
            break
    read = bytes(body[:most])
    note_answer(response, read)
    return read
