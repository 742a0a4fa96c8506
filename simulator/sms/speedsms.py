"""SpeedSMS: sending by JSON with a token, sixty calls a minute; JSON posts for receipts and people's words."""

import base64
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.sms.call import Answer, Call, Refusal, Sent, in_json
from simulator.sms.courier import Post
from simulator.sms.phone import international, is_mobile
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

PATH = "/index.php/sms/send"
CALLS, WINDOW = 60, timedelta(minutes=1)
LONGEST = 1000
KINDS = {2, 3, 4, 5}
WITH_SENDER = {3, 5}
SENTENCES = {
    "007": "IP locked",
    "008": "Account blocked",
    "009": "Account not allow to call the API",
    "101": "Invalid or missing parameters",
    "105": "Phone number invalid",
    "110": "Not support sms content encoding",
    "113": "Sms content too long",
    "300": "Your account balance not enough to send sms",
    "500": "Internal error, please try again",
}


@dataclass(kw_only=True)
class SpeedSms(Provider):
    """The double. ``refuse`` with one of :data:`SENTENCES` refuses whatever comes."""

    token: str = "speedsms-token"  # noqa: S105 – it opens nothing
    refuse: str = ""
    usual: tuple[str, ...] = ("0",)
    _calls: deque[datetime] = field(default_factory=deque)

    def busy(self) -> Answer:
        """What the sixty-first call of a minute hears."""
        body = {"name": "Too Many Requests", "message": "Rate limit exceeded.", "code": 0, "status": 429}
        oldest = self._calls[0] if self._calls else self.clock()
        reset = max(1, round((oldest + WINDOW - self.clock()).total_seconds()))
        return Answer(body=json.dumps(body), status=429, headers={"X-Rate-Limit-Reset": str(reset)})

    def act(self, call: Call) -> Answer:
        """Send."""
        if call.path != PATH or call.method != "POST" or not call.json():
            raise Refusal("A40", in_json({"name": "Not Found", "status": 404}, status=404))
        proof = "Basic " + base64.b64encode(f"{self.token}:x".encode()).decode()
        if call.headers.get("authorization") != proof:
            raise Refusal("A41", in_json({"name": "Unauthorized", "status": 401}, status=401))
        self._count(call.at)
        if self.refuse:
            raise _refusal("", self.refuse)
        return self._send(call)

    def _count(self, at: datetime) -> None:
        while self._calls and at - self._calls[0] >= WINDOW:
            self._calls.popleft()
        if len(self._calls) >= CALLS:
            raise Refusal("A42", self.busy())
        self._calls.append(at)

    def _send(self, call: Call) -> Answer:
        body = call.json()
        to, content, kind = body.get("to"), body.get("content"), body.get("sms_type")
        sender = body.get("sender") or ""
        if not isinstance(to, list) or not to or not isinstance(content, str) or not content:
            raise _refusal("A43", "101")
        if kind not in KINDS or (kind in WITH_SENDER and not sender):
            raise _refusal("A44", "101")
        good = [one for one in to if not str(one).startswith("+") and is_mobile(international(str(one)))]
        if not good:
            raise _refusal("A45", "105")
        if len(content) > LONGEST:
            raise _refusal("A46", "113")
        tran = int(self.new_id("{:d}")) + 4_000_000
        taken = [self.take(to=str(one), text=content, sender=str(sender), message_id=str(tran)) for one in good]
        data = {
            "tranId": tran,
            "totalSMS": sum(sent.parts for sent in taken),
            "totalPrice": sum(sent.price for sent in taken),
            "invalidPhone": [one for one in to if one not in good],
        }
        return in_json({"status": "success", "code": "00", "data": data})

    def message(self, person: str, text: str) -> Post:
        """The post for a person's words: that such a type exists is documented, its fields are not."""
        tran = int(self.new_id("{:d}")) + 9_000_000
        return self._post({"type": "sms", "tranId": tran, "phone": person.removeprefix("+"), "content": text})

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """The post for a receipt; 0 delivered, 1 to 63 for now, from 64 on for good."""
        hook = sent.reports_to or self.report_hook or self.hook
        body = {"type": "report", "tranId": int(sent.id), "phone": sent.to.removeprefix("+"), "status": int(state)}
        return self._post(body, hook) if hook else None

    def _post(self, body: dict[str, object], hook: str = "") -> Post:
        raw = json.dumps(body, ensure_ascii=False).encode()
        return Post(url=hook or self.hook, headers={"Content-Type": "application/json"}, body=raw)


def _refusal(rule: str, code: str) -> Refusal:
    return Refusal(rule, in_json({"status": "error", "code": code, "message": SENTENCES[code]}))


@contextlib.asynccontextmanager
async def running_speedsms(
    *,
    hook: str = "",
    report_hook: str = "",
    clock: Timeline | None = None,
    speed: float = 1.0,
    patience: float = 5.0,
) -> AsyncIterator[SpeedSms]:
    """SpeedSMS on a free port, as long as the block lasts."""
    async with running(
        SpeedSms, hook=hook, report_hook=report_hook, clock=clock, speed=speed, patience=patience
    ) as speedsms:
        yield speedsms
