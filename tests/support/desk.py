"""A sender at its desk: a real store, and a provider that answers as it is told."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import aiohttp
from sqlalchemy import select

from bot.core.delivery import Lane
from bot.core.messages import Address, Form, Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft
from bot.store.tables import outbox as outbox_table
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Parsed, Part, Presence, Wire
from gateway.metrics import Metrics
from gateway.sender import Sender
from tests.conftest import NOW
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.talk import content


@dataclass(slots=True)
class Provider:
    """Says ``answers`` one after the other (an error is raised, None gives an id), then takes everything.

    The first parts that it takes get ``odd_ids``.
    """

    answers: list[Exception | None] = field(default_factory=list)
    arrived: list[tuple[str, str]] = field(default_factory=list)
    odd_ids: list[str] = field(default_factory=list)
    calls: int = 0
    reports_key: bool = False
    paid: bool = False
    forms: bool = False

    async def send(self, part: Part, to: Address, key: str, _account: AccountSettings, _wire: Wire) -> str:
        self.calls += 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.arrived.append((to.user, part.text))
        return self.odd_ids.pop(0) if self.odd_ids else f"id-{key}"

    def channel(
        self, *, keyed: bool = False, limit: int = 4000, pages: int = 1, rate: float | None = None
    ) -> Channel[AccountSettings]:
        return Channel(
            name=CHANNEL,
            capabilities=Capabilities(
                limit=limit, pages=pages, keyed=keyed, reports_key=self.reports_key, paid=self.paid, forms=self.forms
            ),
            settings=AccountSettings,
            verify=_take_anything,
            parse=_find_nothing,
            send=self.send,
            rate=rate,
        )


@dataclass(slots=True)
class Moody(Provider):
    """A provider that does ``first`` before it takes the first part."""

    first: Callable[[], Awaitable[None]] | None = None
    keys: list[str] = field(default_factory=list)

    async def send(self, part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
        self.keys.append(key)
        first, self.first = self.first, None
        if first is not None:
            await first()
        return await super(Moody, self).send(part, to, key, account, wire)


def _take_anything(hook: Hook, account: AccountSettings) -> None:
    """Nothing is posted here."""


def _find_nothing(hook: Hook, account: AccountSettings, now: datetime) -> Parsed:
    return Parsed()


@dataclass(slots=True)
class Desk:
    """A sender at work: queue messages, let time pass, look what has become of them."""

    store: Store
    session: aiohttp.ClientSession
    provider: Provider
    now: datetime = NOW

    def sender(self, *, keyed: bool = False, limit: int = 4000, pages: int = 1, rate: float | None = None) -> Sender:
        account = AccountSettings(channel=CHANNEL, account=ACCOUNT)
        wire = Wire(store=self.store, session=self.session, clock=lambda: self.now)
        channel = self.provider.channel(keyed=keyed, limit=limit, pages=pages, rate=rate)
        presence = Presence(channel=channel, account=account)
        return Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))

    async def queue(self, *texts: str, user: str = "an", lane: Lane = Lane.ANSWER, form: Form | None = None) -> None:
        await Intake(self.store).accept([message(user, 0, "xin chào", NOW)])
        person = self.store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user=user))
        for text in texts:
            draft = Draft(
                person=person,
                channel=CHANNEL,
                account=ACCOUNT,
                lane=lane,
                reply=Reply(text=text, form=form),
                language="vi",
                origin="test",
                dedupe_key=f"{user}:{text[:60]}",
            )
            await self._put(draft)

    async def _put(self, draft: Draft) -> None:
        await self.store.write(lambda connection: outbox.enqueue(connection, draft, now=self.now))

    async def work(self, sender: Sender) -> None:
        """Let ``sender`` send what may go now."""
        while await sender.take():
            await sender.finish()

    async def states(self) -> Sequence[str]:
        async with self.store.read() as connection:
            return list((await connection.execute(select(outbox_table.c.state).order_by(outbox_table.c.id))).scalars())
