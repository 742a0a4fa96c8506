"""Twilio: form posts signed over the whole public address, ``Messages.json``, status callbacks."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from simulator.sms.call import Answer, Call, Refusal, Sent, in_json
from simulator.sms.courier import Heard, Post
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

LONGEST = 1600
SENTENCES = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
}
STATUSES = {20003: 401, 20404: 404, 20429: 429}


@dataclass(kw_only=True)
class Twilio(Provider):
    """The double. ``stopped`` are people who said STOP; ``refuse`` refuses whatever comes with that code.

    ``public`` is the address of the hook as Twilio was told it, over which it signs, where a proxy stands in between.
    """

    account_sid: str = "AC0123456789abcdef0123456789abcdef"
    auth_token: str = "twilio-auth-token"  # noqa: S105 – it opens nothing
    number: str = "+15005550006"
    public: str = ""
    refuse: int = 0
    stopped: set[str] = field(default_factory=set)
    usual: tuple[str, ...] = ("sent", "delivered")

    def busy(self) -> Answer:
        """Never processed, always safe to send again."""
        return in_json(_problem(20429), status=429)

    def act(self, call: Call) -> Answer:
        """Send."""
        form = call.form()
        if call.path != f"/2010-04-01/Accounts/{self.account_sid}/Messages.json" or call.method != "POST":
            raise _refusal("A81", 20404)
        proof = "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if call.headers.get("authorization") != proof:
            raise _refusal("A80", 20003)
        if self.refuse:
            raise _refusal("", self.refuse)
        to, sender, text = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not sender:
            raise _refusal("A82", 21603)
        if not re.fullmatch(r"\+[1-9]\d{7,14}", to):
            raise _refusal("A83", 21211)
        if not text:
            raise _refusal("A84", 21602)
        if len(text) > LONGEST:
            raise _refusal("A85", 21617)
        if to in self.stopped:
            raise _refusal("A86", 21610)
        sent = self.take(
            to=to,
            text=text,
            sender=sender,
            reports_to=form.get("StatusCallback", ""),
            message_id=self.new_id("SM{:032x}"),
        )
        body = {"sid": sent.id, "status": "queued", "to": to, "from": sender, "num_segments": str(sent.parts)}
        return in_json({**body, "error_code": None, "error_message": None}, status=201)

    def message(self, person: str, text: str) -> Post:
        """A person's words, signed."""
        if text.strip().upper() == "STOP":
            self.stopped.add(person)
        form = {
            "ToCountry": "VN",
            "MessageSid": self.new_id("SM{:032x}"),
            "AccountSid": self.account_sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCountry": "VN",
            "From": person,
            "To": self.number,
            "Body": text,
            "ApiVersion": "2010-04-01",
        }
        return self._signed(self.hook, form, self.public)

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """The status callback; ``failed:30003`` names an error code."""
        if not sent.reports_to:
            return None
        word, _, code = state.partition(":")
        form = {
            "SmsSid": sent.id,
            "SmsStatus": word,
            "MessageStatus": word,
            "To": sent.to,
            "MessageSid": sent.id,
            "AccountSid": self.account_sid,
            "From": sent.sender,
            "ApiVersion": "2010-04-01",
        }
        return self._signed(sent.reports_to, form | ({"ErrorCode": code} if code else {}))

    def signature(self, url: str, form: dict[str, str]) -> str:
        """base64 of HMAC-SHA1 over the address and every parameter, names sorted."""
        over = url + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.digest(self.auth_token.encode(), over.encode(), hashlib.sha1)).decode()

    def hears(self, heard: Heard) -> bool:
        """TwiML: an empty Response says nothing to the person."""
        if heard.status != 200 or "xml" not in heard.content_type or "<Response" not in heard.body:
            self.breach("A88", "the answer to a person's words")
        return True

    def hears_receipt(self, heard: Heard) -> bool:
        """No further tries by default."""
        return heard.status is not None

    def _signed(self, hook: str, form: dict[str, str], public: str = "") -> Post:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": self.signature(public or hook, form),
        }
        return Post(url=hook, headers=headers, body=urlencode(form).encode())


def _problem(code: int) -> dict[str, object]:
    return {"code": code, "message": SENTENCES.get(code, "Refused"), "status": STATUSES.get(code, 400)}


def _refusal(rule: str, code: int) -> Refusal:
    return Refusal(rule, Answer(body=json.dumps(_problem(code)), status=STATUSES.get(code, 400)))


@contextlib.asynccontextmanager
async def running_twilio(
    *, hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Twilio]:
    """Twilio on a free port, as long as the block lasts."""
    async with running(Twilio, hook=hook, clock=clock, speed=speed, patience=patience) as twilio:
        yield twilio
