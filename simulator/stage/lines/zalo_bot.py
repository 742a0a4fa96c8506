"""Zalo Bot: few people, few messages, no buttons, no receipts; who is not invited is a stranger."""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from simulator.stage.gate import Gate, open_gate
from simulator.stage.line import Bubble, Json, Line, Phone, Surroundings, now_ms
from simulator.stage.relay import Crossing
from simulator.stage.trouble import NonsenseError, Trouble
from simulator.zalo_bot.double import ZaloBotDouble, running_zalo_bot
from simulator.zalo_bot.world import Person, Sent, Update

NAME = "zalo_bot"
CHANNEL, ACCOUNT = "zalo-bot", "main"
ACTIVATE = "KÍCH HOẠT {code}"


class ZaloBotLine(Line):
    """One bot. ``invitations`` are codes that the service knows; each phone is given one while there are any."""

    name = NAME
    controls = ("down", "slow", "busy", "silent")

    def __init__(self, *, gate: Gate, double: ZaloBotDouble, api_base: str, front: str) -> None:
        self._gate, self._double, self._api_base, self._front = gate, double, api_base, front
        self._secret = secrets.token_urlsafe(24)
        self._people: dict[int, Person] = {}
        self._codes: dict[int, str] = {}
        self._activations: dict[int, Update] = {}
        self._written: dict[int, list[tuple[Bubble, Update | None]]] = {}
        self._received: dict[str, list[Bubble]] = {}
        self._noted = self._shown = 0
        self.invitations: Sequence[str] = ()

    @property
    def trouble(self) -> Trouble:
        return self._gate.trouble

    def account(self) -> Json:
        token = self._double.bot.token
        known = {"channel": CHANNEL, "account": ACCOUNT, "token": token, "secret": self._secret}
        return {**known, "api_base": self._api_base, "mode": "webhook"}

    def connect(self) -> None:
        self._double.hook(f"{self._front}/hooks/{CHANNEL}/{ACCOUNT}", secret=self._secret)

    def join(self, phone: Phone, number: int) -> None:
        person = self._people[phone.id] = self._double.person(phone.name)
        phone.address = person.id
        self._written[phone.id] = []
        if number <= len(self.invitations):
            self._codes[phone.id] = self.invitations[number - 1]

    async def say(self, phone: Phone, text: str) -> None:
        if not text.strip():
            raise NonsenseError("an empty text is not sent")
        if self._blocked(phone):
            raise NonsenseError("who blocked a bot cannot write to it")
        await self._write(phone, text)

    async def press(self, phone: Phone, message: str, data: str) -> None:
        raise NonsenseError(f"{phone.line} has no buttons: {message!r} {data!r}"[:200])

    async def act(self, phone: Phone, action: str) -> None:
        person = self._people[phone.id]
        if action == "activate" and phone.id in self._codes:
            await self._activate(phone)
        elif action == "block":
            self._double.block(person)
        elif action == "unblock":
            self._double.unblock(person)
        else:
            raise NonsenseError("there is no such action")

    def look(self, phone: Phone) -> Json:
        self._take_note()
        for bubble, update in self._written[phone.id]:
            if update is not None:
                bubble.state = "taken" if update.taken else "refused" if update.ended.is_set() else "waiting"
        received = self._received.get(phone.address, [])
        for bubble in received:
            bubble.state = "unknown" if bubble.id in self._gate.untold else "sent"
        bubbles = [bubble for bubble, _update in self._written[phone.id]] + received
        blocked = self._blocked(phone)
        invited = phone.id in self._codes and not self._activated(phone)
        return {
            "messages": [bubble.as_json() for bubble in sorted(bubbles, key=lambda bubble: bubble.at)],
            "actions": ["activate"] * invited + ["unblock" if blocked else "block"],
            "blocked": blocked,
            "used": self._double.used,
            "most": self._double.state.limits.messages,
        }

    def picture(self, name: str) -> bytes | None:  # noqa: ARG002 – the bot is given addresses, never files
        return None

    async def suffer(self, trouble: Trouble) -> None:
        await self._gate.suffer(trouble)

    async def _write(self, phone: Phone, text: str) -> Update | None:
        written = self._written[phone.id]
        bubble = Bubble(id=f"u{len(written)}", mine=True, text=text, at=now_ms(), state="waiting")
        update = await self._double.say(self._people[phone.id], text)
        written.append((bubble, update))
        return update

    async def _activate(self, phone: Phone) -> None:
        if self._blocked(phone):
            raise NonsenseError("who blocked a bot cannot write to it")
        update = await self._write(phone, ACTIVATE.format(code=self._codes[phone.id]))
        if update is not None:
            self._activations[phone.id] = update

    def _activated(self, phone: Phone) -> bool:
        """Whether the service has taken the code, which counts once."""
        update = self._activations.get(phone.id)
        return update is not None and update.taken

    def _blocked(self, phone: Phone) -> bool:
        return phone.address in self._double.bot.closed

    def _take_note(self) -> None:
        """What the bot wrote, and which rules it broke, since the last look."""
        sent, violations = self._double.sent[self._shown :], self._double.violations[self._noted :]
        self._shown, self._noted = self._shown + len(sent), self._noted + len(violations)
        for one in sent:
            self._received.setdefault(one.chat_id, []).append(_bubble(one))
        for violation in violations:
            self._gate.note_rule(violation.rule, f"{violation.method}: {violation.detail}")


def _bubble(sent: Sent) -> Bubble:
    at = int(sent.at.timestamp() * 1000)
    text = "\n".join(filter(None, [sent.text, sent.photo]))
    return Bubble(id=sent.message_id, mine=False, text=text, at=at, state="sent")


def _judge(crossing: Crossing) -> tuple[str, str, bool]:
    method = crossing.request.path.rpartition("/")[2]  # before it stands the token
    try:
        answer = json.loads(crossing.body)
        good = answer["ok"] is True
        verdict = "200 ok" if good else f"{crossing.status} error {answer['error_code']}"
    except (ValueError, KeyError, TypeError):
        return method, str(crossing.status), crossing.status == 200
    return method, verdict, good


def _name(crossing: Crossing) -> str:
    try:
        return str(json.loads(crossing.body)["result"]["message_id"])
    except (ValueError, KeyError, TypeError):
        return ""


def _refuse(_request: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error_code": 429, "description": "Too Many Requests"})


@contextlib.asynccontextmanager
async def open_line(surroundings: Surroundings) -> AsyncIterator[ZaloBotLine]:
    """The line as long as the block lasts."""
    async with (
        running_zalo_bot() as double,
        open_gate(NAME, surroundings, judge=_judge, refuse=_refuse, name=_name) as gate,
    ):
        api_base = await gate.add(double.url)
        yield ZaloBotLine(gate=gate, double=double, api_base=api_base, front=surroundings.front)
