"""A forward proxy as companies have it: CONNECT for https, whole addresses for http, and a name and password if it
wants them. Every host leads to ``target``, so that a test may ask for hosts that do not exist."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK = 65536


@dataclass(kw_only=True)
class ForwardProxy:
    """The proxy at ``url``. ``login`` is ``name:password``, empty = anybody may; ``asked`` are the first lines of
    requests; ``closed`` are hosts that it does not let through."""

    target: str
    login: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list)
    closed: frozenset[str] = frozenset()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(_close, writer)
            stack.enter_context(contextlib.suppress(ConnectionError, asyncio.IncompleteReadError))
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, _, rest = head.partition("\r\n")
            self.asked.append(first)
            refusal = self._refusal(first, rest)
            if refusal:
                writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
            else:
                await self._pass_on(first, rest, reader, writer)

    def _refusal(self, first: str, headers: str) -> str:
        wanted = base64.b64encode(self.login.encode()).decode()
        if self.login and f"proxy-authorization: basic {wanted}".lower() not in headers.lower():
            return "407 Proxy Authentication Required"
        return "403 Forbidden" if any(host in first for host in self.closed) else ""

    async def _pass_on(self, first: str, rest: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = urlsplit(self.target)
        answers, on = await asyncio.open_connection(there.hostname, there.port)
        method, address, _ = first.split(" ")
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            asked = urlsplit(address)
            assert asked.hostname, "a proxy is asked with the whole address"
            on.write(f"{method} {asked._replace(scheme='', netloc='').geturl()} HTTP/1.1\r\n{rest}".encode("latin-1"))
        try:
            await asyncio.gather(_copy(reader, on), _copy(answers, writer))
        finally:
            await _close(on)


@contextlib.asynccontextmanager
async def running_proxy(target: str, **options: object) -> AsyncIterator[ForwardProxy]:
    """A proxy as long as the block lasts."""
    proxy = ForwardProxy(target=target, **options)  # type: ignore[arg-type]
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(_CHUNK):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
