"""A whole SMS line: our service as a process, Kannel as it is shipped, and what lies between them to be watched or held."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy import select
from yarl import URL

from bot.core.delivery import DeliveryState
from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import inbox, outbox, outbox_parts
from tests.support.handset import Handset, Shown
from tests.support.kannel import PASSWORD, TOKEN, Kannel, running_kannel
from tests.support.serving import Serving, running

CODE = "8179"
KEYWORD = "DL"
_AWAY = (aiohttp.ClientError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of Kannel to the service: the address below the hook, its parameters, the text."""

    path: str
    query: Mapping[str, str]
    text: str


@dataclass(slots=True, kw_only=True)
class Door:
    """Passes Kannel's calls on to ``target`` and remembers them; ``hold`` keeps the answer back so many seconds, once."""

    url: str = ""
    target: str = ""
    hold: float = 0.0
    calls: list[Call] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    http: aiohttp.ClientSession | None = None

    async def pass_on(self, request: web.Request) -> web.Response:
        """Pass one call on; 502 while nobody is behind the door."""
        body = await request.read()
        self.calls.append(Call(path=request.path, query=dict(request.query), text=body.decode()))
        held, self.hold = self.hold, 0.0
        try:
            status, text = await self._ask(request, body)
        except _AWAY:
            status, text = 502, "away"
        await asyncio.sleep(held)
        self.statuses.append(status)
        return web.Response(status=status, text=text)

    async def _ask(self, request: web.Request, body: bytes) -> tuple[int, str]:
        assert self.http is not None
        address = URL(f"{self.target}{request.rel_url.raw_path_qs}", encoded=True)
        headers = {"Content-Type": request.headers.get("Content-Type", "")}
        async with self.http.request(request.method, address, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    def messages(self) -> list[Call]:
        """The calls that carried a person's message."""
        return [call for call in self.calls if not call.path.endswith("/dlr")]

    def reports(self) -> list[Call]:
        """The calls that carried a delivery report."""
        return [call for call in self.calls if call.path.endswith("/dlr")]


@dataclass(slots=True, kw_only=True)
class SmsLine:
    """``store`` looks into the service's database."""

    store: Store
    door: Door
    kannel: Kannel
    service: Serving

    def restart_service(self) -> None:
        """Start the service again after it was killed; it listens elsewhere now."""
        self.service.start()
        self.door.target = self.service.url

    async def post(self, number: str, text: str, *, id: str) -> int:  # noqa: A002 – the provider's word
        """Give the service a message as another smsbox would; the status that it answers."""
        query = {"from": number, "to": CODE, "text": text, "id": id, "token": TOKEN}
        assert self.door.http is not None
        async with self.door.http.get(f"{self.service.url}/hooks/kannel/{CODE}", params=query) as answer:
            return answer.status

    def person(self, number: str) -> str:
        """How the store names the person with the E.164 ``number``."""
        return self.store.vault.person(Address(channel="kannel", account=CODE, user=number))

    async def inbox(self) -> list[str]:
        """The texts that were stored, in their order."""
        async with self.store.read() as connection:
            found = await connection.execute(select(inbox.c.body).order_by(inbox.c.id))
            return [body["text"] for body in found.scalars()]

    async def part_states(self, number: str) -> list[DeliveryState]:
        """What is known of the parts that were sent to ``number``."""
        parts = select(outbox_parts.c.state).join(outbox, outbox.c.id == outbox_parts.c.outbox_id)
        async with self.store.read() as connection:
            found = await connection.execute(parts.where(outbox.c.person == self.person(number)))
            return [DeliveryState(state) for state in found.scalars()]

    async def until_state(self, number: str, state: DeliveryState, *, seconds: float = 30.0) -> None:
        """Wait until the one part that was sent to ``number`` is in ``state``. Raises AssertionError with what is."""
        try:
            async with asyncio.timeout(seconds):
                while await self.part_states(number) != [state]:
                    await asyncio.sleep(0.1)
        except TimeoutError:
            seen = [one.name for one in await self.part_states(number)]
            raise AssertionError(f"…{number[-2:]} should be {state.name}, is {seen}") from None


@contextlib.asynccontextmanager
async def running_line(
    folder: Path, store_url: str, store: Store, *, smpp_port: int = 0, changes: Mapping[str, str] | None = None
) -> AsyncIterator[SmsLine]:
    """Everything started and connected; with ``smpp_port`` by the SMPP link, else by the trial link."""
    async with open_door() as door:
        kannel = Kannel(
            folder=folder / "kannel",
            hook_url=door.url,
            link="smpp" if smpp_port else "trial",
            smpp_port=smpp_port,
            changes=changes or {},
        )
        with running_kannel(kannel):
            service = Serving(folder=folder, store_url=store_url, settings=_account(kannel, door))
            with running(service):
                door.target = service.url
                yield SmsLine(store=store, door=door, kannel=kannel, service=service)


def _account(kannel: Kannel, door: Door) -> str:
    return f"""
[[accounts]]
channel = "kannel"
account = "{CODE}"
province = "quangngai"
keyword = "{KEYWORD}"
sendsms_url = "{kannel.sendsms_url}"
username = "tracuu"
password = "{PASSWORD}"
token = "{TOKEN}"
hook_url = "{door.url}"
"""


@contextlib.asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    """A door on a free port."""
    door = Door()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", door.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as door.http:
            yield door
    finally:
        await runner.cleanup()


async def ask(handset: Handset, number: str, text: str) -> Shown:
    """Write ``text`` from ``number`` and wait for the one message that comes next."""
    before = len(handset.screen)
    await handset.write(number, CODE, text)
    return (await handset.until(before + 1))[before]
