"""A ``sendsms`` interface that is as strict, and as careless with texts, as the one of Kannel 1.4's smsbox.

What it answers in which order was seen at Debian's smsbox; tests/e2e/test_kannel.py asks the real one the same.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus

import aiohttp
from aiohttp import web
from yarl import URL

from gateway.site import open_site
from simulator.kannel.segments import ALPHABET, Parts, cut

PATH = "/cgi-bin/sendsms"
USERNAME = "tracuu"
PASSWORD = "the-sendsms-word"  # noqa: S105 – it opens nothing
_ALLOWED = frozenset("0123456789 +-")
_CODINGS = {"": 0, "0": 0, "1": 1, "2": 2}


@dataclass(frozen=True, kw_only=True)
class Sms:
    """One message as the handset shows it; ``at`` is when it came, by the clock of the event loop."""

    sender: str
    to: str
    text: str
    smsc: str
    coding: int
    reports_to: str
    at: float

    @property
    def cost(self) -> Parts:
        """How it was sent and billed."""
        return cut(self.text)


class Refusal(Exception):  # noqa: N818 – an answer, not a failure
    """What sendsms answers instead of taking a message."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(body)
        self.status, self.body = status, body


@dataclass(kw_only=True)
class SendSms:
    """The interface at ``url``. ``linked``: a carrier is connected; ``full``: the queue takes nothing more.

    ``watchers`` hear of each message that was taken; ``default_sender`` stands for ``default-sender`` of the user
    group, ``pause`` is how long an answer takes.
    """

    url: str = ""
    linked: bool = True
    full: bool = False
    routable: bool = True
    default_sender: str = ""
    denied: frozenset[str] = frozenset()
    pause: float = 0.0
    username: str = USERNAME
    password: str = PASSWORD
    watchers: list[Callable[[Sms], None]] = field(default_factory=list)
    arrived: list[Sms] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Take the message in ``request`` or say why not."""
        await asyncio.sleep(self.pause)
        try:
            sms = self._take(request)
        except Refusal as refusal:
            self.refused.append(refusal.body)
            return web.Response(status=refusal.status, text=refusal.body, content_type="text/html")
        self.arrived.append(sms)
        for watch in self.watchers:
            watch(sms)
        self._news.set()
        body = "0: Accepted for delivery" if self.linked else "3: Queued for later delivery"
        return web.Response(status=202, text=body, content_type="text/html")

    async def until(self, number: int, *, seconds: float = 20.0) -> list[Sms]:
        """Everything that came, as soon as there are ``number`` messages. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.arrived) < number:
                self._news.clear()
                await self._news.wait()
        return list(self.arrived)

    async def report(self, session: aiohttp.ClientSession, sms: Sms, status: int, answer: str) -> int:
        """Report on ``sms`` as smsbox does, filling in ``%d`` and ``%A``; the status that the service answers."""
        return await call_back(session, sms.reports_to, status, answer)

    def _take(self, request: web.Request) -> Sms:
        if request.path != PATH or request.method != "GET":
            raise Refusal(404, "Unknown request.")
        fields = dict(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, encoding="latin-1"))
        if (fields.get("username"), fields.get("password")) != (self.username, self.password):
            raise Refusal(403, "Authorization failed for sendsms")
        self._check(fields)
        return Sms(
            sender=fields.get("from") or self.default_sender,
            to=fields["to"],
            text=_shown(fields),
            smsc=fields.get("smsc", ""),
            coding=_CODINGS[fields.get("coding", "")],
            reports_to=fields.get("dlr-url", "") if fields.get("dlr-mask", "0") != "0" else "",
            at=asyncio.get_running_loop().time(),
        )

    def _check(self, fields: Mapping[str, str]) -> None:
        """Raise Refusal in the order in which smsbox looks."""
        if "to" not in fields:
            raise Refusal(400, "Missing receiver number, rejected")
        if not fields["to"].strip():
            raise Refusal(400, "Empty receiver number not allowed, rejected")
        if fields["to"] in self.denied or not _ALLOWED.issuperset(fields["to"]):
            raise Refusal(400, "Number(s) has/have been denied by white- and/or black-lists.")
        if not (fields.get("from") or self.default_sender):
            raise Refusal(400, "Sender missing and no global set, rejected")
        if "dlr-url" in fields and not fields["dlr-url"].startswith(("http://", "https://")):
            raise Refusal(400, "DLR-URL field misformed, rejected")
        if fields.get("coding", "") not in _CODINGS:
            raise Refusal(400, "Coding field misformed, rejected")
        if not self.routable:
            raise Refusal(403, "Not routable. Do not try again.")
        if self.full:
            raise Refusal(503, "Temporal failure, try again later.")


async def call_back(session: aiohttp.ClientSession, reports_to: str, status: int, answer: str) -> int:
    """Call an address for reports with ``%d`` and ``%A`` filled in; the status of the answer."""
    address = reports_to.replace("%d", str(status)).replace("%A", quote_plus(answer))
    async with session.get(URL(address, encoded=True)) as response:
        return response.status


def _shown(fields: Mapping[str, str]) -> str:
    """The text on the screen. Nothing warns: what is not in the alphabet is "?", and wrong bytes are rubbish."""
    raw = fields.get("text", "").encode("latin-1")
    ucs2 = fields.get("coding") == "2"
    charset = fields.get("charset") or ("UTF-16BE" if ucs2 else "UTF-8")
    try:
        text = raw.decode(charset, "replace" if ucs2 else "strict")
    except (LookupError, UnicodeDecodeError):
        raise Refusal(400, "Charset or body misformed, rejected") from None
    return text if ucs2 else "".join(char if char in ALPHABET else "?" for char in text)


@contextlib.asynccontextmanager
async def running_sendsms() -> AsyncIterator[SendSms]:
    """The interface on a free port of this machine, as long as the block lasts."""
    sendsms = SendSms()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", sendsms.answer)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        sendsms.url = f"{url}{PATH}"
        yield sendsms
