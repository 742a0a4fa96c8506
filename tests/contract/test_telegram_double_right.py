"""What keeps the rules, up to the very edge of each, is taken by the Bot API double without a word."""

import asyncio
import html
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from simulator.telegram.answers import ApiError
from simulator.telegram.double import running_telegram
from simulator.telegram.limits import Limits, fullest
from simulator.telegram.markup import TAGS, length16, parse
from simulator.telegram.photo import LARGEST_FILE
from tests.support.telegram_client import Client, picture

PUBLIC = "https://bot.example.vn"
LINK = "<a href='https://example.vn/?a=1&amp;b=2'>nguồn</a>"


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with running_telegram(limits=Limits(per_chat_second=100)) as double, aiohttp.ClientSession() as session:
        for port in ("", ":443", ":80", ":88", ":8443"):
            double.front(f"{PUBLIC}{port}", "http://127.0.0.1:9")
        person = double.person("Lan")
        double.acquaint(person)
        yield Client(double=double, session=session, person=person)


def markup(*rows: list[dict[str, str]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def test_every_tag_is_known_and_measured_in_utf_16() -> None:
    for tag, kind in TAGS.items():
        opened = {
            "a": "a href='https://example.vn'",
            "span": 'span class="tg-spoiler"',
            "tg-emoji": "tg-emoji emoji-id=5368324170671202286",
        }.get(tag, tag)
        formatted = parse(f"😀 <{opened}>số</{tag}> &lt;&amp;&gt;&quot;&#39;&#x27;", "HTML")
        assert formatted.text == "😀 số <&>\"''"
        [entity] = formatted.entities
        assert (entity["type"], entity["offset"], entity["length"]) == (kind, 3, 2)
        assert formatted.loose == ()


@given(st.text())
def test_whatever_a_person_writes_is_shown_as_it_was_once_it_is_escaped(text: str) -> None:
    formatted = parse(f"<b>{html.escape(text)}</b>.", "HTML")
    assert formatted.text == f"{text}.".strip()
    assert formatted.loose == ()


@given(st.text(), st.text(alphabet="<>&/ab= \"'"))
def test_no_text_breaks_the_parser_itself(before: str, after: str) -> None:
    try:
        formatted = parse(before + after, "HTML")
    except ApiError:
        return
    assert all(entity["offset"] + entity["length"] <= length16(formatted.text) for entity in formatted.entities)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "á" * 4096},
        {"text": f"  <b>{'á' * 4096}</b>\n", "parse_mode": "HTML"},
        {"text": "<b>" * 90 + "sâu" + "</b>" * 90, "parse_mode": "html"},
        {"text": f"<blockquote expandable>{LINK}</blockquote>", "parse_mode": "HTML"},
        {"text": '<pre><code class="language-python">x = 1</code></pre>', "parse_mode": "HTML"},
        {"text": "không có < dấu & nào > cả"},
        {"text": "chọn", "reply_markup": markup([{"text": "Một", "callback_data": "x" * 64}])},
        {"text": "chọn", "reply_markup": markup([{"text": "Trang", "url": "https://example.vn"}])},
        {"text": "chọn", "reply_markup": markup(*[[{"text": "1", "callback_data": "1"}]] * 100)},
        {"text": "chọn", "reply_markup": '{"inline_keyboard": [[{"text": "Một", "callback_data": "1"}]]}'},
        {"text": "chọn", "reply_markup": {"remove_keyboard": True}},
        {"text": "trả lời", "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
    ],
)
async def test_a_message_at_the_edge_of_what_is_allowed_is_shown(client: Client, params: dict[str, Any]) -> None:
    assert (await client.tell(**params)).status == 200
    assert len(client.double.shown(client.person)) == 1
    assert client.double.violations == []


@pytest.mark.parametrize("size", [(9000, 1000), (200, 10), (1, 1)])
async def test_a_picture_at_the_edge_of_what_is_allowed_is_shown(client: Client, size: tuple[int, int]) -> None:
    answer = await client.show(picture(*size), caption="á" * 1024)
    assert answer.status == 200
    assert (answer.result["photo"][-1]["width"], answer.result["photo"][-1]["height"]) == size
    assert client.double.violations == []


async def test_a_picture_may_have_ten_megabytes(client: Client) -> None:
    body = picture(40, 30, "JPEG")
    assert (await client.show(body + bytes(LARGEST_FILE - len(body)))).status == 200


@pytest.mark.parametrize("port", ["", ":443", ":80", ":88", ":8443"])
async def test_a_webhook_on_each_allowed_port_is_set(client: Client, port: str) -> None:
    url, secret = f"{PUBLIC}{port}/hooks", "aZ09_-" * 42 + "abcd"
    assert len(secret) == 256
    assert (await client.call("setWebhook", url=url, secret_token=secret, max_connections=100)).status == 200
    assert (await client.call("getWebhookInfo")).result["url"] == url
    assert (await client.call("setWebhook", url="")).status == 200
    assert (await client.call("getWebhookInfo")).result["url"] == ""
    assert client.double.violations == []


async def test_the_earlier_choice_of_updates_stays_until_another_is_made(client: Client) -> None:
    await client.call("getUpdates", allowed_updates=["message"])
    await client.double.block(client.person)
    assert (await client.call("getUpdates")).result == []
    await client.call("getUpdates", allowed_updates=[])
    await client.double.unblock(client.person)
    [update] = (await client.call("getUpdates")).result
    assert "my_chat_member" in update


async def test_calls_are_read_from_the_address_and_from_forms_too(client: Client) -> None:
    base = f"{client.double.url}/bot{client.double.bot.token}"
    chat = {"chat_id": str(client.person.id)}
    async with client.session.get(f"{base}/sendMessage", params={**chat, "text": "dân số & <việc làm>"}) as one:
        assert one.status == 200
    async with client.session.post(f"{base}/SENDMESSAGE", data={**chat, "text": "dân số & <việc làm>"}) as two:
        assert two.status == 200
    assert [message.text for message in client.double.shown(client.person)] == ["dân số & <việc làm>"] * 2


async def test_who_was_refused_once_and_stops_has_broken_nothing(client: Client) -> None:
    group = client.double.group("Nhóm nhỏ", kind="group")
    supergroup = await client.double.upgrade(group, client.person)
    refused = await client.tell(chat_id=group.id)
    assert refused.body["parameters"] == {"migrate_to_chat_id": supergroup.id}
    assert (await client.tell(chat_id=supergroup.id)).status == 200
    await client.double.block(client.person)
    assert (await client.tell()).status == 403
    await client.double.unblock(client.person)
    assert (await client.tell()).status == 200
    await client.double.block(client.person)
    assert (await client.tell()).status == 403
    assert [refusal.rule for refusal in client.double.refusals] == ["T56", "T55", "T55"]
    assert client.double.violations == []


@pytest.mark.parametrize(
    ("limits", "after", "status"),
    [
        (Limits(per_second=2, per_chat_second=9), 0.99, 429),
        (Limits(per_second=2, per_chat_second=9), 1.0, 200),
        (Limits(per_chat_second=2), 0.99, 429),
        (Limits(per_chat_second=2), 1.0, 200),
        (Limits(per_group_minute=2, per_chat_second=9), 59.9, 429),
        (Limits(per_group_minute=2, per_chat_second=9), 60.0, 200),
        (Limits(per_chat_second=2, slack=0.1), 0.89, 429),
        (Limits(per_chat_second=2, slack=0.1), 0.91, 200),
    ],
)
async def test_a_window_slides(client: Client, limits: Limits, after: float, status: int) -> None:
    stands = 0.0
    async with running_telegram(limits=limits, clock=lambda: stands) as double:
        hasty = Client(double=double, session=client.session, person=client.person)
        chat_id = double.group("Tổ trực").id
        assert (await hasty.tell(chat_id=chat_id)).status == 200
        assert (await hasty.tell(chat_id=chat_id)).status == 200
        stands += after
        assert (await hasty.tell(chat_id=chat_id)).status == status


async def test_a_window_counted_from_the_answers_is_never_exceeded_however_time_stumbles() -> None:
    speed, free = 100.0, asyncio.Semaphore(30)
    async with running_telegram(speed=speed) as double, aiohttp.ClientSession() as session:

        async def send(chat_id: int) -> int:
            answer = await Client(double=double, session=session, person=double.person()).tell(chat_id=chat_id)
            asyncio.get_running_loop().call_later(1.0 / speed, free.release)
            return answer.status

        async with asyncio.TaskGroup() as group:
            sends = []
            for _ in range(300):
                await free.acquire()
                sends.append(group.create_task(send(double.acquaint(double.person()).id)))

        assert {task.result() for task in sends} == {200}
        assert len(double.sent) == 300
        assert double.fullest() <= 30
        assert double.violations == []


async def test_edits_count_overall_and_in_the_group_but_not_in_the_second_of_the_chat(client: Client) -> None:
    stands = 0.0
    async with running_telegram(limits=Limits(per_group_minute=3), clock=lambda: stands) as double:
        editor, group = Client(double=double, session=client.session, person=client.person), double.group("Tổ trực")
        place = {"chat_id": group.id, "message_id": (await editor.tell(chat_id=group.id)).result["message_id"]}
        answers = [await editor.call("editMessageText", **place, text=str(number)) for number in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert [violation.rule for violation in double.violations] == ["T62"]
        assert double.fullest(60.0, groups=True) == 3
        assert double.fullest(60.0, groups=False) == 0


async def test_who_waits_as_long_as_a_429_says_is_let_in(client: Client) -> None:
    stands = 0.0
    limits = Limits(per_group_minute=2, per_chat_second=30)
    async with running_telegram(limits=limits, clock=lambda: stands) as double:
        group, patient = double.group("Tổ trực"), Client(double=double, session=client.session, person=client.person)
        for _ in range(20):
            answer = await patient.tell(chat_id=group.id)
            if answer.status == 429:
                stands += answer.body["parameters"]["retry_after"]
        assert len(double.sent) == 14
        assert double.fullest(60.0, chat=group) == 2
        assert [violation.rule for violation in double.violations] == ["T62"] * 6


def test_the_fullest_window_is_found_wherever_it_lies() -> None:
    assert fullest([], 1.0) == 0
    assert fullest([0.0, 0.5, 0.999, 1.0, 1.4, 5.0], 1.0) == 4
    assert fullest([0.0, 1.0, 2.0], 1.0) == 1


async def test_the_bot_of_another_token_is_another_bot() -> None:
    async with running_telegram(bots=2) as double, aiohttp.ClientSession() as session:
        client = Client(double=double, session=session, person=double.person())
        await double.say(client.person, "chào", bot=double.bots[1])
        chat: dict[str, Any] = {"chat_id": client.person.id, "text": "chào"}
        assert (await client.call("sendMessage", **chat)).says == "Bad Request: chat not found"
        assert (await client.call("sendMessage", token=double.bots[1].token, **chat)).status == 200
        assert (await client.call("getMe", token=double.bots[1].token)).result["username"] == "tracuu1_bot"
