"""A phone on Kannel's trial link, by the line protocol of Debian's fakesmsc: writes messages, shows what arrives.

Parts are joined by their header (3GPP TS 23.040, 9.2.3.24.1) and UCS-2 is decoded, as a handset does. Bearerbox takes
one connection at a time; a phone without coverage is one that is closed.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus, unquote_to_bytes

_BEGINS = re.compile(rb"(?P<sender>\S+) (?P<to>\S+) (?P<kind>text|ucs-2|data|udh) (?P<rest>.*)", re.DOTALL)
_JOINED = b"\x05\x00\x03"
"""How the header of a part begins: 5 octets, element 0 (joined message, reference of 8 bits), 3 octets."""
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message on the screen: ``sender`` is our number, ``encoding`` "gsm7" or "ucs2", ``parts`` what it cost."""

    sender: str
    to: str
    text: str
    encoding: str
    parts: int = 1


@dataclass(slots=True, kw_only=True)
class Handset:
    """``screen`` holds every message that arrived, whole ones only, in their order."""

    port: int
    screen: list[Shown] = field(default_factory=list)
    _open: dict[tuple[str, str, int], dict[int, bytes]] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Find coverage: wait until bearerbox takes the connection. Raises TimeoutError."""
        async with asyncio.timeout(20):
            while self._writer is None:
                with contextlib.suppress(OSError):
                    reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=_LONGEST_LINE)
                    self._reading = asyncio.create_task(self._read(reader))
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Lose coverage."""
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._writer = self._reading = None

    async def write(self, sender: str, to: str, text: str) -> None:
        """Send ``text`` from ``sender``'s phone; what is not plain ASCII on one line goes as UCS-2."""
        assert self._writer is not None
        plain = text.isascii() and "\n" not in text
        words = f"text {text}" if plain else f"ucs2 {quote_plus(text.encode('utf-16-be'))}"
        self._writer.write(f"{sender} {to} {words}\n".encode())
        await self._writer.drain()

    async def until(self, number: int, *, seconds: float = 20.0) -> list[Shown]:
        """The screen, as soon as ``number`` messages are on it. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.screen) < number:
                self._news.clear()
                await self._news.wait()
        await asyncio.sleep(0.1)  # a message of several lines comes line by line
        return list(self.screen)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self._take(line.removesuffix(b"\n"))
            self._news.set()

    def _take(self, line: bytes) -> None:
        begins = _BEGINS.fullmatch(line)
        if begins is None:
            self._continue(line)
            return
        sender, to, rest = begins["sender"].decode(), begins["to"].decode(), begins["rest"]
        match begins["kind"]:
            case b"text":
                self._show(sender, to, rest.decode(), "gsm7")
            case b"ucs-2":
                self._show(sender, to, _octets(rest).decode("utf-16-be"), "ucs2")
            case b"udh":
                self._join(sender, to, rest)
            case _:
                raise AssertionError("nobody sends data to a phone here")

    def _continue(self, line: bytes) -> None:
        """A line end inside a 7-bit text is sent as it is."""
        last = self.screen.pop()
        self.screen.append(replace(last, text=f"{last.text}\n{line.decode()}"))

    def _join(self, sender: str, to: str, rest: bytes) -> None:
        header, _, body = rest.partition(b" data ")
        octets = _octets(header)
        assert octets.startswith(_JOINED), "a header that nothing here makes"
        reference, total, number = octets[3:6]
        parts = self._open.setdefault((sender, to, reference), {})
        parts[number] = _octets(body)
        if len(parts) == total:
            del self._open[sender, to, reference]
            whole = b"".join(parts[place] for place in sorted(parts))
            # the line does not name the alphabet: UCS-2 of our languages has a zero octet in every Latin letter
            ucs2 = b"\x00" in whole
            text = whole.decode("utf-16-be" if ucs2 else "utf-8")
            self._show(sender, to, text, "ucs2" if ucs2 else "gsm7", parts=total)

    def _show(self, sender: str, to: str, text: str, encoding: str, *, parts: int = 1) -> None:
        self.screen.append(Shown(sender=sender, to=to, text=text, encoding=encoding, parts=parts))


@contextlib.asynccontextmanager
async def covered_handset(port: int) -> AsyncIterator[Handset]:
    """A phone that has coverage as long as the block lasts."""
    handset = Handset(port=port)
    await handset.connect()
    try:
        yield handset
    finally:
        await handset.close()


def _octets(written: bytes) -> bytes:
    return unquote_to_bytes(written.replace(b"+", b" "))
