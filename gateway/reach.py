"""Whether a host that we call answers at all: what a firewall blocks is found before people are."""

import asyncio
import socket

from yarl import URL

SECONDS = 3.0


async def reach(url: str, *, seconds: float = SECONDS) -> str | None:
    """Open a connection to the host of ``url`` and close it again: None when it went well, else why it did not."""
    target = URL(url)
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(target.host, target.port)
    except TimeoutError:
        return f"no answer in {seconds:g} s (blocked?)"
    except socket.gaierror:
        return "the name is unknown here"
    except OSError as error:
        # "Multiple exceptions" stands for one of each address of the host: the kind is all that helps
        return error.strerror or type(error).__name__
    writer.close()
    return None
