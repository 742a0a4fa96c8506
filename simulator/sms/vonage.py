"""Vonage's SMS API: ``/sms/json``, hooks by GET or POST for people's words and receipts."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from simulator.sms.call import Answer, Call, Refusal, Sent, in_json
from simulator.sms.courier import Post
from simulator.sms.phone import in_plain, international, is_plain
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

NEEDED = ("api_key", "api_secret", "from", "to", "text")
SENTENCES = {
    1: "Throttled",
    2: "Missing Parameters",
    3: "Invalid Parameters",
    4: "Invalid Credentials",
    5: "Internal Error",
    6: "Invalid Message",
    7: "Number Barred",
    8: "Partner Account Barred",
    9: "Partner Quota Violation",
    10: "Too Many Existing Binds",
}


@dataclass(kw_only=True)
class Vonage(Provider):
    """The double. ``method`` of the hooks: GET, POST (a form) or JSON; ``refuse`` refuses whatever comes."""

    api_key: str = "abcd1234"
    api_secret: str = "vonage-secret"  # noqa: S105 – it opens nothing
    number: str = "84901234567"
    method: str = "GET"
    refuse: int = 0
    usual: tuple[str, ...] = ("accepted", "delivered")
    message_waits: tuple[timedelta, ...] = (timedelta(minutes=1),) * 3
    report_waits: tuple[timedelta, ...] = (timedelta(minutes=1),) * 3

    def busy(self) -> Answer:
        """Throttled inside HTTP 200."""
        return _said(1)

    def act(self, call: Call) -> Answer:
        """Send."""
        if call.path != "/sms/json":
            raise Refusal("A90", Answer(body="Not Found", status=404, content_type="text/html"))
        fields = {**call.parameters, **{name: str(value) for name, value in call.json().items()}}
        if any(not fields.get(name) for name in NEEDED):
            raise Refusal("A91", _said(2))
        if (fields["api_key"], fields["api_secret"]) != (self.api_key, self.api_secret):
            raise Refusal("A92", _said(4))
        if self.refuse:
            raise Refusal("", _said(self.refuse))
        if not fields["to"].isdecimal() or fields["to"].startswith("0"):
            raise Refusal("A93", _said(3))
        text = fields["text"]
        if fields.get("type", "text") != "unicode" and not is_plain(text):
            self.breach("A94", call.path)
            text = in_plain(text)
        sent = self.take(
            to=international(fields["to"]),
            text=text,
            sender=fields["from"],
            key=fields.get("client-ref", ""),
            reports_to=fields.get("callback", "") or self.report_hook,
            message_id=self.new_id("0C0000{:010X}"),
        )
        return _said(0, message_id=sent.id, to=fields["to"])

    def message(self, person: str, text: str) -> Post:
        """A person's words."""
        fields = {
            "msisdn": person.removeprefix("+"),
            "to": self.number,
            "messageId": self.new_id("0B0000{:010X}"),
            "text": text,
            "type": "text" if is_plain(text) else "unicode",
            "keyword": (text.split() or [""])[0].upper(),
            "message-timestamp": f"{self.clock():%Y-%m-%d %H:%M:%S}",
        }
        return self._post(self.hook, fields)

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """A receipt; ``failed:6`` names an error code."""
        if not sent.reports_to:
            return None
        word, _, code = state.partition(":")
        fields = {
            "msisdn": sent.to.removeprefix("+"),
            "to": sent.sender,
            "network-code": "45204",
            "messageId": sent.id,
            "price": "0.03330000",
            "status": word,
            "scts": f"{self.clock():%y%m%d%H%M}",
            "err-code": code or "0",
            "message-timestamp": f"{self.clock():%Y-%m-%d %H:%M:%S}",
        }
        return self._post(sent.reports_to, fields)

    def _post(self, hook: str, fields: dict[str, str]) -> Post:
        if self.method == "GET":
            return Post(method="GET", url=f"{hook}{'&' if '?' in hook else '?'}{urlencode(fields)}")
        if self.method == "JSON":
            raw = json.dumps(fields, ensure_ascii=False).encode()
            return Post(url=hook, headers={"Content-Type": "application/json"}, body=raw)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Post(url=hook, headers=headers, body=urlencode(fields).encode())


def _said(status: int, *, message_id: str = "", to: str = "") -> Answer:
    message = {"to": to, "status": str(status)}
    message |= {"message-id": message_id} if message_id else {"error-text": SENTENCES[status]}
    return in_json({"message-count": "1", "messages": [message]})


@contextlib.asynccontextmanager
async def running_vonage(
    *,
    hook: str = "",
    report_hook: str = "",
    clock: Timeline | None = None,
    speed: float = 1.0,
    patience: float = 5.0,
) -> AsyncIterator[Vonage]:
    """Vonage on a free port, as long as the block lasts."""
    async with running(
        Vonage, hook=hook, report_hook=report_hook, clock=clock, speed=speed, patience=patience
    ) as vonage:
        yield vonage
