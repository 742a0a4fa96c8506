"""Zalo as three real HTTP servers that obey and enforce the rules of docs/zalo-contract.md.

``async with running_zalo(webhook=…) as zalo:`` gives the three base addresses for the settings of an account, what was
sent, and ways to let people write. Whatever breaks a rule is answered as Zalo would and noted in ``violations``.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp

from gateway.site import open_site
from simulator.zalo.clock import Timeline, millis
from simulator.zalo.delivery import UNSIGNED, Courier, Delivery
from simulator.zalo.events import OPENING, TEMPLATE_EVENTS, Body, build, serialise, sign
from simulator.zalo.oauth import OAuth
from simulator.zalo.openapi import OpenApi
from simulator.zalo.server import Door, Host
from simulator.zalo.template_host import TemplateHost
from simulator.zalo.troubles import Trouble
from simulator.zalo.world import OA_ID, App, Asset, Call, Oa, Person, Sent, Template, Tokens, Violation, World

CS = "/v3.0/oa/message/cs"
REFRESH = "/v4/oa/access_token"
UPLOAD_IMAGE = "/v2.0/oa/upload/image"
BY_UID = "/v3.0/oa/message/template"
BY_PHONE = "/message/template"


@dataclass(kw_only=True)
class Zalo:
    """The double. ``app`` and ``oa`` are the first of each; ``world`` holds whatever has no short name here.

    ``echoes``: a message of the API comes back as ``oa_send_…``; ``receipts``: it is followed by
    ``user_received_message``.
    """

    world: World
    app: App
    oa: Oa
    oauth: OAuth
    courier: Courier
    api_base: str = ""
    oauth_base: str = ""
    template_base: str = ""
    echoes: bool = True
    receipts: bool = True
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def clock(self) -> Timeline:
        """Zalo's time."""
        return self.world.clock

    @property
    def violations(self) -> list[Violation]:
        """The rules that were broken, in order."""
        return self.world.violations

    @property
    def sent(self) -> list[Sent]:
        """The messages that were accepted, in order, templates and reactions included."""
        return self.world.sent

    @property
    def calls(self) -> list[Call]:
        """Every call that came in, refused or not."""
        return self.world.calls

    @property
    def uploads(self) -> list[Asset]:
        """The files that were taken."""
        return list(self.world.assets.values())

    @property
    def webhook_disabled(self) -> bool:
        """Zalo gave the webhook up; :meth:`enable_webhook` is the console's switch."""
        return self.app.webhook_disabled

    @property
    def billed(self) -> int:
        """How many messages were charged for one by one."""
        return sum(not sent.paid for sent in self.sent)

    def settings(self, oa_id: str = OA_ID) -> dict[str, str]:
        """What the settings of an account need to meet this double, by the names that they have there."""
        app = self.world.apps[self.world.oas[oa_id].app_id]
        return {
            "account": oa_id,
            "app_id": app.app_id,
            "app_secret": app.secret,
            "oa_secret": app.oa_secret,
            "api_base": self.api_base,
            "oauth_base": self.oauth_base,
            "template_base": self.template_base,
        }

    def texts(self, uid: str = "") -> list[str]:
        """The texts that were sent by ``message/cs``, to ``uid`` or to all."""
        return [sent.text for sent in self.sent if sent.text and sent.to == (uid or sent.to)]

    def plan(self, path: str, *troubles: Trouble | None, times: int = 1) -> None:
        """The next calls of ``path`` (or ``troubles.EVERY``) meet ``troubles``; None is a call that goes well."""
        self.world.plans.add(path, *troubles, times=times)

    def tokens(self, oa_id: str = OA_ID) -> Tokens:
        """The living pair of an account; the first one is as if taken from the API Explorer."""
        living = [p for p in self.world.pairs if p.oa_id == oa_id and not p.died and not p.void]
        return living[-1] if living else self.world.issue(oa_id)

    def revoke_access(self, oa_id: str = OA_ID) -> None:
        """Let the access token be refused from now on (-216) by nobody's fault; the refresh token still serves."""
        self.tokens(oa_id).revoked = True

    def void_grant(self, oa_id: str = OA_ID) -> None:
        """Withdraw the consent (say, the callback was changed): both tokens are refused, and only a new one helps."""
        self.tokens(oa_id).void = True

    def consent(self, oa_id: str = OA_ID, *, challenge: str = "") -> str:
        """A code as the consent page gives it, for the challenge in the console or this one."""
        return self.oauth.consent(oa_id=oa_id, challenge=challenge)

    def add_oa(self, oa: Oa) -> Oa:
        """Link one more account to its app."""
        self.world.oas[oa.oa_id] = oa
        return oa

    def add_template(self, template: Template) -> Template:
        """Let a template be approved."""
        self.world.templates[template.template_id] = template
        return template

    def person(self, uid: str, *, oa_id: str = OA_ID) -> Person:
        """The person with this id, made when there is none; who is new has never interacted."""
        number = len(self.world.people) + 1
        new = Person(uid=uid, oa_id=oa_id, uid_by_app=str(7_205_759_403_792_794_000 + number))
        return self.world.people.setdefault(uid, new)

    def interact(self, uid: str, *, ago: timedelta = timedelta(), oa_id: str = OA_ID) -> Person:
        """Let the last interaction of a person be ``ago``, without an event."""
        person = self.person(uid, oa_id=oa_id)
        person.last_interaction = self.clock() - ago
        return person

    async def say(self, uid: str, text: str, *, oa_id: str = OA_ID, quote: str = "") -> Delivery:
        """A person writes; returns when the webhook was asked once (further attempts go on by themselves)."""
        quoted = {"quote_msg_id": quote} if quote else {}
        return await self.event("user_send_text", uid, oa_id=oa_id, message={"text": text, **quoted})

    async def event(self, name: str, uid: str, *, oa_id: str = OA_ID, **fields: object) -> Delivery:
        """Event ``name`` about a person, ``fields`` replacing those it has (None takes one away); as :meth:`say`."""
        delivery = self.raise_event(name, uid, oa_id=oa_id, **fields)
        await delivery.tried.wait()
        return delivery

    def raise_event(self, name: str, uid: str, *, oa_id: str = OA_ID, **fields: object) -> Delivery:
        """As :meth:`event`, without waiting."""
        oa, person = self.world.oas[oa_id], self.person(uid, oa_id=oa_id)
        now, msg_id = self.clock(), self.world.new_id()
        if name in OPENING:
            person.last_interaction = person.last_online = now
        if name in {"follow", "unfollow"}:
            person.follows = name == "follow"
        app = self.world.apps[oa.app_id]
        body = build(name, app, oa, person, timestamp=millis(now), msg_id=msg_id, fields=fields)
        return self._dispatch(app, name, body, msg_id, zns=name in TEMPLATE_EVENTS)

    async def answer_by_hand(self, uid: str, text: str, *, admin: str = "8105648273045566310") -> Delivery:
        """A human answers in the OA's chat window: the echo bears ``admin_id``."""
        sender = {"id": self.oa.oa_id, "admin_id": admin}
        return await self.event("oa_send_text", uid, sender=sender, message={"text": text})

    async def see(self, sent: Sent, *, sender_is_oa: bool = False) -> Delivery:
        """The person opens the chat. Sources differ in who is the sender of that event."""
        ends: dict[str, object] = {"sender": {"id": sent.oa_id}, "recipient": {"id": sent.to}} if sender_is_oa else {}
        message = {"msg_ids": [sent.message_id]}
        return await self.event("user_seen_message", sent.to, oa_id=sent.oa_id, message=message, **ends)

    def deliver_template(self, sent: Sent) -> Delivery:
        """A template by phone arrives: its event names the phone and the tracking id."""
        self.world.delivered[sent.message_id] = at = millis(self.clock())
        oa = self.world.oas[sent.oa_id]
        body: Body = {
            "app_id": oa.app_id,
            "event_name": "user_received_message",
            "sender": {"id": oa.oa_id},
            "recipient": {"id": sent.to},
            "message": {"msg_id": sent.message_id, "tracking_id": sent.tracking_id, "delivery_time": at},
            "timestamp": at,
        }
        return self._dispatch(self.world.apps[oa.app_id], "user_received_message", body, sent.message_id, zns=True)

    async def deliver_again(self, delivery: Delivery) -> int | None:
        """The same bytes once more, as a second courier would bring them."""
        return await self.post(delivery.raw, delivery.headers)

    async def post(self, raw: bytes, headers: Mapping[str, str]) -> int | None:
        """Any bytes to the webhook, as if they were an event; what it answers, None when not in time."""
        return await self.courier.post(self.app, raw, headers)

    async def check_webhook(self) -> list[int | None]:
        """What the console posts when the URL is saved or its Test button is pressed: unsigned, or signed wrongly."""
        return [await self.courier.check(self.app, headers) for headers in UNSIGNED]

    async def find_marker(self, code: str) -> bool:
        """Whether the domain of the webhook shows the marker of the console: a file, or a tag on its first page."""
        return await self.courier.find_marker(self.app, code)

    async def until(self, number: int, *, seconds: float = 20.0) -> list[Sent]:
        """Every accepted message, as soon as there are ``number``. Raises TimeoutError after ``seconds`` of ours."""
        async with asyncio.timeout(seconds):
            while len(self.sent) < number:
                self._news.clear()
                await self._news.wait()
        return list(self.sent)

    async def settle(self) -> None:
        """Wait until every event so far was brought to the webhook once."""
        await self.courier.settle()

    def enable_webhook(self) -> None:
        """The console's switch."""
        self.app.webhook_disabled = False

    def _dispatch(self, app: App, name: str, body: Body, msg_id: str, *, zns: bool) -> Delivery:
        raw = serialise(body)
        headers = {"X-ZEvent-Signature": sign(app, raw, str(body.get("timestamp", "")))}
        if zns:
            headers["X-ZEvent-Server"] = "ZNS"
        delivery = Delivery(name=name, raw=raw, headers=headers, msg_id=msg_id)
        self.courier.send(app, delivery)
        return delivery

    def report(self, sent: Sent) -> None:
        """The events that follow an accepted message."""
        self._news.set()
        if sent.kind in {"react", "anonymous"}:
            return
        if sent.tracking_id:
            if self.receipts:
                self.deliver_template(sent)
            return
        if self.echoes:
            message: Body = {"msg_id": sent.message_id, "text": sent.text}
            kind = "text" if sent.kind == "buttons" else sent.kind
            self.raise_event(f"oa_send_{kind}", sent.to, oa_id=sent.oa_id, message=message)
        if self.receipts:
            receipt = {"msg_id": sent.message_id}
            self.raise_event("user_received_message", sent.to, oa_id=sent.oa_id, message=receipt)


def _serve(world: World, host: Host) -> contextlib.AbstractAsyncContextManager[str]:
    return open_site(Door(world, host).application(), host="127.0.0.1", port=0)


@contextlib.asynccontextmanager
async def running_zalo(
    *,
    webhook: str = "",
    clock: Timeline | None = None,
    speed: float = 1.0,
    patience: float = 2.0,
    app: App | None = None,
    oa: Oa | None = None,
) -> AsyncIterator[Zalo]:
    """Zalo on free ports of this machine, as long as the block lasts.

    ``clock`` drives windows, lives of tokens, rates and retries (default: now, running ``speed`` times as fast as ours,
    0 = standing still); ``patience`` is how long a webhook may take, in seconds of ours.
    """
    world = World(clock=clock or Timeline(datetime.now(UTC), speed=speed))
    first_app, first_oa = app or App(), oa or Oa()
    first_app.webhook = webhook or first_app.webhook
    world.apps[first_app.app_id], world.oas[first_oa.oa_id] = first_app, first_oa
    oauth = OAuth(world=world, consents=first_oa.oa_id)
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        courier = Courier(world=world, session=session, patience=patience)
        zalo = Zalo(world=world, app=first_app, oa=first_oa, oauth=oauth, courier=courier)
        world.watchers.append(zalo.report)
        zalo.api_base = await stack.enter_async_context(_serve(world, OpenApi(world=world)))
        zalo.oauth_base = await stack.enter_async_context(_serve(world, oauth))
        zalo.template_base = await stack.enter_async_context(_serve(world, TemplateHost(world=world)))
        stack.push_async_callback(courier.stop)
        stack.callback(world.plans.clear)
        yield zalo
