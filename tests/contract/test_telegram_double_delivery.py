"""How the Bot API double delivers: order, repeats, waiting, confirming, groups, and calls in answers."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from tests.doubles.telegram import TelegramDouble, running_telegram
from tests.doubles.telegram_client import Client
from tests.doubles.telegram_fault import Fault
from tests.doubles.telegram_limits import Limits

SECRET = "the-Secret_of-1-test"  # noqa: S105 – it opens nothing
BUTTON = {"inline_keyboard": [[{"text": "Xem", "callback_data": "xem"}]]}
SPEED = 1000.0


@dataclass(kw_only=True)
class Service:
    """What stands behind the webhook: answers as it was told, 200 when it was told nothing."""

    answers: deque[web.Response] = field(default_factory=deque)
    updates: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.updates.append(json.loads(self.bodies[-1]))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        answer = self.answers.popleft() if self.answers else web.Response()
        await self.open.wait()
        return answer

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates if "message" in update]


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    generous = Limits(per_second=10_000, per_chat_second=10_000, per_group_minute=10_000)
    async with running_telegram(speed=SPEED, limits=generous) as running:
        yield running


@pytest_asyncio.fixture
async def service(double: TelegramDouble) -> AsyncIterator[Service]:
    service, app = Service(), web.Application()
    app.router.add_post("/hooks/telegram/main", service.take)
    service.open.set()
    async with open_site(app, host="127.0.0.1", port=0) as url:
        double.hook(f"{url}/hooks/telegram/main", secret=SECRET)
        yield service
        service.open.set()


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
    elsewhere = web.Response(status=302, headers={"location": "/elsewhere"})
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


async def test_a_service_that_hangs_gets_the_update_again_and_others_meanwhile(
    double: TelegramDouble, service: Service
) -> None:
    service.open.clear()
    await double.say(double.person(), "một")
    await double.say(double.person(), "hai")
    await double.wait_for(lambda: len(service.texts) >= 4)
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


async def test_the_messages_of_one_chat_come_in_order_and_one_at_a_time(
    double: TelegramDouble, service: Service
) -> None:
    people = [double.person() for _ in range(5)]
    service.open.clear()
    for number in range(4):
        for person in people:
            await double.say(person, f"{person.id}:{number}")
    await double.wait_for(lambda: len(service.texts) >= 5)
    under_way = list(service.texts[:5])
    service.open.set()
    await double.settled()

    assert sorted(under_way) == [f"{person.id}:0" for person in people]
    for person in people:
        own = [text for text in service.texts if text.startswith(str(person.id))]
        assert sorted(set(own)) == [f"{person.id}:{number}" for number in range(4)]
        assert own == sorted(own)


async def test_a_press_may_overtake_a_message(double: TelegramDouble, service: Service, client: Client) -> None:
    double.acquaint(client.person)
    await client.tell(reply_markup=BUTTON)
    button = double.last(client.person)
    service.open.clear()
    await double.say(client.person, "một")
    await double.say(client.person, "hai")
    press = await double.press(client.person, button, "xem")
    await double.wait_for(lambda: any("callback_query" in update for update in service.updates))
    assert "hai" not in service.texts
    service.open.set()
    await client.call("answerCallbackQuery", callback_query_id=press.id)
    await double.settled()


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


async def test_what_nobody_takes_is_forgotten_after_a_day_and_a_press_after_150_seconds() -> None:
    stands = 0.0
    async with running_telegram(clock=lambda: stands) as double, aiohttp.ClientSession() as session:
        client = Client(double=double, session=session, person=double.person())
        double.acquaint(client.person)
        await client.tell(reply_markup=BUTTON)
        await double.press(client.person, double.last(client.person), "xem")
        await double.say(client.person, "một")

        stands += 151
        waiting = [next(iter(set(update) - {"update_id"})) for update in (await client.call("getUpdates")).result]
        assert waiting == ["message"]
        stands += 86400
        assert (await client.call("getUpdates")).result == []


async def test_an_offset_confirms_what_lies_below_it_and_nothing_else(double: TelegramDouble, client: Client) -> None:
    numbers = [await double.say(client.person, str(number)) for number in range(5)]

    async def poll(**params: Any) -> list[int]:
        return [update["update_id"] for update in (await client.call("getUpdates", **params)).result]

    assert await poll() == numbers
    assert await poll(limit=2) == numbers[:2]
    assert await poll(offset=numbers[2] or 0) == numbers[2:]
    assert await poll() == numbers[2:], "confirmed for good"
    assert await poll(offset=-1) == numbers[4:]
    assert await poll() == numbers[4:], "a negative offset forgets what comes before"
    assert await poll(offset=(numbers[4] or 0) + 1) == []
    assert double.violations == []


async def test_a_long_poll_waits_for_the_first_update_and_no_longer_than_it_may(
    double: TelegramDouble, client: Client
) -> None:
    started = double.now()
    assert (await client.call("getUpdates", timeout=30)).result == []
    assert double.now() - started >= 30
    waiting = asyncio.create_task(client.call("getUpdates", timeout=50, allowed_updates=["message"]))
    await double.wait_for(lambda: double.mailbox().poll is not None)
    await double.block(client.person)
    number = await double.say(client.person, "một")
    assert [update["update_id"] for update in (await waiting).result] == [number]


async def test_in_privacy_mode_a_bot_sees_only_what_is_meant_for_it() -> None:
    async with (
        running_telegram(bots=2, limits=Limits(per_chat_second=100)) as double,
        aiohttp.ClientSession() as session,
    ):
        client = Client(double=double, session=session, person=double.person())
        group, other = double.group("Tổ trực"), double.bots[1]
        await client.tell("tôi đây", chat_id=group.id)
        own = double.last(group)

        async def reaches(text: str, **where: Any) -> list[str]:
            before = [len(double.mailbox(bot).updates) for bot in double.bots]
            await double.say(client.person, text, chat=group, **where)
            after = [len(double.mailbox(bot).updates) for bot in double.bots]
            return [bot.username for bot, one, two in zip(double.bots, before, after, strict=True) if two > one]

        assert await reaches("chuyện riêng") == []
        assert await reaches("/trangthai") == ["tracuu_bot"], "it wrote last"
        assert await reaches(f"/trangthai@{other.username}") == [other.username]
        assert await reaches("xem cái này", reply_to=own) == ["tracuu_bot"]
        assert await reaches("hỏi @tracuu_bot xem") == ["tracuu_bot"]
        other.private = False
        assert await reaches("chuyện riêng") == [other.username]


async def test_the_bot_of_another_token_is_another_bot() -> None:
    async with running_telegram(bots=2) as double, aiohttp.ClientSession() as session:
        client = Client(double=double, session=session, person=double.person())
        await double.say(client.person, "chào", bot=double.bots[1])
        chat: dict[str, Any] = {"chat_id": client.person.id, "text": "chào"}
        assert (await client.call("sendMessage", **chat)).says == "Bad Request: chat not found"
        assert (await client.call("sendMessage", token=double.bots[1].token, **chat)).status == 200
        assert (await client.call("getMe", token=double.bots[1].token)).result["username"] == "tracuu1_bot"


async def test_faults_come_as_planned_and_a_lost_answer_may_hide_a_message(
    double: TelegramDouble, client: Client
) -> None:
    double.acquaint(client.person)
    url = f"{double.url}/bot{double.bot.token}/sendMessage"
    body = {"chat_id": client.person.id, "text": "chào"}
    double.plan(Fault(method="sendMessage", status=502), Fault(hang=1000.0), Fault(hang=1000.0, taken=True))

    async with client.session.post(url, json=body) as response:
        assert (response.status, response.content_type) == (502, "text/html")
    for shown in (0, 1):
        broken = False
        try:
            async with client.session.post(url, json=body):
                pass
        except aiohttp.ClientError:
            broken = True
        assert broken
        assert len(double.shown(client.person)) == shown
    assert (await client.tell()).status == 200
    assert len(double.shown(client.person)) == 2, "no key joins the repeated message with the hidden one"
    assert double.violations == []
