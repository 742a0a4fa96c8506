"""Zalo: an Official Account, its window of 48 hours and 7 days, pictures, templates, receipts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aiohttp import web

from simulator.stage.gate import Gate, open_gate
from simulator.stage.line import Bubble, Json, Line, Phone, Surroundings, now_ms
from simulator.stage.relay import Crossing
from simulator.stage.trouble import NonsenseError, Trouble, fate
from simulator.zalo.delivery import Delivery
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.windows import FREE, OPEN
from simulator.zalo.world import OA_ID, Person, Sent, Violation

NAME = "zalo"
STEP_SECONDS = 0.4
AGES = {"age-0": timedelta(), "age-49": timedelta(hours=49), "age-169": timedelta(hours=169)}
"""How long ago somebody may be made to have written last: free, to be paid, closed."""
FIRST_PERSON = 7_293_648_105_738_264_000


class ZaloLine(Line):
    """One Official Account."""

    name = NAME
    controls = ("down", "slow", "busy", "silent", "receipts")

    def __init__(self, *, gate: Gate, zalo: Zalo, bases: Json, front: str) -> None:
        self._gate, self._zalo, self._bases, self._front = gate, zalo, bases, front
        self._phones: dict[str, Phone] = {}
        self._deliveries: dict[str, Delivery] = {}
        self._reports: set[asyncio.Task[None]] = set()
        self._noted = 0
        zalo.receipts = False  # they are the panel's
        zalo.world.watchers.append(self._arrive)

    @property
    def trouble(self) -> Trouble:
        return self._gate.trouble

    @property
    def tokens(self) -> tuple[str, str]:
        """The access and the refresh token with which the service starts."""
        pair = self._zalo.tokens()
        return pair.access, pair.refresh

    def account(self) -> Json:
        return {"channel": NAME, **self._zalo.settings(), **self._bases}

    def connect(self) -> None:
        self._zalo.app.webhook = f"{self._front}/hooks/{NAME}/{OA_ID}"
        self._zalo.enable_webhook()

    def join(self, phone: Phone, number: int) -> None:
        phone.address = str(FIRST_PERSON + number)
        self._phones[phone.address] = phone
        person = self._zalo.person(phone.address)
        person.name, person.follows = phone.name, False

    async def say(self, phone: Phone, text: str) -> None:
        if not text.strip():
            raise NonsenseError("an empty text is not sent")
        delivery = self._zalo.raise_event("user_send_text", phone.address, message={"text": text})
        bubble = Bubble(id=f"u{len(phone.bubbles)}", mine=True, text=text, at=now_ms(), state="waiting")
        self._deliveries[f"{phone.id}:{bubble.id}"] = delivery
        phone.bubbles.append(bubble)

    async def press(self, phone: Phone, message: str, data: str) -> None:
        raise NonsenseError(f"{phone.line} has no buttons: {message!r} {data!r}"[:200])

    async def act(self, phone: Phone, action: str) -> None:
        if action in {"follow", "unfollow"}:
            self._zalo.raise_event(action, phone.address)
        elif action == "see":
            self._see(phone)
        elif action in AGES and self._person(phone).last_interaction is not None:
            self._zalo.interact(phone.address, ago=AGES[action])
        else:
            raise NonsenseError("there is no such action")

    def look(self, phone: Phone) -> Json:
        self._note_rules()
        for bubble in phone.bubbles:
            if bubble.state in {"sent", "lost"} and bubble.id in self._gate.untold:
                bubble.state = "unknown"
            delivery = self._deliveries.get(f"{phone.id}:{bubble.id}")
            if delivery is not None:
                bubble.state = "taken" if delivery.status == 200 else "refused" if _given_up(delivery) else "waiting"
        person = self._person(phone)
        unread = any(not bubble.mine and bubble.state in {"sent", "unknown", "delivered"} for bubble in phone.bubbles)
        actions = ["unfollow" if person.follows else "follow"]
        if unread:
            actions.append("see")
        if person.last_interaction is not None:
            actions += AGES
        return {
            "messages": [bubble.as_json() for bubble in phone.bubbles],
            "actions": actions,
            "follows": person.follows,
            "window": self._window(person),
        }

    def picture(self, name: str) -> bytes | None:
        asset = self._zalo.world.assets.get(name)
        return None if asset is None else asset.content

    async def suffer(self, trouble: Trouble) -> None:
        await self._gate.suffer(trouble)

    async def stop(self) -> None:
        """Forget the reports that were still to come."""
        for task in self._reports:
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)

    def _person(self, phone: Phone) -> Person:
        return self._zalo.person(phone.address)

    def _window(self, person: Person) -> Json:
        last = person.last_interaction
        if last is None:
            return {"state": "never", "hours": 0}
        passed = self._zalo.clock() - last
        state, end = ("free", FREE) if passed <= FREE else ("paid", OPEN) if passed <= OPEN else ("closed", passed)
        return {"state": state, "hours": round((end - passed) / timedelta(hours=1))}

    def _arrive(self, sent: Sent) -> None:
        phone = self._phones.get(sent.to)
        if phone is None or sent.kind == "react":
            return
        bubble = Bubble(
            id=sent.message_id,
            mine=False,
            text=_text(sent),
            at=now_ms(),
            state="lost" if self.trouble.receipts == "lost" else "sent",
            picture=_picture(sent),
            meta={"paid": sent.paid or "billed", "kind": sent.kind},
        )
        phone.bubbles.append(bubble)
        for after, _stage in fate(self.trouble.receipts, ("delivered",), step=STEP_SECONDS):
            self._later(after + STEP_SECONDS, sent, bubble)

    def _later(self, seconds: float, sent: Sent, bubble: Bubble) -> None:
        async def report() -> None:
            await asyncio.sleep(seconds)
            message = {"msg_id": sent.message_id}
            delivery = self._zalo.raise_event("user_received_message", sent.to, message=message)
            await delivery.ended.wait()
            if delivery.status == 200 and bubble.state in {"sent", "unknown"}:
                bubble.state = "delivered"

        task = asyncio.get_running_loop().create_task(report())
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    def _see(self, phone: Phone) -> None:
        unread = [bubble for bubble in phone.bubbles if not bubble.mine and bubble.state != "read"]
        for bubble in unread:
            bubble.state = "read"
        message: dict[str, Any] = {"msg_ids": [bubble.id for bubble in unread]}
        self._zalo.raise_event("user_seen_message", phone.address, message=message)

    def _note_rules(self) -> None:
        new: list[Violation] = self._zalo.violations[self._noted :]
        self._noted += len(new)
        for violation in new:
            self._gate.note_rule(violation.rule, violation.detail)


def _given_up(delivery: Delivery) -> bool:
    return delivery.ended.is_set() and delivery.status != 200


def _element(sent: Sent) -> Json:
    attachment = sent.message.get("attachment")
    payload = attachment.get("payload", {}) if isinstance(attachment, dict) else {}
    elements = payload.get("elements") or [{}]
    return dict(elements[0])


def _picture(sent: Sent) -> str:
    return str(_element(sent).get("attachment_id", ""))


def _text(sent: Sent) -> str:
    """The words, or the values of a template."""
    if sent.text:
        return sent.text
    data = sent.message.get("template_data")
    return "\n".join(f"{name}: {value}" for name, value in data.items()) if isinstance(data, dict) else ""


def _judge(crossing: Crossing) -> tuple[str, str, bool]:
    path = crossing.request.path
    try:
        answer = json.loads(crossing.body)
        code = answer.get("error", 0)
    except (ValueError, AttributeError):
        return path, str(crossing.status), crossing.status == 200
    return path, f"{crossing.status} error {code}" if code else f"{crossing.status} ok", code == 0


def _name(crossing: Crossing) -> str:
    try:
        return str(json.loads(crossing.body)["data"]["message_id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _refuse(request: web.Request) -> web.Response:
    limits = {"X-RateLimit-Limit": "100", "X-RateLimit-Remain": "0"}
    if not request.path.startswith("/v3.0/"):
        return web.Response(status=429, text="Too Many Requests", headers=limits)
    return web.json_response({"error": -32, "message": "Rate limit exceeded"}, headers=limits)


@contextlib.asynccontextmanager
async def open_line(surroundings: Surroundings) -> AsyncIterator[ZaloLine]:
    """The line as long as the block lasts."""
    async with (
        running_zalo() as zalo,
        open_gate(NAME, surroundings, judge=_judge, refuse=_refuse, name=_name) as gate,
    ):
        bases = {name: await gate.add(getattr(zalo, name)) for name in ("api_base", "oauth_base", "template_base")}
        line = ZaloLine(gate=gate, zalo=zalo, bases=bases, front=surroundings.front)
        try:
            yield line
        finally:
            await line.stop()
