"""VietGuys, the older interface: a form with name and password, JSON back – as its public callers do it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from simulator.sms.call import Answer, Call, Refusal, in_json
from simulator.sms.courier import Post
from simulator.sms.phone import in_plain, international, is_mobile, is_plain
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

PATH = "/api/index.php"
PLAIN, UNICODE = "0", "8"
LONGEST_BID = 50
REFUSED = -1
"""Which number means what is documented nowhere public; only that 0 is good."""


@dataclass(kw_only=True)
class VietGuys(Provider):
    """The double."""

    user: str = "vietguys-user"
    password: str = "vietguys-password"  # noqa: S105 – it opens nothing
    brandname: str = "UBND-QNGAI"

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Too Many Requests", status=429, content_type="text/plain")

    def act(self, call: Call) -> Answer:
        """Send."""
        form = call.form()
        if call.method != "POST" or call.path != PATH or form.get("json") != "1":
            raise Refusal("A140", Answer(body="-1", content_type="text/html"))
        if (form.get("u"), form.get("pwd")) != (self.user, self.password):
            raise _refusal("A141", "authentication")
        if form.get("from") != self.brandname:
            raise _refusal("A142", "brandname")
        to, text = form.get("phone", ""), form.get("sms", "")
        if to.startswith("+") or not is_mobile(international(to)) or not text:
            raise _refusal("A143", "phone or sms")
        if len(form.get("bid", "")) > LONGEST_BID:
            raise _refusal("A144", "bid")
        if form.get("type", PLAIN) != UNICODE and not is_plain(text):
            self.breach("A145", call.path)
            text = in_plain(text)
        sent = self.take(to=to, text=text, sender=self.brandname, key=form.get("bid", ""))
        return in_json({"msgid": sent.id, "error": 0, "error_code": 0, "carrier": "viettel", "log": ""})

    def message(self, person: str, text: str) -> Post:
        """A brandname cannot be answered."""
        raise NotImplementedError("nobody can write to a brandname")


def _refusal(rule: str, what: str) -> Refusal:
    return Refusal(rule, in_json({"msgid": "", "error": REFUSED, "error_code": REFUSED, "log": what}))


@contextlib.asynccontextmanager
async def running_vietguys(
    *, clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[VietGuys]:
    """VietGuys on a free port, as long as the block lasts."""
    async with running(VietGuys, clock=clock, speed=speed, patience=patience) as vietguys:
        yield vietguys
