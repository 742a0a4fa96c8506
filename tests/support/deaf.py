"""A way to PostgreSQL on which no notification arrives: everything else is passed on as it is.

Protocol 3.0: after the start-up a message is a letter, a length of four bytes that counts itself, and its content.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

_CHUNK = 64 * 1024
_NOTIFICATION = b"A"
_NO_ENCRYPTION = b"N"


class DeafRelay:
    """``url`` is the database as seen through it, ``swallowed`` how many notifications it kept to itself."""

    def __init__(self, database: str) -> None:
        self._database = urlsplit(database)
        self.url = ""
        self.swallowed = 0

    def lead_here(self, port: int) -> None:
        """Say at which port of this machine it listens."""
        user, _, _ = self._database.netloc.rpartition("@")
        self.url = self._database._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect somebody with the database until either goes."""
        back, there = await asyncio.open_connection(self._database.hostname, self._database.port)
        ways = (self._pass_on(reader, there), self._pass_back(back, writer))
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await asyncio.gather(*ways)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()

    async def _pass_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            letter = await reader.readexactly(1)
            if letter == _NO_ENCRYPTION:  # the answer to a request for encryption is this letter alone
                writer.write(letter)
                letter = await reader.readexactly(1)
            while True:
                length = await reader.readexactly(4)
                content = await reader.readexactly(int.from_bytes(length) - len(length))
                if letter == _NOTIFICATION:
                    self.swallowed += 1
                else:
                    writer.write(letter + length + content)
                    await writer.drain()
                letter = await reader.readexactly(1)


@contextlib.asynccontextmanager
async def running_deaf_relay(database: str) -> AsyncIterator[DeafRelay]:
    """The relay before ``database``, as long as the block lasts."""
    relay, tasks = DeafRelay(database), set[asyncio.Task[None]]()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(relay.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    relay.lead_here(server.sockets[0].getsockname()[1])
    try:
        yield relay
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
