"""A sender at its desk: a real store, and a provider that answers as it is told."""

from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import aiohttp
from sqlalchemy import select

from bot.core.delivery import Lane
from bot.core.messages import Address, Reply
from bot.core.pools import Pool
from bot.store import outbox
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft
from bot.store.tables import outbox as outbox_table
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Pace, Parsed, Part, Presence, Wire
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.troubles import Troubles
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
    parts: list[Part] = field(default_factory=list)
    calls: int = 0
    reports_key: bool = False
    paid: bool = False
    forms: bool = False
    fetched: bool = False
    pace: Pace | None = None
    cost: Callable[[Part], int] | None = None

    async def send(self, part: Part, to: Address, key: str, _account: AccountSettings, _wire: Wire) -> str:
        self.calls += 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.arrived.append((to.user, part.text))
        self.parts.append(part)
        return self.odd_ids.pop(0) if self.odd_ids else f"id-{key}"

    def channel(
        self, *, keyed: bool = False, limit: int = 4000, pages: int = 1, rate: float | None = None
    ) -> Channel[AccountSettings]:
        return Channel(
            name=CHANNEL,
            capabilities=Capabilities(
                limit=limit,
                pages=pages,
                keyed=keyed,
                reports_key=self.reports_key,
                paid=self.paid,
                forms=self.forms,
                fetched=self.fetched,
            ),
            settings=AccountSettings,
            verify=_take_anything,
            parse=_find_nothing,
            send=self.send,
            rate=rate,
            pace=None if self.pace is None else self._pace,
            cost=self.cost,
        )

    def _pace(self, _account: AccountSettings) -> Pace:
        return self.pace or Pace()


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

    def sender(
        self,
        *,
        keyed: bool = False,
        limit: int = 4000,
        pages: int = 1,
        rate: float | None = None,
        account: str = ACCOUNT,
        accounts: Container[tuple[str, str]] = (),
        pools: Sequence[Pool] = (),
        troubles: Troubles | None = None,
        store: Store | None = None,
    ) -> Sender:
        wire = Wire(store=store or self.store, session=self.session, clock=lambda: self.now)
        channel = self.provider.channel(keyed=keyed, limit=limit, pages=pages, rate=rate)
        presence = Presence(channel=channel, account=AccountSettings(channel=CHANNEL, account=account))
        return Sender(
            presence,
            wire,
            content(),
            metrics=Metrics(),
            jitter=Random(1),
            accounts=accounts,
            pools=pools,
            troubles=troubles,
        )

    async def queue(
        self,
        *texts: str | Reply,
        user: str = "an",
        lane: Lane = Lane.ANSWER,
        language: str = "vi",
        elsewhere: Sequence[Address] = (),
        expires_at: datetime | None = None,
    ) -> None:
        await Intake(self.store).accept([message(user, 0, "xin chào", NOW)])
        person = self.store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user=user))
        for said in texts:
            reply = Reply(text=said) if isinstance(said, str) else said
            draft = Draft(
                person=person,
                channel=CHANNEL,
                account=ACCOUNT,
                lane=lane,
                reply=reply,
                language=language,
                origin="test",
                dedupe_key=f"{user}:{reply.text[:60]}",
                elsewhere=elsewhere,
                expires_at=expires_at,
            )
            await self._put(draft)

    async def _put(self, draft: Draft) -> None:
        vault = self.store.vault
        await self.store.write(lambda connection: outbox.enqueue(connection, draft, now=self.now, vault=vault))

    async def work(self, sender: Sender) -> None:
        """Let ``sender`` send what may go now."""
        while await sender.take():
            await sender.finish()

    async def states(self) -> Sequence[str]:
        async with self.store.read() as connection:
            return list((await connection.execute(select(outbox_table.c.state).order_by(outbox_table.c.id))).scalars())
