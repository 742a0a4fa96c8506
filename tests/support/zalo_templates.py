"""An account that sends templates, before the Zalo double: its settings, its tokens, and every template approved."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import aiohttp

from bot.core.delivery import Lane
from bot.core.messages import Address, Form, Reply
from bot.core.templates import ParamKind
from bot.store import outbox, tokens
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft
from bot.store.tokens import Pair, Place
from gateway.channel import Part, Presence, Wire
from gateway.channels.zalo_template import CHANNEL, ZaloTemplateAccount
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.zalo.templates import declared
from simulator.zalo.clock import Timeline
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.world import APP_ID, APP_SECRET, OA_ID, Parameter, Template
from tests.support.crowd import message
from tests.support.rows import NOW
from tests.support.talk import content

PHONE = "84901000001"
UID = "7293648105738264910"
IDS = {name: str(204_871 + number) for number, name in enumerate(sorted(declared()))}
"""The numbers that Zalo gave to our templates."""
FORM = Form(
    name="cap-nhat-phan-anh",
    values=(("number", "48213"), ("title", "báo sai: Dân số xã Tịnh Khê"), ("state", "đã xử lý ngày 16/11/2026")),
)
_KINDS = {ParamKind.DATE: "DATE", ParamKind.MOMENT: "DATE", ParamKind.NUMBER: "NUMBER"}
HANG_SECONDS = 0.5


@dataclass(kw_only=True)
class Counter:
    """The account at work. ``now`` is both Zalo's time and ours."""

    zalo: Zalo
    store: Store
    session: aiohttp.ClientSession

    def now(self) -> datetime:
        """The moment."""
        return self.zalo.clock()

    def account(self, **changes: object) -> ZaloTemplateAccount:
        """The settings, with ``changes``."""
        settings = {
            "channel": CHANNEL.name,
            "account": OA_ID,
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "api_base": self.zalo.api_base,
            "oauth_base": self.zalo.oauth_base,
            "template_base": self.zalo.template_base,
            "templates": IDS,
            **changes,
        }
        return ZaloTemplateAccount.model_validate(settings)

    @property
    def wire(self) -> Wire:
        """What the channel sends with."""
        return Wire(store=self.store, session=self.session, clock=self.now)

    async def send(self, user: str = PHONE, *, form: Form | None = FORM, key: str = "7:0", **changes: object) -> str:
        """One part in a template."""
        to = Address(channel=CHANNEL.name, account=OA_ID, user=user)
        return await CHANNEL.send(Part(text="", form=form), to, key, self.account(**changes), self.wire)

    async def queue(self, user: str = PHONE) -> None:
        """A message waits in the outbox."""
        to = Address(channel=CHANNEL.name, account=OA_ID, user=user)
        await Intake(self.store).accept([replace(message(user, 0, "xin chào", NOW), address=to)])
        draft = Draft(
            person=self.store.vault.person(to),
            channel=CHANNEL.name,
            account=OA_ID,
            lane=Lane.INCIDENT,
            reply=Reply(text="Đã xử lý.", form=FORM),
            language="vi",
            origin="test",
            dedupe_key=user,
        )
        await self.store.write(lambda connection: outbox.enqueue(connection, draft, now=self.now()))

    async def work(self) -> None:
        """Send what may go now, as the service would."""
        presence = Presence(channel=CHANNEL, account=self.account())
        sender = Sender(presence, self.wire, content(), metrics=Metrics(), jitter=Random(1))
        while await sender.take():
            await sender.finish()


@contextlib.asynccontextmanager
async def counter(store: Store) -> AsyncIterator[Counter]:
    """Zalo standing still at :data:`NOW`, with every template of ours approved and a pair of tokens in ``store``."""
    async with contextlib.AsyncExitStack() as stack:
        zalo = await stack.enter_async_context(running_zalo(clock=Timeline(NOW, speed=0)))
        for name, template in declared().items():
            slots = {
                n: Parameter(length=p.longest, kind=_KINDS.get(p.kind, "STRING")) for n, p in template.params.items()
            }
            zalo.add_template(Template(template_id=IDS[name], name=name, parameters=slots, by_uid=template.by_uid))
        pair, place = zalo.tokens(), Place(channel="zalo", account=OA_ID)
        kept = Pair(access=pair.access, refresh=pair.refresh)
        await tokens.put(store, place, kept, now=NOW - timedelta(hours=1), expires_at=NOW + timedelta(hours=24))
        timeout = aiohttp.ClientTimeout(total=HANG_SECONDS)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        yield Counter(zalo=zalo, store=store, session=session)
