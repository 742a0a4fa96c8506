"""Infobip: JSON with an ``App`` key; people's words and receipts come several in one post."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from simulator.sms.call import Answer, Call, Json, Refusal, Sent, in_json
from simulator.sms.courier import Delivery, Post
from simulator.sms.phone import international
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline

PATHS = frozenset({"/sms/1/text/advanced", "/sms/2/text/advanced"})
GROUPS = {
    "PENDING": (1, 26, "PENDING_ACCEPTED"),
    "UNDELIVERABLE": (2, 9, "UNDELIVERABLE_NOT_DELIVERED"),
    "DELIVERED": (3, 5, "DELIVERED_TO_HANDSET"),
    "EXPIRED": (4, 15, "EXPIRED_EXPIRED"),
    "REJECTED": (5, 6, "REJECTED_NETWORK"),
}


@dataclass(kw_only=True)
class Infobip(Provider):
    """The double. ``refuse`` with a group refuses every message in an HTTP 200."""

    api_key: str = "infobip-key"
    number: str = "8179"
    refuse: str = ""
    usual: tuple[str, ...] = ("PENDING", "DELIVERED")
    message_waits: tuple[timedelta, ...] = (timedelta(minutes=1),) * 3
    report_waits: tuple[timedelta, ...] = (timedelta(minutes=1),) * 3

    def busy(self) -> Answer:
        """As every refusal of the interface itself: a ``requestError``."""
        return _problem("TOO_MANY_REQUESTS", "Too many requests", status=429)

    def act(self, call: Call) -> Answer:
        """Send."""
        if call.path not in PATHS or call.method != "POST":
            raise Refusal("A101", _problem("NOT_FOUND", "Requested URL not found", status=404))
        if call.headers.get("authorization") != f"App {self.api_key}":
            raise Refusal("A100", _problem("UNAUTHORIZED", "Invalid login details", status=401))
        messages = call.json().get("messages")
        if not isinstance(messages, list) or not messages or not all(_is_whole(message) for message in messages):
            raise Refusal("A102", _problem("BAD_REQUEST", "Bad Request", status=400))
        said = [self._send(message, place) for message in messages for place in message["destinations"]]
        return in_json({"bulkId": self.new_id("bulk-{:08d}"), "messages": said})

    def _send(self, message: Json, place: Json) -> Json:
        to = str(place["to"])
        message_id = str(place.get("messageId") or self.new_id("3562{:012d}"))
        group = self.refuse or "PENDING"
        if not to.removeprefix("+").isdecimal() or to.startswith("0"):
            self.breach("A103", "a destination")
            group = "REJECTED"
        if group == "PENDING":
            self.take(
                to=international(to.removeprefix("+")),
                text=str(message["text"]),
                sender=str(message.get("from", "")),
                reports_to=str(message.get("notifyUrl") or self.report_hook),
                message_id=message_id,
            )
        return {"to": to, "status": _status(group), "messageId": message_id}

    def message(self, person: str, text: str) -> Post:
        """A person's words, alone in their post."""
        return self.messages((person, text))

    def messages(self, *said: tuple[str, str]) -> Post:
        """What several people wrote, in one post."""
        moment = f"{self.clock():%Y-%m-%dT%H:%M:%S}.000+0000"
        results = [
            {
                "messageId": self.new_id("8170{:012d}"),
                "from": person.removeprefix("+"),
                "to": self.number,
                "text": text,
                "cleanText": " ".join(text.split()[1:]),
                "keyword": (text.split() or [""])[0].upper(),
                "receivedAt": moment,
                "smsCount": 1,
            }
            for person, text in said
        ]
        return _post(self.hook, {"results": results, "messageCount": len(results), "pendingMessageCount": 0})

    def receipt(self, sent: Sent, state: str) -> Post | None:
        """A receipt, alone in its post."""
        return self.receipts_of((sent, state))

    def receipts_of(self, *states: tuple[Sent, str]) -> Post | None:
        """Several receipts in one post."""
        hook = states[0][0].reports_to
        results = [
            {
                "bulkId": "bulk-1",
                "messageId": sent.id,
                "to": sent.to.removeprefix("+"),
                "sentAt": f"{sent.at:%Y-%m-%dT%H:%M:%S}.000+0000",
                "doneAt": f"{self.clock():%Y-%m-%dT%H:%M:%S}.000+0000",
                "smsCount": sent.parts,
                "status": _status(state),
                "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False},
            }
            for sent, state in states
        ]
        return _post(hook, {"results": results}) if hook else None

    async def report_together(self, *states: tuple[Sent, str]) -> Delivery | None:
        """Bring several receipts in one post, as :meth:`report`."""
        post = self.receipts_of(*states)
        if post is None:
            return None
        delivery = self.courier.send(post, self.hears_receipt, self.report_waits)
        await delivery.tried.wait()
        return delivery


def _is_whole(message: object) -> bool:
    if not isinstance(message, dict) or not message.get("text"):
        return False
    places = message.get("destinations")
    return isinstance(places, list) and bool(places) and all(isinstance(p, dict) and p.get("to") for p in places)


def _status(group: str) -> Json:
    group_id, number, name = GROUPS[group]
    return {"groupId": group_id, "groupName": group, "id": number, "name": name, "description": name.lower()}


def _problem(message_id: str, text: str, *, status: int) -> Answer:
    return in_json({"requestError": {"serviceException": {"messageId": message_id, "text": text}}}, status=status)


def _post(hook: str, body: Json) -> Post:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Post(url=hook, headers={"Content-Type": "application/json;charset=utf-8"}, body=raw)


@contextlib.asynccontextmanager
async def running_infobip(
    *,
    hook: str = "",
    report_hook: str = "",
    clock: Timeline | None = None,
    speed: float = 1.0,
    patience: float = 5.0,
) -> AsyncIterator[Infobip]:
    """Infobip on a free port, as long as the block lasts."""
    async with running(
        Infobip, hook=hook, report_hook=report_hook, clock=clock, speed=speed, patience=patience
    ) as infobip:
        yield infobip
