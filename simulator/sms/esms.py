"""eSMS (ViHAT): sending by ``SendMultipleMessage_V4_post_json``, its calls of ``CallbackUrl``, and a short code."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from simulator.sms.call import Answer, Call, Json, Refusal, Sent, in_json
from simulator.sms.courier import Heard, Post
from simulator.sms.esms_shortcode import EsmsShortcode
from simulator.sms.phone import in_plain, international, is_mobile, is_plain
from simulator.sms.provider import running
from simulator.zalo.clock import Timeline, local

PATH = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
SAME_CONTENT = timedelta(minutes=5)
UNLISTED = "900"
"""For refusals whose code is documented nowhere: no table of errors has it."""
CARE, ADVERTISING, FIXED = "2", "1", "8"
SENTENCES = {
    "99": "The phone number is blocked in the system",
    "101": "Authorize Failed",
    "102": "No price list available",
    "103": "Balance not enough",
    "104": "Brandname not exist or not active",
    "107": "At least 30 numbers for an advertisement",
    "108": "Phone number invalid",
    "118": "SmsType invalid",
    "120": "Too many numbers",
    "124": "RequestId existed",
    "140": "IP not allowed",
    "146": "Template not registered",
    "177": "The network is not registered",
    "300": "Missing message type",
}


@dataclass(kw_only=True)
class Esms(EsmsShortcode):
    """The double. ``templates`` are the approved texts of a brandname, ``{…}`` standing for a slot; none = any text.

    ``refuse`` with one of :data:`SENTENCES` refuses whatever comes (no money, an address, a network).
    """

    api_key: str = "esms-key"
    secret_key: str = "esms-secret"  # noqa: S105 – it opens nothing
    brandnames: frozenset[str] = frozenset({"UBND-QNGAI"})
    templates: tuple[str, ...] = ()
    refuse: str = ""
    network: str = "1"
    usual: tuple[str, ...] = ("7", "5")
    report_waits: tuple[timedelta, ...] = (timedelta(minutes=1),) * 5
    _requests: set[tuple[str, str]] = field(default_factory=set)
    _said: dict[tuple[str, str], datetime] = field(default_factory=dict)

    FAILED: ClassVar[str] = "5f"
    """Finished, and not delivered: state 5 with a count of failures."""

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Too Many Requests", status=429, content_type="text/plain")

    def act(self, call: Call) -> Answer:
        """Send."""
        body = call.json()
        if call.path != PATH or call.method != "POST" or not body:
            raise Refusal("A10", Answer(body="Endpoint not found.", status=404, content_type="text/html"))
        if (body.get("ApiKey"), body.get("SecretKey")) != (self.api_key, self.secret_key):
            raise _refusal("A11", "101")
        if self.refuse:
            raise _refusal("", self.refuse)
        self._check_kind(body)
        to = str(body.get("Phone", ""))
        if to.startswith("+") or not is_mobile(international(to)):
            raise _refusal("A13", "108")
        self._check_repeats(body, to)
        sent = self._send(body, to)
        return in_json({"CodeResult": "100", "CountRegenerate": 0, "SMSID": sent.id})

    def _check_kind(self, body: Json) -> None:
        kind, content = str(body.get("SmsType", "")), str(body.get("Content", ""))
        if kind not in {CARE, ADVERTISING, FIXED}:
            raise _refusal("A14", "118")
        if kind == ADVERTISING:
            raise _refusal("A19", "107")
        if kind == CARE and body.get("Brandname") not in self.brandnames:
            raise _refusal("A12", "104")
        if kind == CARE and self.templates and not any(_fits(content, template) for template in self.templates):
            raise _refusal("A17", "146")

    def _check_repeats(self, body: Json, to: str) -> None:
        now = self.clock()
        request = str(body.get("RequestId") or "")
        if request and (request, f"{local(now):%Y-%m-%d}") in self._requests:
            raise _refusal("A15", "124")
        said = (international(to), str(body.get("Content", "")))
        if said in self._said and now - self._said[said] < SAME_CONTENT:
            raise Refusal("A16", in_json({"CodeResult": UNLISTED, "ErrorMessage": "same content"}))
        self._requests.add((request, f"{local(now):%Y-%m-%d}"))
        self._said[said] = now

    def _send(self, body: Json, to: str) -> Sent:
        text = str(body.get("Content", ""))
        if str(body.get("IsUnicode", "0")) != "1" and not is_plain(text):
            self.breach("A18", PATH)
            text = in_plain(text)
        return self.take(
            to=to,
            text=text,
            sender=str(body.get("Brandname") or self.number),
            key=str(body.get("RequestId") or ""),
            reports_to=str(body.get("CallbackUrl") or self.report_hook),
            message_id=self.new_id("7f2c2b1e-{:04d}-4f5b-a3a1-2d8f7c5e0a11"),
        )

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """The GET of ``CallbackUrl``; state ``5f`` is 5 with the message among the failures."""
        if not sent.reports_to:
            return None
        delivered, failed = (state == "5"), state in {self.FAILED, "4"}
        fields = {
            "SMSID": sent.id,
            "RequestId": sent.key,
            "SendStatus": state.removesuffix("f"),
            "SendSuccess": int(delivered),
            "SendFailed": int(failed),
            "TotalSent": int(delivered or failed),
            "TotalReceiver": 1,
            "TotalPrice": sent.price,
            "TypeId": 2,
            "telcoid": self.network,
            "phonenumber": sent.to.removeprefix("+"),
        }
        joint = "&" if "?" in sent.reports_to else "?"
        return Post(method="GET", url=f"{sent.reports_to}{joint}{urlencode(fields)}")

    def hears_receipt(self, heard: Heard) -> bool:
        """Only a time-out is tried again."""
        return heard.status is not None


def _refusal(rule: str, code: str) -> Refusal:
    body = {"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": SENTENCES[code]}
    return Refusal(rule, in_json(body))


def _fits(content: str, template: str) -> bool:
    pattern = "".join(
        ".*" if piece.startswith("{") else re.escape(piece) for piece in re.split(r"(\{[^}]*\})", template)
    )
    return re.fullmatch(pattern, content, re.DOTALL) is not None


@contextlib.asynccontextmanager
async def running_esms(
    *, hook: str = "", report_hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Esms]:
    """eSMS on a free port, as long as the block lasts."""
    async with running(Esms, hook=hook, report_hook=report_hook, clock=clock, speed=speed, patience=patience) as esms:
        yield esms
