"""V-COM: a JSON post brings what a person wrote, ``send-mt`` answers it by its request id; both carry a checksum."""

import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from simulator.sms.call import Answer, Call, Refusal, in_json
from simulator.sms.courier import Heard, Post
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

PATH = "/api/v2/send-mt"
NEEDED = ("client_id", "request_id", "service_id", "command_code", "mt_code", "message", "time", "checksum")
SENTENCES = {
    102: "Other errors, will be explained here",
    104: "MT is duplicated",
    106: "Parameter is invalid, wrong checksum, ...",
    108: "Request from IP is not allowed",
}
LONGEST_CODE = 50


@dataclass(kw_only=True)
class Vcom(Provider):
    """The double. ``refuse`` with one of :data:`SENTENCES` refuses whatever comes; ``telco`` is the network."""

    client_id: str = "demo"
    key: str = "vcom-secure-key"
    number: str = "7068"
    command_code: str = "cskh"
    telco: str = "VT"
    refuse: int = 0
    message_waits: tuple[timedelta, ...] = (timedelta(seconds=20),) * 2
    _people: dict[str, str] = field(default_factory=dict)
    _codes: set[tuple[str, str]] = field(default_factory=set)

    def busy(self) -> Answer:
        """Nothing is documented; a front server's page."""
        return Answer(body="Too Many Requests", status=429, content_type="text/plain")

    def proof(self, *fields: str) -> str:
        """base64 of the binary SHA-256 of ``fields`` in their order."""
        return base64.b64encode(hashlib.sha256("".join(fields).encode()).digest()).decode()

    def act(self, call: Call) -> Answer:
        """Send."""
        body = call.json()
        if call.path != PATH or call.method != "POST" or not body:
            raise Refusal("A60", Answer(body="Not Found", status=404, content_type="text/html"))
        if self.refuse:
            raise _refusal("", self.refuse)
        if any(body.get(name) in (None, "") for name in NEEDED) or body.get("client_id") != self.client_id:
            raise _refusal("A61", 106)
        request, code, time = str(body["request_id"]), str(body["mt_code"]), str(body["time"])
        if body["checksum"] != self.proof(self.client_id, request, code, self.key, time):
            raise _refusal("A62", 106)
        if body.get("is_charged", 1) not in {0, 1} or len(code) > LONGEST_CODE:
            raise _refusal("A63", 106)
        if (request, code) in self._codes:
            raise _refusal("A64", 104)
        if request not in self._people:
            raise _refusal("A65", 102)
        self._codes.add((request, code))
        self.take(to=self._people[request], text=str(body["message"]), sender=self.number, key=code)
        return in_json({"data": {"code": 200, "status": "success", "message": "Thanks"}})

    def message(self, person: str, text: str, *, kind: str = "new") -> Post:
        """The post with its checksum; ``recovery`` is what V-COM brings again on request."""
        request, time = self.new_id("{:010d}"), str(int(self.clock().timestamp()))
        phone = person.removeprefix("+")
        self._people[request] = phone
        body = {
            "type": kind,
            "client_id": self.client_id,
            "request_id": request,
            "service_id": self.number,
            "command_code": self.command_code,
            "message": text,
            "telco": self.telco,
            "phone": phone,
            "time": int(time),
            "checksum": self.proof(self.client_id, request, phone, self.key, time),
        }
        raw = json.dumps(body, ensure_ascii=False).encode()
        return Post(url=self.hook, headers={"Accept": "application/json", "Content-Type": "application/json"}, body=raw)

    def hears(self, heard: Heard) -> bool:
        """HTTP 200 ends it; what the body says is noted where it is none of the documented answers."""
        if heard.status != 200:
            if heard.status is not None:
                self.breach("A66", "the answer to a person's words")
            return False
        if not _is_documented(heard.body):
            self.breach("A67", "the answer to a person's words")
        return True


def _is_documented(body: str) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    if not isinstance(said, dict):
        return False
    data, errors = said.get("data"), said.get("errors")
    if isinstance(data, dict):
        return data.get("code") == 200 and data.get("status") == "success"
    return isinstance(errors, dict) and errors.get("code") in {104, 106, 108}


def _refusal(rule: str, code: int) -> Refusal:
    return Refusal(rule, in_json({"errors": {"code": code, "status": "error", "message": SENTENCES[code]}}))


@contextlib.asynccontextmanager
async def running_vcom(
    *, hook: str = "", clock: Timeline | None = None, speed: float = 1.0, patience: float = 5.0
) -> AsyncIterator[Vcom]:
    """V-COM on a free port, as long as the block lasts."""
    async with running(Vcom, hook=hook, clock=clock, speed=speed, patience=patience) as vcom:
        yield vcom
