"""A preset under test: its account, its hooks, and its double behind the real route."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp

from bot.store.engine import Store
from bot.store.intake import Intake
from gateway.channel import Hook, Parsed, Presence, Wire
from gateway.channels.sms import CHANNEL
from gateway.metrics import Metrics
from gateway.site import new_app, open_site
from gateway.sms.account import SmsAccount
from gateway.webhooks import Webhooks
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline
from tests.contract.sms_caller import KINDS
from tests.contract.sms_casefile import Changed, InboundRow, ReceiptRow, Shape, SmsCases, build, load_sms_cases
from tests.contract.sms_proofs import prove
from tests.support.rows import NOW

TEMPLATE = "thong-bao-bao-tri"
"""One that a brandname may send."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A preset and its cases; ``settings`` are those of its account."""

    preset: str
    cases: SmsCases
    settings: Mapping[str, Any]

    @property
    def account(self) -> SmsAccount:
        """The account, as the settings file would have it."""
        return CHANNEL.settings.model_validate(dict(self.settings))

    def with_settings(self, **changes: Any) -> "Desk":
        """The same with other settings."""
        return replace(self, settings={**self.settings, **changes})

    def message(self, row: Changed, given: str = "") -> Hook:
        """A person's words with the proof ``given``, or the right one."""
        shape = self.cases.message
        assert shape is not None
        shape = _changed(shape, row.method, row.format)
        also = row.also if isinstance(row, InboundRow) else {}
        hook = build(shape, {**shape.fields, **row.fields}, body=row.body or "", also=also)
        return self.prove(hook, given or self.right, token=shape.token)

    def report(self, row: ReceiptRow, provider_id: str = "p-1") -> Hook:
        """A report on ``provider_id``."""
        shape = self.cases.report
        assert shape is not None
        path = shape.path if "path" in shape.model_fields_set else "dlr"
        shape = _changed(shape, row.method, row.format).model_copy(update={"path": path})
        number: object = int(provider_id) if provider_id.isdecimal() else provider_id
        hook = build(shape, {**shape.fields, **row.fields, shape.id: number})
        token = shape.token if row.token is None else row.token
        if self.cases.proof == "esms":
            return replace(hook, query={**hook.query, "token": token})
        return self.prove(hook, row.given, token=token)

    @property
    def right(self) -> str:
        """The usual form of a right proof."""
        return "right" if self.cases.proof == "token" else "base64"

    def prove(self, hook: Hook, given: str, *, token: str) -> Hook:
        """``hook`` with a proof."""
        address = f"{self.settings.get('hook_url', '')}/hooks/sms/{self.settings['account']}"
        address = f"{address}/{hook.path}" if hook.path else address
        return prove(hook, self.cases.proof, given, self.settings, token=token, address=address)

    def take(self, hook: Hook, *, now: datetime = NOW) -> Parsed:
        """Verify and parse ``hook`` as the route would."""
        account = self.account
        CHANNEL.verify(hook, account)
        return CHANNEL.parse(hook, account, now)


def _changed(shape: Shape, method: str | None, form: str | None) -> Shape:
    return shape.model_copy(update={"method": method or shape.method, "format": form or shape.format})


def open_desk(preset: str) -> Desk:
    """The preset with the account of its cases; what has to be an address is one."""
    cases = load_sms_cases(preset)
    settings = {"channel": "sms", cases.address: "http://127.0.0.1:9", **cases.account}
    settings[cases.address] = settings[cases.address] or "http://127.0.0.1:9"
    if "templates" in settings:
        settings["templates"] = [TEMPLATE]
    return Desk(preset=preset, cases=cases, settings=settings)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A desk whose account is up: the double calls its hooks, and it calls the double."""

    desk: Desk
    double: Any
    store: Store
    account: SmsAccount
    wire: Wire
    url: str

    async def deliver(self, hook: Hook) -> tuple[int, str]:
        """Bring any hook to the route."""
        place = "/".join(filter(None, ["hooks/sms", self.account.account, hook.path]))
        async with self.wire.session.request(
            hook.method, f"{self.url}/{place}", params=dict(hook.query), data=hook.body or None, headers=hook.headers
        ) as response:
            return response.status, await response.text()


@asynccontextmanager
async def open_line(preset: str, store: Store, *, clock: Timeline | None = None) -> AsyncIterator[Line]:
    """Put the account of ``preset`` behind the real route, over ``store`` and before its double."""
    desk = open_desk(preset)
    async with AsyncExitStack() as stack:
        kind: type[Provider] = KINDS[desk.cases.double]
        double = await stack.enter_async_context(running(kind, clock=clock or Timeline(NOW, speed=0)))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        desk = desk.with_settings(**{desk.cases.address: double.url, "hook_url": url})
        account = desk.account
        presences = {("sms", account.account): Presence(channel=CHANNEL, account=account)}
        app = new_app()
        Webhooks(store, Intake(store), presences, metrics=Metrics(), clock=lambda: NOW).add_routes(app)
        await stack.enter_async_context(open_site(app, host="127.0.0.1", port=port))
        token = desk.cases.message.token if desk.cases.message else ""
        asked = f"?token={token}" if desk.cases.proof == "token" else ""
        double.hook = f"{url}/hooks/sms/{account.account}{asked}"
        double.report_hook = double.hook if desk.preset == "speedsms" else ""
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)))
        yield Line(
            desk=desk,
            double=double,
            store=store,
            account=account,
            wire=Wire(store=store, session=session, clock=lambda: NOW),
            url=url,
        )


def free_port() -> int:
    """A port that nobody listens on: the address of our hooks has to be known before they are opened."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
