"""What is called by nobody's settings cannot be called, whoever leads there; and every host has its seconds."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.core.errors import ContentError
from gateway.errors import BlockedError, MisconfiguredError
from gateway.outbound import open_sessions, read_body
from gateway.outbound_rules import Outbound, plan, read_rules
from gateway.settings import load_settings
from tests.contract.test_outbound import Asked, presence, running
from tests.support.source import ROOT

OPENED = re.compile(r"\bClientSession\(|\baiohttp\.request\(")


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "https://elsewhere.example.vn/",
        "//127.0.0.1:1/",
    ],
)
async def test_an_answer_that_leads_elsewhere_is_not_followed(where: str) -> None:
    async def lead(request: web.BaseRequest) -> web.Response:
        return web.Response(status=307, headers={"Location": where.format(port=request.url.port)})

    runner = web.ServerRunner(web.Server(lead))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ours = presence(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    async with open_sessions(plan([ours])) as session_of:
        with pytest.raises(BlockedError, match="may not be called"):
            await session_of(ours).get(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await runner.cleanup()


async def test_an_answer_that_leads_to_the_same_host_may_be_followed() -> None:
    async def lead(request: web.BaseRequest) -> web.Response:
        return web.Response(status=307, headers={"Location": "/there"}) if request.path == "/" else web.Response()

    runner = web.ServerRunner(web.Server(lead))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ours = presence(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    async with (
        open_sessions(plan([ours])) as session_of,
        session_of(ours).get(f"http://127.0.0.1:{runner.addresses[0][1]}/") as response,
    ):
        assert response.url.path == "/there"
    await runner.cleanup()


async def test_no_option_of_one_request_goes_past_the_rules() -> None:
    async def pass_on(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        return await handler(request)

    async with running(Asked()) as other, open_sessions(plan([])) as session_of:
        with pytest.raises(BlockedError):
            await session_of(presence()).get(other, middlewares=(pass_on,), timeout=aiohttp.ClientTimeout(5))


async def test_the_sentence_names_the_host_and_no_persons_number() -> None:
    async with open_sessions(plan([])) as session_of:
        with pytest.raises(MisconfiguredError) as caught:
            await session_of(presence()).get("http://u:p@84912345678.example.vn/x?y")
    assert str(caught.value) == "….example.vn:80 may not be called: see [outbound] hosts"


async def test_a_name_of_the_internet_that_leads_here_is_not_believed() -> None:
    class Names(aiohttp.abc.AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 2) -> list[aiohttp.abc.ResolveResult]:
            return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

        async def close(self) -> None:
            pass

    async with running(Asked()) as here:
        url = here.replace("127.0.0.1", "api.example.vn")
        for more, allowed in (((), False), (("api.example.vn",), True)):
            async with open_sessions(plan([presence(url)], more=more)) as session_of:
                session = session_of(presence(url))
                session.connector._resolver._names = Names()  # type: ignore[union-attr]
                if allowed:
                    assert (await session.get(url)).status == 200
                else:
                    with pytest.raises(BlockedError, match=r"api\.example\.vn leads to this machine"):
                        await session.get(url)


def test_hosts_come_from_accounts_sources_and_the_administrator(tmp_path: Path) -> None:
    (tmp_path / "tracuu.toml").write_text(
        '[outbound]\nhosts = ["a.example.vn", "b.example.vn:8443"]\n'
        '[[sources]]\nkind = "csv"\nurl = "https://c.example.vn/x.csv"\n'
        '[[sources]]\nkind = "csv"\nurl = "d.csv"\n',
        encoding="utf-8",
    )
    rules = read_rules(load_settings(tmp_path / "tracuu.toml", {}), [presence("http://e.example.vn:81/send")])
    assert rules.hosts == {("c.example.vn", 443), ("e.example.vn", 81)}
    assert rules.more == {("a.example.vn", 0), ("b.example.vn", 8443)}


@pytest.mark.parametrize("host", ["https://a.example.vn", "a b/", "x@y", "", "a:port"])
def test_what_is_no_host_stops_the_start(host: str) -> None:
    with pytest.raises(ContentError, match=r"outbound\.hosts"):
        plan([], more=[host])


def test_seconds_for_a_host_that_nothing_calls_stop_the_start() -> None:
    with pytest.raises(ContentError, match=r"outbound\.seconds\.openapi\.zalo\.em"):
        plan([presence("https://openapi.zalo.me")], seconds={"openapi.zalo.em": 10})


@pytest.mark.parametrize("seconds", ["0.4", "121", '"many"'])
def test_seconds_that_are_impossible_stop_the_start(tmp_path: Path, seconds: str) -> None:
    (tmp_path / "tracuu.toml").write_text(f'[outbound.seconds]\n"a.vn" = {seconds}\n', encoding="utf-8")
    with pytest.raises(ContentError, match=r"outbound\.seconds\.a\.vn"):
        load_settings(tmp_path / "tracuu.toml", {})


async def _waiting(delay: asyncio.Event, *, head: bool) -> web.ServerRunner:
    """A server that answers nothing, or a head without its body, until ``delay`` is set."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        if head:
            await response.prepare(request)
        await delay.wait()
        return response

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest.mark.parametrize("head", [False, True], ids=["no answer", "half an answer"])
async def test_what_is_not_answered_in_the_seconds_of_its_host_may_have_left(head: bool) -> None:
    delay = asyncio.Event()
    runner = await _waiting(delay, head=head)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with open_sessions(plan([presence(url)], seconds={"127.0.0.1": 0.5})) as session_of:
        with pytest.raises((aiohttp.ClientError, TimeoutError)) as caught:
            async with session_of(presence(url)).get(url) as response:
                await read_body(response, 100)
    assert not isinstance(caught.value, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    delay.set()
    await runner.cleanup()


async def test_a_call_that_brings_its_own_seconds_keeps_them() -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        await asyncio.sleep(0.8)
        return web.Response(text="late")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with (
        open_sessions(plan([presence(url)], seconds={"127.0.0.1": 0.5})) as session_of,
        session_of(presence(url)).get(url, timeout=aiohttp.ClientTimeout(total=10)) as response,
    ):
        assert await response.text() == "late"
    await runner.cleanup()


async def test_a_connection_outlives_the_seconds_of_the_exchange_before() -> None:
    asked = Asked()
    async with (
        running(asked) as url,
        open_sessions(plan([presence(url)], seconds={"127.0.0.1": 0.5})) as session_of,
    ):
        for _ in range(2):
            async with session_of(presence(url)).get(url) as response:
                assert await response.text() == "ok"
            await asyncio.sleep(0.6)
    assert len(asked.targets) == 2
    assert len(asked.peers) == 1


def test_nothing_but_outbound_opens_a_client() -> None:
    opening = {
        str(file.relative_to(ROOT))
        for folder in ("bot", "gateway")
        for file in (ROOT / folder).rglob("*.py")
        if OPENED.search(file.read_text(encoding="utf-8"))
    }
    assert opening == {"gateway/outbound.py", "gateway/portal_client.py"}


def test_rules_without_a_word_allow_nothing() -> None:
    assert not Outbound().allows(aiohttp.client.URL("http://127.0.0.1/"))
