"""The web chat with a scripted mind behind it: real page, hooks, store, channel and stream; only the answers are given.

It can be stopped and started again on the same port and database, as a deployment would be.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from bot.core.messages import Choice, InboundMessage
from bot.store.engine import Store
from bot.store.intake import Intake
from gateway.channel import Part, Presence, Wire
from gateway.channels.web import CHANNEL, WebAccount
from gateway.metrics import Metrics
from gateway.webchat.page import add_routes
from gateway.webhooks import MAX_BODY, Webhooks

KEY = b"k" * 32
ACCOUNT = WebAccount.model_validate(
    {
        "channel": "web",
        "account": "main",
        "secret": "0123456789abcdef0123456789abcdef",
        "embed_on": ["http://localhost"],
    }
)

SOURCE = (
    "Nguồn: Cổng dữ liệu tỉnh, tổng hợp theo Nghị quyết 202/2025/QH15; số liệu đến 06/2025; giấy phép: chưa ghi. "
    "https://example.org/dan-so. Mã 7KQ2M"
)
MENU = (
    Choice(label="Xã Tân Lập, huyện A, tỉnh X", value="look_up:a"),
    Choice(label="Xã Tân Lập, huyện B", value="look_up:b"),
)
SCRIPT: Mapping[str, Part] = {
    "dân số Quảng Ngãi": Part(text=f"Quảng Ngãi: 2.161.755 người (gộp từ Quảng Ngãi và Kon Tum cũ).\n{SOURCE}"),
    "xã Tân Lập thuộc xã nào": Part(text="Có 2 xã Tân Lập (cũ). Hỏi xã nào?", choices=MENU),
    "look_up:b": Part(text="Xã Tân Lập (cũ, huyện B), từ 01/07/2025 thuộc xã Tân Lập mới."),
    "nguy hiểm": Part(
        text='<img src=x onerror="document.title=1"> <b>đậm</b> javascript:alert(1) https://example.org/a?b=1.'
    ),
}
SILENT = "im lặng"
"""This question gets no answer until :meth:`ChatPage.say` gives one."""


class ScriptedIntake(Intake):
    """Stores what comes in, then answers what is new from the script – or with an echo."""

    def __init__(self, store: Store, answered: set[str], wire: Wire) -> None:
        super().__init__(store)
        self._answered, self._wire = answered, wire
        self.last: InboundMessage | None = None

    async def accept(self, messages: Sequence[InboundMessage]) -> None:
        await super().accept(messages)
        for message in messages:
            if message.external_id not in self._answered:
                self._answered.add(message.external_id)
                await self._answer(message)

    async def _answer(self, message: InboundMessage) -> None:
        self.last = message
        asked = message.choice or message.text
        if asked != SILENT:
            part = SCRIPT.get(asked) or Part(text=f"Đã nhận {len(asked)} ký tự: {asked[:60]}")
            await CHANNEL.send(part, message.address, f"answer:{message.external_id}", ACCOUNT, self._wire)


class ChatPage:
    """A running page at ``url``."""

    def __init__(self, database: str, *, embed_on: Sequence[str] = (), public_url: str = "") -> None:
        self._database, self._public_url = database, public_url
        self._account = ACCOUNT.model_copy(update={"embed_on": (*ACCOUNT.embed_on, *embed_on)})
        self._answered: set[str] = set()
        self._stack = contextlib.AsyncExitStack()
        self._port = 0
        self._intake: ScriptedIntake | None = None
        self._wire: Wire | None = None
        self._said = 0

    @property
    def url(self) -> str:
        """Where a browser goes."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def wire(self) -> Wire:
        """What it sends with while it runs."""
        if self._wire is None:
            raise LookupError("the page does not run")
        return self._wire

    @property
    def store(self) -> Store:
        """The database that it works on while it runs."""
        return self.wire.store

    @property
    def last_question(self) -> InboundMessage | None:
        """What was asked last, since the start."""
        return self._intake.last if self._intake else None

    async def start(self) -> None:
        """Accept, on the same port as before."""
        store = Store(self._database, KEY, owner="chat page")
        await store.open()
        self._stack.push_async_callback(store.close)
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        self._wire = Wire(store=store, session=session, clock=_clock)
        self._intake = ScriptedIntake(store, self._answered, self.wire)
        runner = web.AppRunner(self._app(store, self._intake), access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop as a service does: open streams end, nothing waits for their readers."""
        async with asyncio.timeout(20):
            await self._stack.aclose()

    async def say(self, text: str, *, store: Store | None = None) -> None:
        """Send ``text`` to whoever wrote last, through ``store`` as another process would, or through the page's own."""
        if self.last_question is None:
            raise LookupError("nobody has written yet")
        self._said += 1
        wire = replace(self.wire, store=store) if store else self.wire
        await CHANNEL.send(Part(text=text), self.last_question.address, f"said:{self._said}", ACCOUNT, wire)

    def _app(self, store: Store, intake: Intake) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY)
        presences = {("web", ACCOUNT.account): Presence(channel=CHANNEL, account=self._account)}
        Webhooks(store, intake, presences, metrics=Metrics(), clock=_clock).add_routes(app)
        add_routes(app, store=store, account=self._account, public_url=self._public_url)
        return app


@contextlib.asynccontextmanager
async def running_chat_page(
    database: str, *, embed_on: Sequence[str] = (), public_url: str = ""
) -> AsyncIterator[ChatPage]:
    """A page on ``database`` as long as the block lasts; ``embed_on`` are more sites that may frame it."""
    page = ChatPage(database, embed_on=embed_on, public_url=public_url)
    await page.start()
    try:
        yield page
    finally:
        await page.stop()


def _clock() -> datetime:
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def running_portal(host: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Another site at ``host``: its origin, and a list in which to put the address of the script its page includes."""
    scripts: list[str] = []

    async def show(_request: web.Request) -> web.Response:
        site = scripts[0].rpartition("/")[0]
        policy = f"default-src 'none'; script-src {site}; frame-src {site}"
        html = f'<!doctype html><html lang="vi"><title>Cổng</title><h1>Cổng</h1><script src="{scripts[0]}"></script>'
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://{host}:{runner.addresses[0][1]}", scripts
    await runner.cleanup()
