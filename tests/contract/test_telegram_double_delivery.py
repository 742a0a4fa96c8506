"""How the Bot API double delivers: order, repeats, waiting, confirming, groups, and calls in answers."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.limits import Limits
from tests.support.telegram_client import Client

SECRET = "the-Secret_of-1-test"  # noqa: S105 – it opens nothing
BUTTON = {"inline_keyboard": [[{"text": "Xem", "callback_data": "xem"}]]}


@dataclass(kw_only=True)
class Service:
    """What stands behind the webhook: answers as it was told, 200 when it was told nothing."""

    answers: deque[web.Response] = field(default_factory=deque)
    updates: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    strayed: list[bytes] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.updates.append(json.loads(self.bodies[-1]))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.news.set()
        answer = self.answers.popleft() if self.answers else web.Response()
        await self.open.wait()
        return answer

    async def miss(self, request: web.Request) -> web.Response:
        self.strayed.append(await request.read())
        return web.Response()

    async def until(self, number: int) -> None:
        """Until ``number`` updates came, and a moment more in which one too many could come."""
        async with asyncio.timeout(20):
            while len(self.updates) < number:
                self.news.clear()
                await self.news.wait()
        await asyncio.sleep(0.05)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates if "message" in update]


@contextlib.asynccontextmanager
async def connected(*, speed: float) -> AsyncIterator[tuple[TelegramDouble, Service]]:
    """A double that delivers to a service."""
    service, app = Service(), web.Application()
    app.router.add_post("/hooks/telegram/main", service.take)
    app.router.add_post("/elsewhere", service.miss)
    service.open.set()
    generous = Limits(per_second=10_000, per_chat_second=10_000, per_group_minute=10_000)
    async with (
        open_site(app, host="127.0.0.1", port=0) as url,
        running_telegram(speed=speed, limits=generous) as double,
    ):
        double.hook(f"{url}/hooks/telegram/main", secret=SECRET)
        yield double, service
        service.open.set()


@pytest_asyncio.fixture
async def both() -> AsyncIterator[tuple[TelegramDouble, Service]]:
    async with connected(speed=1000.0) as pair:
        yield pair


@pytest.fixture
def service(both: tuple[TelegramDouble, Service]) -> Service:
    return both[1]


@pytest.fixture
def double(both: tuple[TelegramDouble, Service]) -> TelegramDouble:
    return both[0]


@pytest_asyncio.fixture
async def client(double: TelegramDouble) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(double=double, session=session, person=double.person("Lan"))


def error_of(double: TelegramDouble) -> str:
    webhook = double.mailbox().webhook
    return webhook.error if webhook else ""


async def test_an_update_bears_the_secret_and_is_written_as_telegram_writes(
    double: TelegramDouble, service: Service
) -> None:
    number = await double.say(double.person("Lan"), "dân số 😀")
    await double.settled()

    [headers], [body] = service.headers, service.bodies
    assert headers["x-telegram-bot-api-secret-token"] == SECRET
    assert headers["content-type"] == "application/json"
    assert body.startswith(f'{{"update_id":{number},\n"message":{{'.encode())
    assert b"d\\u00e2n s\\u1ed1 \\ud83d\\ude00" in body


async def test_what_is_not_answered_2xx_comes_again_and_holds_back_only_its_own_chat(
    double: TelegramDouble, service: Service, client: Client
) -> None:
    elsewhere = web.Response(status=307, headers={"location": "/elsewhere"})
    service.answers.extend([web.Response(status=500), web.Response(status=503), web.Response(status=403), elsewhere])
    stubborn, other = client.person, double.person()

    await double.say(stubborn, "một")
    await double.wait_for(lambda: bool(error_of(double)))
    info = (await client.call("getWebhookInfo")).result
    await double.say(stubborn, "hai")
    await double.settled()
    await double.say(other, "ba")
    await double.settled()

    assert info["pending_update_count"] >= 1
    assert info["last_error_message"].startswith("Wrong response from the webhook: ")
    assert service.texts == ["một", "một", "một", "một", "một", "hai", "ba"]
    assert len({update["update_id"] for update in service.updates}) == 3
    assert service.strayed == [], "a redirect is no answer"


async def test_a_service_that_hangs_gets_the_update_again_and_others_meanwhile(
    double: TelegramDouble, service: Service
) -> None:
    service.open.clear()
    await double.say(double.person(), "một")
    await double.say(double.person(), "hai")
    await service.until(4)
    service.open.set()
    await double.settled()

    assert set(service.texts[:2]) == {"một", "hai"}
    assert error_of(double) == "Read timeout expired"


async def test_an_answer_that_got_lost_brings_the_same_update_again(double: TelegramDouble, service: Service) -> None:
    double.mishear(2)
    await double.say(double.person(), "một")
    await double.settled()
    assert service.texts == ["một", "một", "một"]
    assert service.bodies[0] == service.bodies[2]


async def test_a_service_that_asks_for_patience_is_left_alone_meanwhile(
    double: TelegramDouble, service: Service
) -> None:
    service.answers.append(web.Response(status=429, headers={"retry-after": "120"}))
    await double.say(double.person(), "một")
    first = double.now()
    await double.settled()
    assert len(service.texts) == 2
    assert double.now() - first >= 120


async def test_the_messages_of_one_chat_come_in_order_and_one_at_a_time() -> None:
    async with connected(speed=1.0) as (double, service):
        people = [double.person() for _ in range(5)]
        service.open.clear()
        for number in range(4):
            for person in people:
                await double.say(person, f"{person.id}:{number}")
        await service.until(5)
        people.append(double.person())
        for number in range(4):
            await double.say(people[-1], f"{people[-1].id}:{number}")
        await service.until(6)
        under_way = list(service.texts)
        service.open.set()
        await double.settled()

        assert sorted(under_way) == [f"{person.id}:0" for person in people]
        for person in people:
            own = [text for text in service.texts if text.startswith(str(person.id))]
            assert own == [f"{person.id}:{number}" for number in range(4)]


async def test_no_more_updates_are_under_way_than_there_may_be_connections() -> None:
    async with connected(speed=1.0) as (double, service):
        webhook = double.mailbox().webhook
        assert webhook is not None
        webhook.max_connections = 3
        service.open.clear()
        for number in range(8):
            await double.say(double.person(), str(number))
        await service.until(3)
        under_way = list(service.texts)
        service.open.set()
        await double.settled()
        assert sorted(under_way) == ["0", "1", "2"]
        assert sorted(service.texts) == [str(number) for number in range(8)]


async def test_a_press_may_overtake_a_message() -> None:
    async with connected(speed=1.0) as (double, service), aiohttp.ClientSession() as session:
        client = Client(double=double, session=session, person=double.person())
        double.acquaint(client.person)
        await client.tell(reply_markup=BUTTON)
        button = double.last(client.person)
        service.open.clear()
        await double.say(client.person, "một")
        await double.say(client.person, "hai")
        press = await double.press(client.person, button, "xem")
        await service.until(2)
        assert service.texts == ["một"]
        assert service.updates[1]["callback_query"]["data"] == "xem"
        service.open.set()
        await client.call("answerCallbackQuery", callback_query_id=press.id)
        await double.settled()
        assert service.texts == ["một", "hai"]


async def test_a_method_in_the_answer_is_done_under_the_same_rules(
    double: TelegramDouble, service: Service, client: Client
) -> None:
    call = {"method": "sendMessage", "chat_id": client.person.id, "text": "<b>chào</b>", "parse_mode": "HTML"}
    service.answers.extend([web.json_response(call), web.json_response({**call, "text": "<tỉnh>"})])
    await double.say(client.person, "một")
    [message] = await double.until(1, client.person)
    await double.say(client.person, "hai")
    await double.wait_for(lambda: bool(double.violations))

    assert message.text == "chào"
    assert [violation.rule for violation in double.violations] == ["T43"]
    assert double.pending == 0
