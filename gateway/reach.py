"""Whether a host that we call answers at all: what a firewall blocks is found before people are."""

import asyncio
import base64
import contextlib
import socket

from yarl import URL

SECONDS = 3.0
_SAID = {
    403: "the proxy does not let it through",
    407: "the proxy wants another name and password",
}


async def reach(url: str, *, proxy: str = "", seconds: float = SECONDS) -> str | None:
    """Open a connection to the host of ``url`` and close it again: None when it went well, else why it did not.

    With ``proxy`` that is asked for the connection. Its name and password are in no answer.
    """
    target, way = URL(url), URL(proxy or url)
    to = f"the proxy {way.host}:{way.port}: " if proxy else ""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(
                way.host, way.port, ssl=way.scheme == "https" and bool(proxy)
            )
            try:
                return await _tunnel(reader, writer, target, way) if proxy and target.scheme == "https" else None
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except TimeoutError:
        return f"{to}no answer in {seconds:g} s (blocked?)"
    except socket.gaierror:
        return f"{to}the name is unknown here"
    except OSError as error:
        # "Multiple exceptions" stands for one of each address of the host: the kind is all that helps
        return f"{to}{error.strerror or type(error).__name__}"


async def _tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: URL, proxy: URL) -> str | None:
    """Ask the proxy for a way to ``target``; None when it gives one."""
    host = f"{target.host}:{target.port}"
    lines = [f"CONNECT {host} HTTP/1.1", f"Host: {host}"]
    if proxy.user is not None:
        name = base64.b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {name}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await writer.drain()
    _, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
    status = int(rest[:3]) if rest[:3].isdecimal() else 0
    if status // 100 == 2:
        return None
    return _SAID.get(status, f"the proxy finds no way ({status})" if status else "the proxy does not speak HTTP")
