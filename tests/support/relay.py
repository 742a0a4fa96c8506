"""An address that stays while the service behind it comes and goes on other ports, as behind a reverse proxy."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

_CHUNK = 65536


@dataclass(slots=True)
class Relay:
    """Passes connections to ``url`` on to ``target``; while that is away, they are closed."""

    url: str = ""
    target: str = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            address = urlsplit(self.target)
            there, back = await asyncio.open_connection(address.hostname, address.port)
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        writer.close()


@contextlib.asynccontextmanager
async def running_relay(target: str) -> AsyncIterator[Relay]:
    """A relay to ``target`` as long as the block lasts."""
    relay = Relay(target=target)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(relay._serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    host, port = server.sockets[0].getsockname()
    relay.url = f"http://{host}:{port}/"
    try:
        yield relay
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
