"""One message through the real store, dispatcher and renderer, on the account ``cli`` that only this process claims."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.core.conversation import Conversation
from bot.core.effects import RecordAnswer
from bot.core.findings import Findings
from bot.core.mask import make_storable
from bot.core.messages import Address, InboundMessage
from bot.core.price import foresee
from bot.dispatch import Dispatcher
from bot.mind import Decided, Mind
from bot.store import conversations, outbox
from bot.store.conversations import CLI_ACCOUNT, Scope
from bot.store.intake import Intake
from bot.wording.speech import Speech
from gateway.channel import Encoding, Part
from gateway.forms import FORMS
from gateway.render import render

_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was answered to one message, and why."""

    parts: tuple[Part, ...]
    decided: Decided | None
    state: str


class Asker:
    """Asks one deployment, as a person on a channel would."""

    def __init__(self, mind: Mind, *, channel: str, entropy: Callable[[], str] = lambda: secrets.token_hex(16)) -> None:
        self._mind, self._store, self._channel, self._entropy = mind, mind.store, channel, entropy

    async def ask(self, text: str, *, user: str | None) -> Exchange:
        """Send ``text`` as ``user`` (None = somebody new) and wait for everything that it causes."""
        address = Address(channel=self._channel, account=CLI_ACCOUNT, user=user or self._entropy())
        person = self._store.vault.person(address)
        message = InboundMessage(
            address=address,
            external_id=self._entropy(),
            received_at=self._mind.clock(),
            text=make_storable(text),
        )
        await Intake(self._store).accept([message])
        decisions: list[Decided] = []
        dispatcher = Dispatcher(self._mind, scope=Scope(person=person), watched=decisions.append)
        while await dispatcher.take():
            await dispatcher.finish()
        conversation = await conversations.load(self._store, address)
        parts = await self._collect(conversation, person)
        return Exchange(parts=parts, decided=decisions[-1] if decisions else None, state=conversation.state)

    async def _collect(self, conversation: Conversation, person: str) -> tuple[Part, ...]:
        """Take what waits for this person out of the outbox, as its sender would."""
        parts: list[Part] = []
        account, accents = self._mind.account(conversation.address), conversation.accents
        for message in await outbox.take_all(self._store, person, now=self._mind.clock()):
            speech = Speech(content=self._mind.content, language=message.language, account=account)
            parts += render(message.reply, FORMS[self._channel], speech, accents=accents)
        return tuple(parts)


def describe(exchange: Exchange, *, channel: str, each: int | None = None) -> dict[str, Any]:
    """The JSON document of ``tracuu ask``; ``each`` is the price of a segment in đồng, where an account has one."""
    decided = exchange.decided
    effects = decided.outcome.effects if decided else ()
    found = decided.found if decided else ()
    return {
        "parts": [_part(part, sms=FORMS[channel].encoding is Encoding.SMS, each=each) for part in exchange.parts],
        "handler": decided.handler if decided else None,
        "state": exchange.state,
        "hits": [hit for findings in found for hit in _hits(findings)],
        "rows": [row for findings in found for row in _rows(findings)],
        "answer_code": next((effect.code for effect in effects if isinstance(effect, RecordAnswer)), None),
    }


def _part(part: Part, *, sms: bool, each: int | None) -> dict[str, Any]:
    cost = foresee(part.text, each=each) if sms else None
    return {
        "text": part.text,
        "choices": [{"label": choice.label, "value": choice.value} for choice in part.choices],
        "encoding": cost.encoding if cost else None,
        "segments": cost.segments if cost else None,
        **({"price": cost.price} if cost and cost.price is not None else {}),
    }


def _hits(findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "code": hit.dataset.code,
            "title": hit.dataset.title,
            "province": hit.dataset.province,
            "score": round(hit.score, 4),
        }
        for hit in findings.hits
    ]


def _rows(findings: Findings) -> list[dict[str, Any]]:
    figures = findings.figures
    if figures is None:
        return []
    names = [column.name for column in figures.columns]
    return [
        {"dataset": figures.dataset.code, "values": dict(zip(names, row, strict=False))} for row in figures.rows[:_ROWS]
    ]
