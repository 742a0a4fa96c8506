"""The stage without a service: what the page's API takes and refuses, and what it hides."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from yarl import URL

from gateway.site import open_site
from simulator.stage.page import SIGN, make_page
from simulator.stage.stage import LONGEST_TEXT, MOST_PHONES, Stage, find_lines, open_stage

LINES = ("sms", "zalo", "telegram", "zalo_bot")
NOBODY = "http://127.0.0.1:9"


class Visitor:
    """The page's script at ``url``."""

    def __init__(self, stage: Stage, url: str, http: aiohttp.ClientSession) -> None:
        self.stage, self.url, self.http = stage, url, http

    async def post(self, path: str, wish: object = None, **headers: str) -> int:
        """The status of a deed."""
        sent = json.dumps({} if wish is None else wish).encode()
        async with self.http.post(f"{self.url}/api/{path}", data=sent, headers={SIGN: "1", **headers}) as answer:
            return answer.status

    async def get(self, path: str, **headers: str) -> tuple[int, aiohttp.ClientResponse]:
        """The status and the answer, read."""
        async with self.http.get(URL(f"{self.url}{path}", encoded=True), headers=headers) as answer:
            await answer.read()
            return answer.status, answer

    async def state(self) -> dict[str, Any]:
        """All that is on the stage."""
        async with self.http.get(f"{self.url}/api/state") as answer:
            state: dict[str, Any] = await answer.json()
            return state


@pytest_asyncio.fixture
async def visitor() -> AsyncIterator[Visitor]:
    async with (
        open_stage(NOBODY) as stage,
        aiohttp.ClientSession() as http,
        open_site(make_page(stage), host="127.0.0.1", port=0) as url,
    ):
        yield Visitor(stage, url, http)


def test_every_file_among_the_lines_is_on_the_stage_in_a_fixed_order():
    assert tuple(find_lines()) == LINES


async def test_every_line_gives_its_phones_addresses_of_their_own_and_takes_words(visitor: Visitor):
    for line in LINES * 2:
        assert await visitor.post("phones", {"line": line, "name": f"  {line}\n"}) == 200
    phones = (await visitor.state())["phones"]
    assert [phone["name"] for phone in phones] == [*LINES, *LINES]
    assert len({phone["address"] for phone in phones}) == len(phones)
    for phone in phones:
        assert await visitor.post(f"phones/{phone['id']}/say", {"text": "dân số"}) == 200
        assert await visitor.post(f"phones/{phone['id']}/say", {"text": " \n"}) == 422
    shown = [phone["messages"][0] for phone in (await visitor.state())["phones"]]
    assert all(message["mine"] and "dân số" in message["text"] for message in shown)
    assert await visitor.post("phones/1/remove") == 200
    assert await visitor.post("phones/1/say", {"text": "x"}) == 404


async def test_what_is_said_before_the_service_is_up_waits_for_it(visitor: Visitor):
    await visitor.post("phones", {"line": "sms", "name": ""})
    await visitor.post("phones/1/say", {"text": "dan so"})
    async with asyncio.timeout(20):
        while not (state := await visitor.state())["log"]:
            await asyncio.sleep(0.02)
    assert state["phones"][0]["messages"][0]["state"] == "waiting"
    assert state["log"][0] | {"at": 0} == {
        "number": 1,
        "at": 0,
        "line": "sms",
        "way": "hook",
        "what": "POST /hooks/kannel/8179",
        "verdict": "no answer",
        "good": False,
    }


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("phones", {"line": "fax", "name": ""}),
        ("phones", {"line": "sms"}),
        ("phones", {"line": ["sms"], "name": 1}),
        ("phones", [1]),
        ("phones", "sms"),
        ("phones/1/say", {"text": 5}),
        ("phones/1/say", {"text": "x" * (LONGEST_TEXT + 1)}),
        ("phones/1/say", {"text": "đ" * 18_000}),
        ("phones/1/press", {"message": "1", "data": "x"}),
        ("phones/1/act", {"action": "follow"}),
        ("phones/2/act", {"action": "age-49"}),
        ("phones/2/press", {"message": "1", "data": "x"}),
        ("phones/3/press", {"message": "99", "data": "x"}),
        ("phones/3/press", {"message": "-1²", "data": "x"}),
        ("phones/3/act", {"action": "__class__"}),
        ("phones/4/act", {"action": "activate"}),
        ("prices", {"out": -1}),
        ("prices", {"out": 1.5}),
        ("prices", {"into": True}),
        ("prices", {"__class__": 1}),
        ("lines/sms", {"slow": 1e9}),
        ("lines/telegram", {"receipts": "lost"}),
        ("service/start", None),
        ("service/kill", None),
    ],
)
async def test_nonsense_is_refused_and_changes_nothing(visitor: Visitor, path: str, wish: object):
    for line in LINES:
        await visitor.post("phones", {"line": line, "name": ""})
    before = await visitor.state()
    assert await visitor.post(path, wish) == 422
    assert await visitor.state() == before


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"null", b'{"line": NaN}'])
async def test_what_is_no_json_object_is_refused(visitor: Visitor, body: bytes):
    async with visitor.http.post(f"{visitor.url}/api/phones", data=body, headers={SIGN: "1"}) as answer:
        assert answer.status == 422


@pytest.mark.parametrize(
    "path", ["phones/7/say", "phones/x/say", "phones/1²/say", "phones/1/fly", "lines/fax", "service/burn", "nothing"]
)
async def test_what_does_not_exist_is_not_found(visitor: Visitor, path: str):
    assert await visitor.post(path, {"text": "x"}) == 404


async def test_halves_of_characters_and_control_characters_reach_the_provider_as_text(visitor: Visitor):
    for number, line in enumerate(LINES, 1):
        await visitor.post("phones", {"line": line, "name": "\ud800 \x00 a"})
        assert await visitor.post(f"phones/{number}/say", {"text": "\ud83d\ude00 \ud800 \x07"}) == 200
    assert all("😀 �" in phone["messages"][0]["text"] for phone in (await visitor.state())["phones"])


async def test_a_body_that_is_too_large_is_refused(visitor: Visitor):
    assert await visitor.post("phones", {"line": "sms", "name": "x" * 300_000}) == 413


async def test_there_are_as_many_phones_as_a_page_can_show(visitor: Visitor):
    for _ in range(MOST_PHONES):
        assert await visitor.post("phones", {"line": "sms", "name": ""}) == 200
    assert await visitor.post("phones", {"line": "sms", "name": ""}) == 422


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8090", "127.0.0.1.evil.example", "", "[::2]:80", "a b"])
async def test_another_host_name_is_refused_whatever_it_points_at(visitor: Visitor, host: str):
    for path in ("/", "/api/state", "/api/events", "/static/stage.js"):
        assert (await visitor.get(path, Host=host))[0] in {400, 421}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_a_page_of_another_site_can_do_nothing(visitor: Visitor, origin: str):
    assert await visitor.post("phones", {"line": "sms", "name": ""}, Origin=origin) == 403
    assert (await visitor.state())["phones"] == []


async def test_a_form_without_the_sign_of_the_page_can_do_nothing(visitor: Visitor):
    async with visitor.http.post(f"{visitor.url}/api/phones", data={"line": "sms"}) as answer:
        assert answer.status == 403


async def test_the_page_itself_may(visitor: Visitor):
    assert await visitor.post("phones", {"line": "sms", "name": ""}, Origin=visitor.url) == 200


async def test_every_answer_forbids_what_is_not_ours_and_no_other_site_may_read(visitor: Visitor):
    for path in ("/", "/static/words.json", "/api/state", "/nothing"):
        _, answer = await visitor.get(path, Origin="https://evil.example")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_files_outside_the_page_are_not_served(visitor: Visitor):
    for path in ("/static/..%2Fpage.py", "/static/%2e%2e/page.py", "/static/page.py", "/api/pictures/zalo/..%2Fx"):
        assert (await visitor.get(path))[0] == 404
    status, answer = await visitor.get("/static/stage.js")
    assert status == 200
    assert (await visitor.get("/static/stage.js", **{"If-None-Match": answer.headers["ETag"]}))[0] == 304


async def test_a_stream_tells_what_changed_and_ends_with_the_site(visitor: Visitor):
    async with visitor.http.get(f"{visitor.url}/api/events") as stream:
        first = json.loads((await stream.content.readuntil(b"\n\n")).removeprefix(b"data: "))
        assert first["phones"] == []
        await visitor.post("phones", {"line": "sms", "name": "Lan"})
        second = json.loads((await stream.content.readuntil(b"\n\n")).removeprefix(b"data: "))
        assert [phone["name"] for phone in second["phones"]] == ["Lan"]


async def test_what_the_service_was_not_told_is_shown_so(visitor: Visitor):
    account = visitor.stage.lines["zalo_bot"].account()
    await visitor.post("phones", {"line": "zalo_bot", "name": ""})
    await visitor.post("phones/1/say", {"text": "dân số"})
    phone = visitor.stage.phones[1]
    wish = {"chat_id": phone.address, "text": "2.161.755 người"}
    await visitor.post("lines/zalo_bot", {"silent": True})
    for told in (False, True):
        with contextlib.nullcontext() if told else pytest.raises(aiohttp.ClientError):
            await visitor.http.post(f"{account['api_base']}/bot{account['token']}/sendMessage", json=wish)
        await visitor.post("lines/zalo_bot", {"silent": False})
    shown = [message for message in (await visitor.state())["phones"][0]["messages"] if not message["mine"]]
    assert [message["state"] for message in shown] == ["unknown", "sent"]


@pytest.mark.parametrize("line", ["telegram", "zalo_bot"])
async def test_who_has_blocked_a_bot_cannot_write_to_it(visitor: Visitor, line: str):
    await visitor.post("phones", {"line": line, "name": ""})
    assert await visitor.post("phones/1/act", {"action": "block"}) == 200
    assert await visitor.post("phones/1/say", {"text": "dân số"}) == 422
    (phone,) = (await visitor.state())["phones"]
    assert phone["blocked"]
    assert not [message for message in phone["messages"] if message["text"] == "dân số"]
    assert await visitor.post("phones/1/act", {"action": "unblock"}) == 200
    assert await visitor.post("phones/1/say", {"text": "dân số"}) == 200


async def test_the_state_holds_no_token(visitor: Visitor):
    accounts = [line.account() for line in visitor.stage.lines.values()]
    secrets = [
        value
        for account in accounts
        for name, value in account.items()
        if name in {"token", "secret", "password", "app_secret", "oa_secret"}
    ]
    told = json.dumps(await visitor.state())
    assert len(secrets) >= 6
    assert [secret for secret in secrets if secret in told] == []


async def test_every_account_points_at_this_machine(visitor: Visitor):
    addresses = [
        str(value)
        for line in visitor.stage.lines.values()
        for value in line.account().values()
        if str(value).startswith("http")
    ]
    assert len(addresses) >= 6
    assert {URL(address).host for address in addresses} == {"127.0.0.1"}
