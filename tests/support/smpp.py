"""A carrier's message centre on this machine: SMPP 3.4 as far as Kannel speaks it, with a fate for every number.

The last two digits of the receiver choose: 01 undelivered · 02 under way, then delivered · 03 refused · 04 throttled
twice, then delivered · 05 taken, never reported · 06 expired · 08 delivered, said with a blank and in small letters ·
09 rejected · any other delivered.
"""

import asyncio
import contextlib
import itertools
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from bot.core.sms import count

_SUBMIT, _DELIVER, _UNBIND, _TRANSCEIVER, _ENQUIRE = 4, 5, 6, 9, 0x15
_RESPONSE = 0x80000000
_NACK = 0x80000000
_OK, _UNKNOWN_COMMAND, _NO_SUCH_NUMBER, _BAD_PASSWORD, _THROTTLED = 0, 3, 0x0B, 0x0E, 0x58
_RECEIPTED_ID, _MESSAGE_STATE = 0x1E, 0x427
_STATES = {"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5, "REJECTD": 8}
_HAS_HEADER, _IS_RECEIPT = 0x40, 0x04
_UCS2 = 8
_PASSWORD_OCTETS = 8
_REPORTS = {
    "01": ("stat:UNDELIV",),
    "02": ("stat:ENROUTE", "stat:DELIVRD"),
    "05": (),
    "06": ("stat:EXPIRED",),
    "08": ("stat: delivrd",),
    "09": ("stat:REJECTD",),
}
_REFUSED, _THROTTLES = "03", "04"
_THROTTLED_TIMES = 2

# 3GPP TS 23.038, 6.2.1; what needs an escape is not written here
_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One part that was taken. ``wants_report``: Kannel asks for one with the first part only."""

    id: str
    sender: str
    to: str
    text: str
    ucs2: bool
    wants_report: bool
    number: int = 1
    total: int = 1


@dataclass(slots=True, kw_only=True)
class MessageCentre:
    """``submitted`` is every part that was taken, ``throttled`` how often each number had to wait."""

    password: str
    port: int = 0
    submitted: list[Submitted] = field(default_factory=list)
    throttled: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    _bound: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: asyncio.StreamWriter | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _reports: set[asyncio.Task[None]] = field(default_factory=set)

    async def until_bound(self, *, seconds: float = 20.0) -> None:
        """Wait until Kannel has logged in. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self._bound.wait()

    async def write(self, sender: str, to: str, text: str) -> int:
        """Pass on what a person wrote, in as many parts as it takes; how many."""
        ucs2 = count(text).encoding == "ucs2"
        raw = text.encode("utf-16-be") if ucs2 else bytes(_ALPHABET.index(char) for char in text)
        longest, joined = (140, 134) if ucs2 else (160, 153)
        if len(raw) <= longest:
            await self._deliver(sender, to, raw, ucs2=ucs2)
            return 1
        pieces = [raw[start : start + joined] for start in range(0, len(raw), joined)]
        reference = next(self._numbers) % 256
        for number, piece in enumerate(pieces, 1):
            header = bytes([5, 0, 3, reference, len(pieces), number])
            await self._deliver(sender, to, header + piece, ucs2=ucs2, kind=_HAS_HEADER)
        return len(pieces)

    def drop(self) -> None:
        """Close Kannel's connection."""
        self._bound.clear()
        if self._writer is not None:
            self._writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one Kannel until it leaves."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                self._answer(writer, command, sequence, body)
                await writer.drain()
                if command == _UNBIND:
                    break
        writer.close()

    def _answer(self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes) -> None:
        if command == _TRANSCEIVER:
            self._bind(writer, sequence, body)
        elif command == _SUBMIT:
            self._submit(writer, sequence, body)
        elif command in (_ENQUIRE, _UNBIND):
            _send(writer, command | _RESPONSE, sequence)
        elif not command & _RESPONSE:
            _send(writer, _NACK, sequence, status=_UNKNOWN_COMMAND)

    def _bind(self, writer: asyncio.StreamWriter, sequence: int, body: bytes) -> None:
        _, rest = _text(body)
        password, _ = _text(rest)
        if password != self.password[:_PASSWORD_OCTETS]:
            _send(writer, _TRANSCEIVER | _RESPONSE, sequence, status=_BAD_PASSWORD)
            return
        _send(writer, _TRANSCEIVER | _RESPONSE, sequence, b"centre\0")
        self._writer = writer
        self._bound.set()

    def _submit(self, writer: asyncio.StreamWriter, sequence: int, body: bytes) -> None:
        part = _read_submit(body, str(next(self._numbers)))
        fate = part.to[-2:]
        if fate == _REFUSED:
            self.refused.append(part.to)
            _send(writer, _SUBMIT | _RESPONSE, sequence, b"\0", status=_NO_SUCH_NUMBER)
        elif fate == _THROTTLES and self.throttled[part.to] < _THROTTLED_TIMES:
            self.throttled[part.to] += 1
            _send(writer, _SUBMIT | _RESPONSE, sequence, b"\0", status=_THROTTLED)
        else:
            self.submitted.append(part)
            _send(writer, _SUBMIT | _RESPONSE, sequence, f"{part.id}\0".encode())
            if part.wants_report:
                task = asyncio.create_task(self._report(part, _REPORTS.get(fate, ("stat:DELIVRD",))))
                self._reports.add(task)
                task.add_done_callback(self._reports.discard)

    async def _report(self, part: Submitted, stats: tuple[str, ...]) -> None:
        for stat in stats:
            await asyncio.sleep(0.2)
            good = int("deliv" in stat.lower() and "un" not in stat.lower())
            text = (
                f"id:{part.id} sub:001 dlvrd:00{good} submit date:2611160900 done date:2611160901 "
                f"{stat} err:{'000' if good else '042'} text:{part.text[:20]}"
            )
            raw = text.encode("ascii", "replace")
            await self._deliver(
                part.to, part.sender, raw, ucs2=False, kind=_IS_RECEIPT, more=_parameters(part.id, stat)
            )

    async def _deliver(self, sender: str, to: str, raw: bytes, *, ucs2: bool, kind: int = 0, more: bytes = b"") -> None:
        assert self._writer is not None
        head = b"\0" + _address(sender) + _address(to) + bytes([kind, 0, 0]) + b"\0\0"
        body = head + bytes([0, 0, _UCS2 if ucs2 else 0, 0, len(raw)]) + raw + more
        _send(self._writer, _DELIVER, next(self._numbers), body)
        await self._writer.drain()


@contextlib.asynccontextmanager
async def running_centre(password: str) -> AsyncIterator[MessageCentre]:
    """A message centre on a free port, as long as the block lasts."""
    centre = MessageCentre(password=password)
    server = await asyncio.start_server(centre.serve, "127.0.0.1")
    centre.port = server.sockets[0].getsockname()[1]
    try:
        yield centre
    finally:
        server.close()
        centre.drop()
        await asyncio.sleep(0)


def _send(writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes = b"", *, status: int = _OK) -> None:
    if not writer.is_closing():
        writer.write(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)


def _address(number: str) -> bytes:
    """A number in SMPP's form; Kannel writes a plus before those that are typed as international."""
    international = number.isdigit() and len(number) > 8
    return bytes([1 if international else 0, 1]) + number.encode() + b"\0"


def _parameters(part: str, stat: str) -> bytes:
    """Id and state as parameters of their own; a centre that writes its receipts its own way has none."""
    state = _STATES.get(stat.removeprefix("stat:"))
    if state is None:
        return b""
    number = part.encode() + b"\0"
    return struct.pack(">HH", _RECEIPTED_ID, len(number)) + number + struct.pack(">HHB", _MESSAGE_STATE, 1, state)


def _text(body: bytes) -> tuple[str, bytes]:
    """The text that ends with a zero octet, and what follows it."""
    text, _, rest = body.partition(b"\0")
    return text.decode("latin-1"), rest


def _read_submit(body: bytes, number: str) -> Submitted:
    _, rest = _text(body)
    sender, rest = _text(rest[2:])
    to, rest = _text(rest[2:])
    kind, rest = rest[0], rest[3:]
    _, rest = _text(rest)
    _, rest = _text(rest)
    registered, _, coding, _, length = rest[:5]
    raw = rest[5 : 5 + length]
    total = place = 1
    if kind & _HAS_HEADER:
        total, place = raw[4], raw[5]
        raw = raw[1 + raw[0] :]
    ucs2 = coding == _UCS2
    # Kannel counts octets: where a pair of surrogates lies on the border, each part has one of them
    text = raw.decode("utf-16-be", "surrogatepass") if ucs2 else "".join(_ALPHABET[octet] for octet in raw)
    return Submitted(
        id=number,
        sender=sender,
        to=to,
        text=text,
        ucs2=ucs2,
        wants_report=bool(registered & 1),
        number=place,
        total=total,
    )
