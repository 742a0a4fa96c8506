"""The Bot API double refuses a wrong client for each rule that it enforces, and takes a right one."""

import asyncio
import itertools
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from simulator.telegram.double import running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits
from tests.support.telegram_client import Answer, Client, picture

ROOT = Path(__file__).parents[2]
DOUBLE = ROOT / "simulator" / "telegram"
CONTRACT = (ROOT / "docs" / "telegram-contract.md").read_text("utf-8")
RULES = {
    found[1]: found[2] for found in re.finditer(r"^\| (T\d+) \|.*\| (refuses|notes|does|–) \|$", CONTRACT, re.MULTILINE)
}
ENFORCED = {rule for rule, part in RULES.items() if part in {"refuses", "notes"}}
CALLS = tomllib.loads((ROOT / "tests" / "data" / "telegram-wrong-calls.toml").read_text("utf-8"))["call"]
PUBLIC = "https://bot.example.vn"
BUTTON = {"inline_keyboard": [[{"text": "Xem", "callback_data": "xem"}]]}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    """Before a double that is so fast that nothing but a test of limits meets them, with a person who has written."""
    generous = Limits(per_second=1000, per_chat_second=1000, per_group_minute=1000)
    async with running_telegram(limits=generous) as double, aiohttp.ClientSession() as session:
        double.front(PUBLIC, "http://127.0.0.1:9")
        double.front(f"{PUBLIC}:8080", "http://127.0.0.1:9")
        person = double.person("Lan")
        await double.say(person, "chào")
        yield Client(double=double, session=session, person=person)


async def make(client: Client, case: dict[str, Any]) -> Answer:
    """The wrong call that ``case`` describes."""
    token, method = case.get("token", ""), case["method"]
    if "raw" in case:
        body = aiohttp.BytesPayload(case["raw"].encode(), content_type="application/json")
        return await client.call(method, token=token, data=body)
    params = case.get("params", {}) | {name: "a" * length for name, length in case.get("long", {}).items()}
    chat = {"chat_id": client.person.id} if "chat" in case else {}
    file = case.get("file", "").encode() or bytes(case.get("file_bytes", 0))
    if "photo" in case:
        file = picture(*case["photo"])
    if {"photo", "file", "file_bytes"} & set(case):
        return await client.show(file, **params)
    return await client.call(method, token=token, **chat, **params)


@pytest.mark.parametrize("case", CALLS, ids=lambda case: f"{case['rule']}-{case['says'][:40]}")
async def test_a_wrong_call_is_answered_as_telegram_would_and_remembered(client: Client, case: dict[str, Any]) -> None:
    answer = await make(client, case)

    assert answer.status == case["status"]
    [violation] = client.double.violations
    assert violation.rule == case["rule"]
    assert case["says"] in violation.detail
    if case["status"] != 200:
        assert case["says"] in answer.says
        assert answer.body["error_code"] == case["status"]
        assert answer.body["ok"] is False
    assert not client.double.sent or case["status"] == 200


Wrong = Callable[[Client], Awaitable[Answer]]


async def polls_beside_a_webhook(client: Client) -> Answer:
    await client.call("setWebhook", url=f"{PUBLIC}/hooks")
    return await client.call("getUpdates")


async def puts_too_many_buttons(client: Client) -> Answer:
    rows = [[{"text": str(number), "callback_data": str(number)}] for number in range(101)]
    return await client.tell(reply_markup={"inline_keyboard": rows})


async def puts_too_heavy_buttons(client: Client) -> Answer:
    rows = [[{"text": "Ủ" * 100, "callback_data": str(number)}] for number in range(40)]
    return await client.tell(reply_markup={"inline_keyboard": rows})


async def edits_without_a_change(client: Client) -> Answer:
    shown = (await client.tell(reply_markup=BUTTON)).result
    place = {"chat_id": client.person.id, "message_id": shown["message_id"]}
    return await client.call("editMessageText", **place, text="<b></b>chào", parse_mode="HTML", reply_markup=BUTTON)


async def edits_the_text_of_a_photo(client: Client) -> Answer:
    shown = (await client.show(picture(40, 30))).result
    place = {"chat_id": client.person.id, "message_id": shown["message_id"]}
    return await client.call("editMessageText", **place, text="khác")


async def edits_what_is_deleted(client: Client) -> Answer:
    shown = (await client.tell()).result
    place = {"chat_id": client.person.id, "message_id": shown["message_id"]}
    await client.call("deleteMessage", **place)
    return await client.call("editMessageText", **place, text="khác")


async def writes_on_after_being_blocked(client: Client) -> Answer:
    await client.double.block(client.person)
    await client.tell()
    return await client.tell()


async def writes_on_to_a_deleted_account(client: Client) -> Answer:
    client.double.deactivate(client.person)
    await client.tell()
    return await client.tell()


async def writes_on_where_it_was_thrown_out(client: Client) -> Answer:
    group = client.double.group("Tổ trực")
    await client.double.leave(group, client.person)
    await client.tell(chat_id=group.id)
    return await client.tell(chat_id=group.id)


async def writes_on_to_the_old_group(client: Client) -> Answer:
    group = client.double.group("Tổ trực", kind="group")
    await client.double.upgrade(group, client.person)
    await client.tell(chat_id=group.id)
    return await client.tell(chat_id=group.id)


async def answers_a_press_twice(client: Client) -> Answer:
    await client.tell(reply_markup=BUTTON)
    press = await client.double.press(client.person, client.double.last(client.person), "xem")
    await client.call("answerCallbackQuery", callback_query_id=press.id)
    return await client.call("answerCallbackQuery", callback_query_id=press.id)


async def answers_a_press_at_length(client: Client) -> Answer:
    await client.tell(reply_markup=BUTTON)
    press = await client.double.press(client.person, client.double.last(client.person), "xem")
    return await client.call("answerCallbackQuery", callback_query_id=press.id, text="a" * 201)


async def does_not_wait_after_a_429(client: Client) -> Answer:
    client.double.plan(Fault(retry_after=5, chat_id=client.person.id))
    await client.tell()
    return await client.tell()


async def types_on_after_a_429(client: Client) -> Answer:
    client.double.plan(Fault(retry_after=5, everywhere=True))
    await client.tell()
    return await client.call("sendChatAction", chat_id=client.person.id, action="typing")


async def polls_twice(client: Client) -> Answer:
    await client.call("getUpdates", offset=client.double.mailbox().next_id)
    first = asyncio.create_task(client.call("getUpdates", timeout=50))
    await client.double.wait_for(lambda: client.double.mailbox().poll is not None)
    await client.call("getUpdates")
    return await first


async def polls_in_a_circle(client: Client) -> Answer:
    await client.call("getUpdates", offset=client.double.mailbox().next_id)
    client.double.renumber(400_000_000)
    await client.double.say(client.person, "sau một tuần")
    for _ in range(2):
        answer = await client.call("getUpdates", offset=700_000_002)
        assert [update["update_id"] for update in answer.result] == [400_000_000]
    return Answer(status=200, body={"description": client.double.violations[0].detail})


async def sets_a_webhook_in_an_answer(client: Client) -> Answer:
    async def hook(_request: web.Request) -> web.Response:
        return web.json_response({"method": "setWebhook", "url": f"{PUBLIC}/other"})

    app = web.Application()
    app.router.add_post("/hooks", hook)
    async with open_site(app, host="127.0.0.1", port=0) as local:
        client.double.hook(f"{local}/hooks")
        await client.double.wait_for(lambda: bool(client.double.violations))
        info = await client.call("getWebhookInfo")
    assert info.result["url"] != f"{PUBLIC}/other"
    return Answer(status=200, body={"description": client.double.violations[0].detail})


CIRCUMSTANCES = [
    (polls_beside_a_webhook, "T30", 409, "can't use getUpdates method while webhook is active"),
    (polls_twice, "T31", 409, "terminated by other getUpdates request"),
    (polls_in_a_circle, "T38", 200, "the same offset again"),
    (sets_a_webhook_in_an_answer, "T21", 200, "setwebhook in the answer to an update is ignored"),
    (puts_too_many_buttons, "T47", 400, "reply markup is too long"),
    (puts_too_heavy_buttons, "T47", 400, "reply markup is too long"),
    (edits_without_a_change, "T50", 400, "message is not modified"),
    (edits_the_text_of_a_photo, "T52", 400, "there is no text in the message to edit"),
    (edits_what_is_deleted, "T51", 400, "message to edit not found"),
    (writes_on_after_being_blocked, "T55", 403, "Forbidden: bot was blocked by the user"),
    (writes_on_to_a_deleted_account, "T55", 403, "Forbidden: user is deactivated"),
    (writes_on_where_it_was_thrown_out, "T55", 403, "Forbidden: bot was kicked from the supergroup chat"),
    (writes_on_to_the_old_group, "T56", 400, "group chat was upgraded to a supergroup chat"),
    (answers_a_press_twice, "T57", 400, "query ID is invalid"),
    (answers_a_press_at_length, "T58", 400, "MESSAGE_TOO_LONG"),
    (does_not_wait_after_a_429, "T63", 429, "Too Many Requests: retry after 5"),
    (types_on_after_a_429, "T63", 429, "Too Many Requests: retry after 5"),
]
WINDOWS = [
    (Limits(per_second=3), ("person", "person", "person", "person"), "T60"),
    (Limits(per_second=1000), ("same", "same"), "T61"),
    (Limits(per_group_minute=2, per_chat_second=1000), ("group", "group", "group"), "T62"),
]


@pytest.mark.parametrize(("wrong", "rule", "status", "says"), CIRCUMSTANCES)
async def test_a_client_that_forgets_what_it_was_told_is_caught(
    client: Client, wrong: Wrong, rule: str, status: int, says: str
) -> None:
    answer = await wrong(client)

    assert answer.status == status
    assert says in answer.says
    [violation] = client.double.violations
    assert (violation.rule, violation.status) == (rule, status)


@pytest.mark.parametrize(("limits", "chats", "rule"), WINDOWS)
async def test_what_exceeds_a_window_is_refused_with_the_time_to_wait(
    limits: Limits, chats: tuple[str, ...], rule: str
) -> None:
    stands = 1000.0
    async with running_telegram(limits=limits, clock=lambda: stands) as double, aiohttp.ClientSession() as session:
        same, group = double.person(), double.group("Tổ trực")
        client = Client(double=double, session=session, person=same)
        double.acquaint(same)
        places: dict[str, Iterator[int]] = {"same": itertools.repeat(same.id), "group": itertools.repeat(group.id)}
        places["person"] = (double.acquaint(double.person()).id for _ in itertools.count())

        *right, wrong = [await client.tell(chat_id=next(places[chat])) for chat in chats]

        assert {answer.status for answer in right} == {200}
        assert wrong.status == 429
        assert wrong.body["parameters"]["retry_after"] == (60 if rule == "T62" else 1)
        assert [violation.rule for violation in double.violations] == [rule]
        assert double.fullest(60.0) == len(right) == len(double.sent)

        stands += 61
        assert (await client.tell(chat_id=next(places[chats[0]]))).status == 200


def test_every_rule_that_the_double_cites_stands_in_the_contract_and_every_enforced_one_has_a_wrong_client() -> None:
    cited = {
        rule
        for path in DOUBLE.glob("*.py")
        if path.is_file()
        for rule in re.findall(r"\bT\d+\b", path.read_text("utf-8"))
    }
    caught = {case["rule"] for case in CALLS} | {row[1] for row in CIRCUMSTANCES} | {row[2] for row in WINDOWS}

    assert len(RULES) == len(re.findall(r"^\| T\d+ \|", CONTRACT, re.MULTILINE)), "each line says what the double does"
    assert cited <= set(RULES)
    assert caught == ENFORCED
