"""FPT: a token first, then ``push-brandname-otp`` with the message in base64 – as its public callers do it."""

import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.sms.call import Answer, Call, Json, Refusal, in_json
from simulator.sms.courier import Post
from simulator.sms.phone import international, is_mobile
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

TOKEN, PUSH = "/oauth2/token", "/api/push-brandname-otp"
LIFE = timedelta(hours=1)


@dataclass(kw_only=True)
class Fpt(Provider):
    """The double. ``life`` is how long a token serves; :meth:`revoke` ends all of them."""

    client_id: str = "fpt-client"
    client_secret: str = "fpt-secret"  # noqa: S105 – it opens nothing
    scope: str = "send_brandname_otp"
    brandname: str = "UBND-QNGAI"
    life: timedelta = LIFE
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    logins: int = 0

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Too Many Requests", status=429, content_type="text/plain")

    def revoke(self) -> None:
        """Let every token be refused from now on."""
        self.tokens.clear()

    def act(self, call: Call) -> Answer:
        """Give a token, or send."""
        body = call.json() or dict(call.form())
        if call.method != "POST" or call.path not in {TOKEN, PUSH}:
            raise Refusal("A120", Answer(body="Not Found", status=404, content_type="text/html"))
        return self._log_in(body) if call.path == TOKEN else self._push(body)

    def _log_in(self, body: Json) -> Answer:
        if body.get("grant_type") != "client_credentials" or not body.get("scope") or not body.get("session_id"):
            raise _refusal("A121", "invalid_request", "grant_type, scope, session_id", status=400)
        if (body.get("client_id"), body.get("client_secret")) != (self.client_id, self.client_secret):
            raise _refusal("A122", "invalid_client", "Client authentication failed", status=401)
        self.logins += 1
        token = self.new_id("fpt-access-{:06d}")
        self.tokens[token] = (str(body["session_id"]), self.clock() + self.life)
        said = {"access_token": token, "expires_in": int(self.life.total_seconds()), "token_type": "Bearer"}
        return in_json({**said, "scope": self.scope})

    def _push(self, body: Json) -> Answer:
        session, ends = self.tokens.get(str(body.get("access_token")), ("", self.clock()))
        if ends <= self.clock() or body.get("session_id") != session:
            raise _refusal("A123", "invalid_token", "The access token is invalid or has expired", status=401)
        if body.get("BrandName") != self.brandname:
            raise _refusal("A124", "1002", "Brandname is not registered")
        to = str(body.get("Phone", ""))
        if to.startswith("+") or not is_mobile(international(to)):
            raise _refusal("A125", "1003", "Phone number is invalid")
        text = _from_base64(str(body.get("Message", "")))
        if not text:
            raise _refusal("A126", "1004", "Message is not base64")
        sent = self.take(to=to, text=text, sender=self.brandname, key=str(body.get("RequestId", "")))
        said = {"MessageId": sent.id, "Phone": to, "BrandName": self.brandname, "Message": body["Message"]}
        return in_json({**said, "PartnerId": "1", "Telco": "Viettel"})

    def message(self, person: str, text: str) -> Post:
        """A brandname cannot be answered."""
        raise NotImplementedError("nothing is known of people writing to FPT")


def _from_base64(coded: str) -> str:
    try:
        return base64.b64decode(coded, validate=True).decode()
    except ValueError:
        return ""


def _refusal(rule: str, error: str, description: str, *, status: int = 200) -> Refusal:
    return Refusal(rule, in_json({"error": error, "error_description": description}, status=status))


@contextlib.asynccontextmanager
async def running_fpt(
    *, clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Fpt]:
    """FPT on a free port, as long as the block lasts."""
    async with running(Fpt, clock=clock, speed=speed, patience=patience) as fpt:
        yield fpt
