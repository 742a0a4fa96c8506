"""Our side of the Bot Platform in a test: accounts of the double's bots, and a service of one that is all but processes."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import aiohttp

from bot.core.delivery import Lane
from bot.core.members import Role, make_invitation_code
from bot.core.messages import Address, Reply
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.store import budget, members
from bot.store.budget import Ledger
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.members import Guest
from bot.store.outbox import Draft, enqueue
from gateway.channel import Presence, Wire
from gateway.channels.zalo_bot import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.site import new_app, open_site
from gateway.webhooks import Webhooks
from gateway.zalo_bot.account import NAME, ZaloBotAccount
from simulator.zalo.clock import Timeline
from simulator.zalo_bot.double import ZaloBotDouble, running_zalo_bot
from simulator.zalo_bot.world import Limits, Person, Sent
from tests.support.mind import mind
from tests.support.rows import NOW
from tests.support.talk import content

SECRET = "the-word-of-our-webhook"  # noqa: S105 – it opens nothing
PUBLIC_URL = "https://tracuu.example"
ACCOUNT = "staff"
LEDGER = Ledger(channel=NAME, account=ACCOUNT)


def zalo_bot_account(double: ZaloBotDouble, **more: Any) -> ZaloBotAccount:
    """The account of the first bot."""
    known = {"channel": NAME, "account": ACCOUNT, "token": double.bot.token, "secret": SECRET, "api_base": double.url}
    return ZaloBotAccount.model_validate({**known, **more})


def zalo_bot_table(double: ZaloBotDouble, *, more: str = "") -> str:
    """The same as text of a settings file; ``more`` are lines of their own."""
    return f"""
[[accounts]]
channel = "{NAME}"
account = "{ACCOUNT}"
token = "{double.bot.token}"
secret = "{SECRET}"
api_base = "{double.url}"
{more}
"""


@dataclass(kw_only=True)
class Staff:
    """A bot of ours before the double; both sides have the same clock. ``asked`` is what was looked up."""

    store: Store
    double: ZaloBotDouble
    clock: Timeline
    account: ZaloBotAccount
    sender: Sender
    wire: Wire
    asked: list[str] = field(default_factory=list)
    reply: Reply | None = None

    async def look_up(self, context: Context) -> Outcome:
        self.asked.append(context.message.text)
        return Outcome(replies=(self.reply or Reply(text=f"trả lời: {context.message.text}"),))

    async def settle(self) -> None:
        """Until what came was stored, handled and answered."""
        await self.double.settled()
        known = {(NAME, ACCOUNT): self.account.meaning()}
        dispatcher = Dispatcher(mind(self.store, self.look_up, clock=self.clock, accounts=known))
        while await dispatcher.take():
            await dispatcher.finish()
        await self.send()

    async def send(self) -> None:
        """Until nothing is left that may be sent now. After a leap of the clock a sender waits for a second first."""
        for _ in range(2):
            while await self.sender.take():
                await self.sender.finish()
            self.clock.turn(timedelta(seconds=2))

    async def say(self, person: Person, text: str, *, times: int = 1) -> list[str]:
        """What ``person`` then reads: the new messages."""
        before = len(self.double.shown(person))
        await self.double.say(person, text, times=times)
        self.clock.turn(timedelta(seconds=2))
        await self.settle()
        return [sent.text for sent in self.double.shown(person)[before:]]

    async def invite(self, name: str = "Lê An", *, days: int = 14, channel: str = "", account: str = "") -> str:
        """The code of a new invitation."""
        now, code = self.clock(), make_invitation_code(f"{name} {self.clock()}")
        guest = Guest(name=name, role=Role.OFFICER, channel=channel, account=account)
        await members.invite(self.store, guest, code, now=now, expires_at=now + timedelta(days=days))
        return code

    async def remind(self, person: Person, text: str, *, lane: Lane = Lane.REMINDER) -> None:
        """Queue what nobody has asked for."""
        address = Address(channel=NAME, account=ACCOUNT, user=person.id)
        draft = Draft(
            person=self.store.vault.person(address),
            channel=NAME,
            account=ACCOUNT,
            lane=lane,
            reply=Reply(text=text),
            language="vi",
            origin="test",
            dedupe_key=text,
        )
        now: datetime = self.clock()
        await self.store.write(lambda connection: enqueue(connection, draft, now=now))

    async def used(self) -> tuple[int, int, int]:
        """What is counted: in, out, people."""
        usage = await budget.look(self.store, LEDGER, now=self.clock())
        return usage.received, usage.sent, usage.users

    def shown(self, person: Person) -> list[Sent]:
        return self.double.shown(person)


@contextlib.asynccontextmanager
async def running_staff(
    store: Store, *, limits: Limits | None = None, start: datetime = NOW, **more: Any
) -> AsyncIterator[Staff]:
    """Our side before the double, as long as the block lasts; the double has ``limits``, the account those of its own
    settings, ``more``."""
    async with contextlib.AsyncExitStack() as stack:
        clock = Timeline(start, speed=0)
        double = await stack.enter_async_context(running_zalo_bot(clock=clock, limits=limits))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        account = zalo_bot_account(double, **more)
        presence = Presence(channel=CHANNEL, account=account)
        wire = Wire(store=store, session=session, clock=clock)
        sender = Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))
        app = new_app()
        Webhooks(store, Intake(store), {(NAME, ACCOUNT): presence}, metrics=Metrics(), clock=clock).add_routes(app)
        url = await stack.enter_async_context(open_site(app, host="127.0.0.1", port=0))
        double.hook(f"{url}/hooks/{NAME}/{ACCOUNT}", secret=SECRET)
        yield Staff(store=store, double=double, clock=clock, account=account, sender=sender, wire=wire)
