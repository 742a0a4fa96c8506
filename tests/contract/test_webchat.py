"""The chat page over HTTP, on both engines: who gets a session, what the stream brings, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from bot.store.engine import Store
from bot.store.mailbox import fetch
from gateway import session
from gateway.channel import Part
from gateway.channels.web import CHANNEL
from gateway.webchat.events import Position, Streams, fetch_missed
from tests.support.chat_page import ACCOUNT, ChatPage, running_chat_page

SOON = 20


@pytest.fixture
async def page(engine_url: str) -> AsyncIterator[ChatPage]:
    async with running_chat_page(engine_url) as running:
        yield running


@pytest.fixture
async def visitor(page: ChatPage) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who has opened the page."""
    jar = aiohttp.CookieJar(unsafe=True)  # a cookie for an address instead of a name
    async with aiohttp.ClientSession(page.url, cookie_jar=jar) as client:
        await (await client.get("/")).read()
        yield client


@dataclass(frozen=True, kw_only=True)
class Event:
    id: str
    text: str


async def ask(visitor: aiohttp.ClientSession, name: str, text: str) -> int:
    async with visitor.post("/hooks/web/main", json={"id": name, "text": text}) as response:
        return response.status


async def listen(visitor: aiohttp.ClientSession, *, count: int, last: str = "") -> list[Event]:
    """The first ``count`` replies of a stream that is resumed behind ``last``."""
    found: list[Event] = []
    headers = {"Last-Event-ID": last} if last else {}
    async with asyncio.timeout(SOON), visitor.get("/web/events", headers=headers) as stream:
        assert stream.status == 200
        name = ""
        async for line in stream.content:
            field, _, value = line.decode().strip().partition(": ")
            name = value if field == "id" else name
            if field == "data":
                found.append(Event(id=name, text=json.loads(value)["text"]))
            if len(found) == count:
                break
    return found


async def test_the_page_gives_a_session_once_and_keeps_it(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    async with visitor.get("/") as again:
        kept = again.cookies[session.COOKIE].value
    async with visitor.get("/") as third:
        assert third.cookies[session.COOKIE].value == kept
    async with aiohttp.ClientSession(page.url) as stranger, stranger.get("/") as first:
        assert first.cookies[session.COOKIE].value != kept


async def test_a_forged_session_is_replaced(page: ChatPage) -> None:
    forged = {session.COOKIE: f"v1.{'0' * 32}.{'0' * 64}"}
    async with aiohttp.ClientSession(page.url, cookies=forged) as client, client.get("/") as answer:
        assert session.verify(answer.cookies[session.COOKIE].value, ACCOUNT.signing_key)


async def test_the_page_allows_no_foreign_script_and_only_named_sites_to_frame_it(page: ChatPage) -> None:
    async with aiohttp.ClientSession(page.url) as client, client.get("/") as answer:
        policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
        html = await answer.text()
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self' http://localhost"
    assert "<style" not in html
    assert "style=" not in html
    assert html.count("<script") == html.count('<script type="module" src=')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_files_are_kept_by_browsers_for_as_long_as_they_are_the_same(page: ChatPage) -> None:
    async with aiohttp.ClientSession(page.url) as client:
        async with client.get("/") as answer:
            address = next(part for part in (await answer.text()).split('"') if part.endswith("/chat.js"))
        async with client.get(f"/{address}") as script:
            assert script.content_type == "text/javascript"
            assert "immutable" in script.headers["Cache-Control"]
            etag = script.headers["ETag"]
        async with client.get(f"/{address}", headers={"If-None-Match": etag}) as unchanged:
            assert unchanged.status == 304
        async with client.get("/web/000000000000/chat.js") as after_an_upgrade:
            assert after_an_upgrade.headers["Cache-Control"] == "no-cache"
        async with client.get("/web/000000000000/absent.js") as absent:
            assert absent.status == 404


async def test_without_a_session_there_is_no_stream_and_no_row(page: ChatPage) -> None:
    async with aiohttp.ClientSession(page.url) as stranger:
        async with stranger.get("/web/events") as stream:
            assert stream.status == 401
        assert await ask(stranger, "a", "dân số") == 401
    assert page.last_question is None


async def test_a_stream_resumes_behind_the_last_reply_without_gap_or_double(
    page: ChatPage, visitor: aiohttp.ClientSession
) -> None:
    for name in "abc":
        assert await ask(visitor, name, f"hỏi {name}") == 200
    everything = await listen(visitor, count=3)
    assert [event.text[-5:] for event in everything] == ["hỏi a", "hỏi b", "hỏi c"]
    assert await listen(visitor, count=2, last=everything[0].id) == everything[1:]
    assert await listen(visitor, count=1, last="2") == everything[2:]


async def test_a_repeated_message_is_answered_once(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    for name in ("a", "a", "b"):
        assert await ask(visitor, name, f"hỏi {name}") == 200
    assert [event.text[-5:] for event in await listen(visitor, count=2)] == ["hỏi a", "hỏi b"]


async def test_a_reply_reaches_an_open_stream(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    assert await ask(visitor, "a", "im lặng") == 200
    stream = asyncio.create_task(listen(visitor, count=1))
    await asyncio.sleep(0)
    await page.say("đây rồi")
    assert [event.text for event in await stream] == ["đây rồi"]


async def test_what_another_process_delivers_reaches_an_open_stream(
    page: ChatPage, visitor: aiohttp.ClientSession, store: Store
) -> None:
    assert await ask(visitor, "a", "im lặng") == 200
    stream = asyncio.create_task(listen(visitor, count=1))
    await page.say("từ tiến trình khác", store=store)
    assert [event.text for event in await stream] == ["từ tiến trình khác"]


async def test_an_open_stream_does_not_hold_up_a_stop(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    async with visitor.get("/web/events") as stream:
        assert await stream.content.readline() == b"retry: 1000\n"
        await page.stop()
        assert await stream.content.read() == b"\n"


async def test_one_window_too_many_ends_the_oldest(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(SOON):
        windows = [await visitor.get("/web/events") for _ in range(7)]
        assert b"event: replaced" in await windows[0].content.read()
        assert [window.content.at_eof() for window in windows[1:]] == [False] * 6
        for window in windows:
            window.close()


async def test_beyond_the_total_nobody_new_is_let_in(store: Store) -> None:
    streams = Streams(store.wakeup, total=2)
    with streams.join("one"):
        assert not streams.full
        with streams.join("two"):
            assert streams.full
        assert not streams.full


async def test_a_part_sent_again_is_one_part_with_one_id(page: ChatPage, visitor: aiohttp.ClientSession) -> None:
    await ask(visitor, "a", "im lặng")
    to = page.last_question.address if page.last_question else None
    assert to is not None
    first = await CHANNEL.send(Part(text="một"), to, "key", ACCOUNT, page.wire)
    second = await CHANNEL.send(Part(text="một"), to, "key", ACCOUNT, page.wire)
    assert first == second
    assert [event.id for event in await listen(visitor, count=1)] == [first]


async def test_a_mailbox_that_was_erased_starts_again_for_its_reader(
    page: ChatPage, visitor: aiohttp.ClientSession
) -> None:
    await ask(visitor, "a", "im lặng")
    person = page.store.vault.person(page.last_question.address) if page.last_question else ""
    await page.say("trước khi xóa")
    (number, part), *_ = await fetch(page.store, person, after=0)
    assert await fetch_missed(page.store, person, Position(number=number, mark=part["mark"])) == []
    assert await fetch_missed(page.store, person, Position(number=number, mark="of another part")) == [(number, part)]
    assert await fetch_missed(page.store, person, Position(number=9, mark=part["mark"])) == [(number, part)]


async def test_by_https_the_cookie_has_a_name_that_no_other_host_can_set(engine_url: str) -> None:
    async with running_chat_page(engine_url, public_url="https://chat.example.vn") as page:
        headers = {"Host": "chat.example.vn"}
        async with aiohttp.ClientSession(page.url, headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as client:
            async with client.get("/") as first:
                (given,) = first.headers.getall("Set-Cookie")
            value = given.partition("=")[2].partition(";")[0]
            async with client.get("/", headers={"Cookie": f"{session.COOKIE}={value}"}) as before:
                kept, gone = before.headers.getall("Set-Cookie")
            async with client.get("/web/events", headers={"Cookie": f"{session.BOUND_COOKIE}={value}"}) as stream:
                assert stream.status == 200
        async with aiohttp.ClientSession(page.url) as client, client.get("/") as by_another_name:
            assert session.COOKIE in by_another_name.cookies
    assert given.startswith("__Host-tracuu_session=")
    assert kept.startswith(f"__Host-tracuu_session={value};")
    assert gone.startswith("tracuu_session=; Max-Age=0;")
