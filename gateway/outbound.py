"""HTTP clients for what calls providers: through the proxy of the settings, except to what stands beside us."""

import contextlib
import ipaddress
from collections.abc import AsyncIterator, Callable

import aiohttp
from yarl import URL

from gateway.channel import Presence

PROVIDER_SECONDS = 15.0
"""What a provider has not answered by then is of unknown result."""
CONNECT_SECONDS = 5.0
"""What has found no connection by then has not left: a host that is down or behind a firewall refuses nothing."""

SessionOf = Callable[[Presence], aiohttp.ClientSession]


@contextlib.asynccontextmanager
async def open_sessions(proxy: str) -> AsyncIterator[SessionOf]:
    """Which session an account sends with. A gateway on this machine or in its network is never asked for by proxy."""
    async with _new_session(None) as direct, _new_session(proxy or None) as proxied:
        yield lambda presence: direct if _calls_only_near(presence) else proxied


def is_near(url: str) -> bool:
    """Whether ``url`` names this machine, an address of a private network, or a neighbour by its name alone."""
    host = URL(url).host or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host  # no such name exists on the Internet: localhost, a container beside us
    return address.is_loopback or address.is_private


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body of ``response``, cut to ``most`` bytes. Raises as reading from it does.

    One read gives whatever has come by then, and an answer may come in pieces.
    """
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) >= most:
            break
    return bytes(body[:most])


def _calls_only_near(presence: Presence) -> bool:
    peers = presence.channel.peers(presence.account)
    return bool(peers) and all(is_near(peer) for peer in peers)


def _new_session(proxy: str | None) -> aiohttp.ClientSession:
    # how many sends run at once is each channel's own limit, not the connector's
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=PROVIDER_SECONDS, connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(connector=connector, timeout=timeout, proxy=proxy)
