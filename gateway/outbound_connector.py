"""The one place that every connection to a provider is made in: where it may lead, by which way, how long it may take.

It is asked again for each redirect, and no option of a single request goes past it.
"""

import asyncio
import ipaddress
import re
import socket
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from yarl import URL

from gateway.errors import BlockedError
from gateway.outbound_rules import PROVIDER_SECONDS, Outbound, is_near_name

if TYPE_CHECKING:
    from aiohttp.tracing import Trace

_PROXY_WANTS_A_NAME = 407
_LONG_NUMBER = re.compile(r"\d{6,}")


class GuardedConnector(aiohttp.TCPConnector):
    """Connections by the rules of ``outbound``; ``patience`` is the time-out of calls that bring none of their own.

    Raises BlockedError for whatever may not leave. How many sends run at once is each channel's own limit.
    """

    def __init__(self, outbound: Outbound, patience: aiohttp.ClientTimeout) -> None:
        super().__init__(limit=0, resolver=_GuardedResolver(outbound))
        self._outbound, self._patience = outbound, patience

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: "list[Trace]",
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 – the connector's own signature
    ) -> Connection:
        """A connection for ``req``, closed when the seconds of its host are over."""
        host = req.url.host or ""
        if not self._outbound.allows(req.url):
            raise BlockedError(f"{_shown(req.url)} may not be called: see [outbound] hosts")
        if req.proxy is not None and is_near_name(host):
            req.update_proxy(None, None, None)
        if not self._outbound.seconds or timeout is not self._patience:
            return await self._open(req, traces, timeout)
        loop = asyncio.get_running_loop()
        end = loop.time() + self._outbound.seconds.get(host, PROVIDER_SECONDS)
        async with asyncio.timeout_at(end):
            connection = await self._open(req, traces, timeout)
        deadline = loop.call_at(end, _give_up, connection)
        connection.add_callback(deadline.cancel)
        return connection

    async def _open(
        self, req: aiohttp.ClientRequest, traces: "list[Trace]", patience: aiohttp.ClientTimeout
    ) -> Connection:
        try:
            return await super().connect(req, traces, patience)
        except aiohttp.ClientHttpProxyError as error:
            if error.status == _PROXY_WANTS_A_NAME:
                raise BlockedError("the proxy wants another name and password: see service.proxy") from None
            raise


class _GuardedResolver(AbstractResolver):
    """Names as this machine knows them. A name of the Internet that leads to this machine itself is not believed:
    whoever keeps the name would reach what only listens here."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound, self._names = outbound, aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if not self._outbound.trusts(host) and any(_is_here(one["host"]) for one in found):
            raise BlockedError(f"{host} leads to this machine: name it in [outbound] hosts if that is meant")
        return found

    async def close(self) -> None:
        await self._names.close()


def _is_here(address: str) -> bool:
    here = ipaddress.ip_address(address.partition("%")[0])
    here = getattr(here, "ipv4_mapped", None) or here
    return here.is_loopback or here.is_link_local or here.is_unspecified or here.is_multicast


def _shown(url: URL) -> str:
    """The host of an address that may come from anywhere: no number of a person is in it."""
    return _LONG_NUMBER.sub("…", f"{url.host}:{url.port}")


def _give_up(connection: Connection) -> None:
    """As if the other side had said nothing for too long, which is so."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is not None:
        protocol.set_exception(aiohttp.SocketTimeoutError("no answer in the seconds of this host"))
    if transport is not None:
        transport.abort()
