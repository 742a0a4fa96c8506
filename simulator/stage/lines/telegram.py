"""Telegram: a bot with buttons, pictures, commands, and messages that change where they stand."""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import web

from simulator.stage.gate import Gate, open_gate
from simulator.stage.line import Bubble, Json, Line, Phone, Surroundings
from simulator.stage.relay import Crossing
from simulator.stage.trouble import NonsenseError, Trouble
from simulator.telegram.answers import Refusal
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.world import Chat, Message, Person

NAME = "telegram"
ACCOUNT = "main"
LONGEST = 4096
"""An app divides what is longer."""
WAIT_SECONDS = 3
"""``retry_after`` of a bot that is told to wait."""
_ACTIONS = ("block", "unblock")


class TelegramLine(Line):
    """One bot."""

    name = NAME
    controls = ("down", "slow", "busy", "silent")

    def __init__(self, *, gate: Gate, double: TelegramDouble, api_base: str, front: str) -> None:
        self._gate, self._double, self._api_base, self._front = gate, double, api_base, front
        self._secret = secrets.token_urlsafe(24)
        self._people: dict[int, Person] = {}
        self._updates: dict[tuple[int, int], int] = {}
        self._noted = 0

    @property
    def trouble(self) -> Trouble:
        return self._gate.trouble

    def account(self) -> Json:
        bot = self._double.bot
        return {
            "channel": NAME,
            "account": ACCOUNT,
            "token": bot.token,
            "secret": self._secret,
            "api_base": self._api_base,
            "mode": "webhook",
            "bot_name": bot.username,
        }

    def connect(self) -> None:
        self._double.hook(f"{self._front}/hooks/{NAME}/{ACCOUNT}", secret=self._secret)

    def join(self, phone: Phone, number: int) -> None:
        person = self._people[phone.id] = self._double.person(phone.name)
        phone.address = f"@nguoi_dan_{number}"
        self._double.acquaint(person)

    async def say(self, phone: Phone, text: str) -> None:
        if not text.strip():
            raise NonsenseError("an empty text is not sent")
        if self._blocked(phone):
            raise NonsenseError("who blocked a bot cannot write to it")
        person, chat = self._people[phone.id], self._chat(phone)
        for start in range(0, len(text), LONGEST):
            update = await self._double.say(person, text[start : start + LONGEST])
            if update is not None:
                self._updates[phone.id, self._double.last(chat).id] = update

    async def press(self, phone: Phone, message: str, data: str) -> None:
        shown = self._chat(phone).messages.get(int(message)) if message.isdecimal() else None
        if shown is None or shown.deleted:
            raise NonsenseError("there is no such message")
        try:
            await self._double.press(self._people[phone.id], shown, data)
        except LookupError as error:
            raise NonsenseError(str(error)) from None

    async def act(self, phone: Phone, action: str) -> None:
        if action not in _ACTIONS:
            raise NonsenseError("there is no such action")
        person = self._people[phone.id]
        await (self._double.block(person) if action == "block" else self._double.unblock(person))

    def look(self, phone: Phone) -> Json:
        self._note_rules()
        chat = self._chat(phone)
        waiting = self._double.mailbox().updates
        messages = [
            self._bubble(chat, message, waiting=self._updates.get((phone.id, message.id)) in waiting).as_json()
            for message in chat.messages.values()
            if not message.deleted
        ]
        spinning = [
            f"{press.message.id}:{press.data}"
            for press in self._double.unanswered
            if press.person is self._people[phone.id]
        ]
        blocked = self._blocked(phone)
        return {
            "messages": messages,
            "actions": ["unblock" if blocked else "block"],
            "blocked": blocked,
            "spinning": spinning,
            "commands": [dict(command) for command in self._double.bot.commands],
        }

    def picture(self, name: str) -> bytes | None:
        picture = self._double.state.pictures.get(name)
        return None if picture is None else picture.body

    async def suffer(self, trouble: Trouble) -> None:
        await self._gate.suffer(trouble)

    def _chat(self, phone: Phone) -> Chat:
        return self._double.acquaint(self._people[phone.id])

    def _blocked(self, phone: Phone) -> bool:
        return self._double.bot.id in self._chat(phone).closed

    def _note_rules(self) -> None:
        new: list[Refusal] = self._double.violations[self._noted :]
        self._noted += len(new)
        for violation in new:
            self._gate.note_rule(violation.rule, f"{violation.method}: {violation.detail}")

    def _bubble(self, chat: Chat, message: Message, *, waiting: bool) -> Bubble:
        mine = not message.by_bot
        told = f"{chat.id}:{message.id}" not in self._gate.untold
        photo = message.content.get("photo")
        return Bubble(
            id=str(message.id),
            mine=mine,
            text=message.text,
            at=message.date * 1000,
            state=("waiting" if waiting else "taken") if mine else "sent" if told else "unknown",
            buttons=[_button(button) for button in message.buttons],
            picture=str(photo[-1]["file_id"]) if photo else "",
            edited=bool(message.edited),
        )


def _button(button: Mapping[str, Any]) -> dict[str, str]:
    opens = {"url": str(button["url"])} if "url" in button else {"data": str(button.get("callback_data", ""))}
    return {"label": str(button["text"]), **opens}


def _judge(crossing: Crossing) -> tuple[str, str, bool]:
    method = crossing.request.path.rpartition("/")[2]  # before it stands the token
    try:
        answer = json.loads(crossing.body)
        good = answer["ok"] is True
        verdict = "200 ok" if good else f"{answer['error_code']} {answer['description']}"
    except (ValueError, KeyError, TypeError):
        return method, str(crossing.status), crossing.status == 200
    return method, verdict, good


def _name(crossing: Crossing) -> str:
    try:
        made = json.loads(crossing.body)["result"]
        return f"{made['chat']['id']}:{made['message_id']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _refuse(_request: web.Request) -> web.Response:
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {WAIT_SECONDS}",
        "parameters": {"retry_after": WAIT_SECONDS},
    }
    return web.json_response(body, status=429)


@contextlib.asynccontextmanager
async def open_line(surroundings: Surroundings) -> AsyncIterator[TelegramLine]:
    """The line as long as the block lasts."""
    async with (
        running_telegram() as double,
        open_gate(NAME, surroundings, judge=_judge, refuse=_refuse, name=_name) as gate,
    ):
        api_base = await gate.add(double.url)
        yield TelegramLine(gate=gate, double=double, api_base=api_base, front=surroundings.front)
