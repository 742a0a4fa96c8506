"""The double of the Bot Platform refuses a wrong client for each rule that it enforces, and takes a right one."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from simulator.zalo.clock import Timeline
from simulator.zalo_bot.double import ZaloBotDouble, running_zalo_bot
from simulator.zalo_bot.fault import Fault
from simulator.zalo_bot.world import Limits, Person
from tests.support.source import ROOT

CONTRACT = (ROOT / "docs" / "zalo-bot-contract.md").read_text("utf-8")
RULES = {
    found[1]: found[2] for found in re.finditer(r"^\| (B\d+) \|.*\| (refuses|notes|does) \|$", CONTRACT, re.MULTILINE)
}
ENFORCED = {rule for rule, part in RULES.items() if part in {"refuses", "notes"}}
MONTH_ENDS = datetime(2026, 11, 30, 16, 59, tzinfo=UTC)  # 23:59 in Việt Nam
SECRET = "a-secret-of-the-webhook"  # noqa: S105 – nobody's
NOBODY, NO_TOKEN = "1:nobody", "no-token-at-all"
URL = "https://bot.example.vn/hooks/zalo-bot/staff"

Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls whatever it is told to."""

    double: ZaloBotDouble
    session: aiohttp.ClientSession
    person: Person
    clock: Timeline

    async def call(self, method: str, *, token: str = "", data: bytes | None = None, **params: Any) -> Answer:
        url = f"{self.double.url}/bot{token or self.double.bot.token}/{method}"
        sent: dict[str, Any] = {"json": params} if data is None else {"data": data}
        async with self.session.post(url, **sent) as response:
            assert response.status == 200, "a refusal is no business of HTTP's"
            body: Answer = await response.json()
            return body

    async def tell(self, text: str = "chào", **params: Any) -> Answer:
        return await self.call("sendMessage", **{"chat_id": self.person.id, "text": text, **params})


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    """Before a bot with three places and ten messages, to which one person has written."""
    clock = Timeline(MONTH_ENDS, speed=0)
    limits = Limits(users=3, messages=10)
    async with running_zalo_bot(clock=clock, limits=limits) as double, aiohttp.ClientSession() as session:
        person = double.person("Lan")
        await double.say(person, "chào")
        double.bot.waiting.clear()
        double.state.updates.clear()
        yield Client(double=double, session=session, person=person, clock=clock)


async def polls_beside_a_webhook(client: Client) -> Answer:
    await client.call("setWebhook", url=URL, secret_token=SECRET)
    return await client.call("getUpdates", timeout="0")


async def polls_twice(client: Client) -> Answer:
    client.double.bot.polls = 1  # one is waiting
    await client.double.say(client.person, "chào")
    return await client.call("getUpdates", timeout="0")


async def polls_with_an_offset(client: Client) -> Answer:
    await client.double.say(client.person, "chào")
    return await client.call("getUpdates", timeout="0", offset="7")


async def polls_with_a_number(client: Client) -> Answer:
    await client.double.say(client.person, "chào")
    return await client.call("getUpdates", timeout=0)


async def writes_on_after_being_blocked(client: Client) -> Answer:
    client.double.block(client.person)
    assert (await client.tell())["error_code"] == 403
    assert not client.double.violations, "who could not know has done nothing wrong"
    return await client.tell()


async def answers_one_more_than_there_are_places_for(client: Client) -> Answer:
    others = [client.double.person() for _ in range(3)]
    for other in others:
        client.double.acquaint(other)
    return await client.tell(chat_id=others[-1].id)


async def spends_more_than_the_budget(client: Client) -> Answer:
    for _ in range(9):
        assert (await client.tell())["ok"]
    return await client.tell()


def calling(method: str, **params: Any) -> Callable[[Client], Awaitable[Answer]]:
    return lambda client: client.call(method, **params)


WRONG = [
    ("B1", 401, calling("getMe", token=NOBODY)),
    ("B1", 401, calling("getMe", token=NO_TOKEN)),
    ("B2", 404, calling("getme")),
    ("B2", 404, calling("editMessageText")),
    ("B3", 400, calling("getMe", data=b"[1]")),
    ("B3", 400, calling("getMe", data=b"{")),
    ("B10", 400, calling("setWebhook", url="http://bot.example.vn/", secret_token=SECRET)),
    ("B10", 400, calling("setWebhook", url="https://localhost/", secret_token=SECRET)),
    ("B10", 400, calling("setWebhook", url="https://192.168.1.4/", secret_token=SECRET)),
    ("B10", 400, calling("setWebhook", url="https://[", secret_token=SECRET)),
    ("B11", 400, calling("setWebhook", url=URL)),
    ("B11", 400, calling("setWebhook", url=URL, secret_token=SECRET[:7])),
    ("B11", 400, calling("setWebhook", url=URL, secret_token="a" * 257)),
    ("B20", 400, polls_beside_a_webhook),
    ("B22", 0, polls_with_an_offset),
    ("B23", 0, polls_with_a_number),
    ("B24", 0, polls_twice),
    ("B30", 400, calling("sendMessage", text="chào")),
    ("B30", 400, calling("sendMessage", chat_id=7, text="chào")),
    ("B30", 404, calling("sendMessage", chat_id="6edeffff", text="chào")),
    ("B31", 400, lambda client: client.tell("")),
    ("B31", 400, lambda client: client.tell("ế" * 2001)),
    ("B32", 400, lambda client: client.call("sendPhoto", chat_id=client.person.id, photo="chart.png")),
    ("B32", 400, lambda client: client.call("sendPhoto", chat_id=client.person.id, photo="http://127.0.0.1/a.png")),
    (
        "B33",
        400,
        lambda client: client.call(
            "sendPhoto", chat_id=client.person.id, photo="https://bot.example.vn/a.png", caption="ế" * 2001
        ),
    ),
    ("B34", 400, lambda client: client.call("sendChatAction", chat_id=client.person.id, action="thinking")),
    ("B35", 403, writes_on_after_being_blocked),
    ("B36", 400, lambda client: client.tell(parse_mode="MarkdownV2")),
    ("B38", 0, lambda client: client.tell(reply_markup={"inline_keyboard": []})),
    ("B40", 429, answers_one_more_than_there_are_places_for),
    ("B41", 429, spends_more_than_the_budget),
]


@pytest.mark.parametrize(("rule", "code", "wrong"), WRONG)
async def test_a_wrong_client_is_answered_as_the_platform_would_and_remembered(
    client: Client, rule: str, code: int, wrong: Callable[[Client], Awaitable[Answer]]
) -> None:
    answer = await wrong(client)

    assert answer["ok"] is (code == 0)
    assert answer.get("error_code", 0) == code
    [violation] = client.double.violations
    assert (violation.rule, violation.code) == (rule, code)


async def test_a_right_client_is_served_and_a_new_month_begins_in_viet_nam(client: Client) -> None:
    assert (await client.call("getMe"))["result"]["account_type"] == "BASIC"
    said = await client.tell("ế" * 2000)
    assert isinstance(said["result"]["message_id"], str)
    assert said["result"]["date"] == int(MONTH_ENDS.timestamp() * 1000)
    shown = await client.call("sendPhoto", chat_id=client.person.id, photo="https://bot.example.vn/a.png", caption="a")
    assert shown["ok"]
    assert (await client.call("sendChatAction", chat_id=client.person.id, action="typing"))["ok"]
    assert client.double.used == 3, "what came in, a message and a picture"
    for _ in range(7):
        await client.tell()
    assert (await client.call("sendMessage", chat_id=client.person.id, text="một"))["error_code"] == 429
    client.clock.turn(timedelta(minutes=2))
    assert (await client.tell())["ok"]
    assert [sent.text for sent in client.double.shown(client.person)][-1] == "chào"


async def test_an_update_is_given_once_and_a_poll_without_one_is_no_fault_of_the_client(client: Client) -> None:
    await client.double.say(client.person, "một")
    await client.double.attach(client.person, "image", caption="hai")
    first, second = [(await client.call("getUpdates", timeout="0"))["result"] for _ in range(2)]
    assert (first["ok"], first["result"]["message"]["text"]) == (True, "một")
    assert second["result"]["event_name"] == "message.image.received"
    assert (await client.call("getUpdates", timeout="0"))["error_code"] == 408
    assert not client.double.violations


async def test_a_webhook_gets_each_update_once_with_the_secret_in_either_shape(client: Client) -> None:
    heard: list[tuple[str, Answer]] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append((request.headers["X-Bot-Api-Secret-Token"], await request.json()))
        return web.Response(status=503 if len(heard) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hooks", hook)
    async with open_site(app, host="127.0.0.1", port=0) as local:
        client.double.front("https://bot.example.vn", local)
        assert (await client.call("setWebhook", url="https://bot.example.vn/hooks", secret_token=SECRET))["ok"]
        lost = await client.double.say(client.person, "một")
        await client.double.settled()
        client.double.flat = True
        child = client.double.person(guarded=True)
        await client.double.say(child, "hai")
        await client.double.settled()
        group = client.double.group("Tổ trực")
        assert await client.double.say(client.person, "ba", group=group, mention=False) is None
    assert lost is not None
    assert (lost.status, lost.taken) == (503, False), "nothing is known of a second try"
    assert [secret for secret, _ in heard] == [SECRET, SECRET]
    assert heard[0][1]["result"]["message"]["from"]["id"] == client.person.id
    assert heard[1][1]["event_name"] == "message.unsupported.received"
    assert "text" not in heard[1][1]["message"]
    assert (await client.call("getWebhookInfo"))["result"]["url"] == "https://bot.example.vn/hooks"
    assert (await client.call("deleteWebhook"))["ok"]
    assert (await client.call("getWebhookInfo"))["result"]["url"] == ""
    assert not client.double.violations


@pytest.mark.parametrize("taken", [False, True])
async def test_a_planned_fault_strikes_once_and_a_taken_call_is_done_all_the_same(
    client: Client, *, taken: bool
) -> None:
    client.double.plan(Fault(method="sendMessage", reset=True, taken=taken))
    with pytest.raises(aiohttp.ClientError):
        await client.tell()
    assert len(client.double.sent) == int(taken)
    client.double.plan(Fault(code=401))
    assert (await client.tell())["error_code"] == 401
    assert (await client.tell())["ok"]
    assert not client.double.violations


def test_every_rule_that_the_double_cites_stands_in_the_contract_and_every_enforced_one_has_a_wrong_client() -> None:
    double = [path.read_text("utf-8") for path in (ROOT / "simulator" / "zalo_bot").glob("*.py")]
    cited = {rule for text in double for rule in re.findall(r"\bB\d+\b", text)}

    assert len(RULES) == len(re.findall(r"^\| B\d+ \|", CONTRACT, re.MULTILINE)), "each line says what the double does"
    assert cited <= set(RULES)
    assert {rule for rule, _, _ in WRONG} == ENFORCED
