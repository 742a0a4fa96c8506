"""The wire between the service and a provider: cut, slow, busy, silent; and what is told of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from simulator.stage.relay import Crossing, Relay, relaying
from simulator.stage.trouble import Trouble


class Provider:
    """Takes everything that is posted to it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.taken.append((request.raw_path, await request.read(), request.headers.get("X-Token", "")))
        return web.Response(status=202, text="taken", headers={"X-Left": "7"})


class Bench:
    """A relay before a provider, with a client."""

    def __init__(self, provider: Provider, url: str, http: aiohttp.ClientSession) -> None:
        self.provider, self.http = provider, http
        self.seen: list[Crossing] = []
        self.trouble = Trouble()
        self.relay = Relay(target=url, session=http, saw=self.seen.append, trouble=lambda: self.trouble)

    async def call(self) -> tuple[int, str]:
        """One call of the service, as it hears the answer."""
        headers = {"X-Token": "abc"}
        async with self.http.post(f"{self.relay.url}/a%2Fb?x=%C4%91", data=b"text", headers=headers) as response:
            return response.status, f"{await response.text()} {response.headers.get('X-Left', '')}"


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.answer)
    async with aiohttp.ClientSession() as http, open_site(app, host="127.0.0.1", port=0) as url:
        made = Bench(provider, url, http)
        async with relaying(made.relay):
            yield made


async def test_what_is_called_and_answered_passes_unchanged(bench: Bench):
    assert await bench.call() == (202, "taken 7")
    assert bench.provider.taken == [("/a%2Fb?x=%C4%91", b"text", "abc")]
    assert [(crossing.status, crossing.body, crossing.told) for crossing in bench.seen] == [(202, b"taken", True)]


async def test_a_provider_that_is_down_refuses_connections_and_comes_back_at_the_same_address(bench: Bench):
    url = bench.relay.url
    await bench.call()
    await bench.relay.hang_up()
    with pytest.raises(aiohttp.ClientConnectionError):
        await bench.call()
    with pytest.raises(aiohttp.ClientConnectorError):
        await bench.call()
    await bench.relay.listen()
    assert bench.relay.url == url
    assert (await bench.call())[0] == 202
    assert len(bench.provider.taken) == 2


async def test_a_silent_provider_does_what_it_was_asked_and_nobody_hears_of_it(bench: Bench):
    bench.trouble = Trouble(silent=True)
    with pytest.raises(aiohttp.ClientError):
        await bench.call()
    assert len(bench.provider.taken) == 1
    assert [crossing.told for crossing in bench.seen] == [False]


async def test_a_busy_provider_does_nothing(bench: Bench):
    bench.trouble = Trouble(busy=True)
    assert (await bench.call())[0] == 429
    assert bench.provider.taken == []


async def test_a_slow_provider_takes_what_the_caller_has_given_up(bench: Bench):
    bench.trouble = Trouble(slow=0.2)
    with pytest.raises(TimeoutError):
        await bench.http.get(bench.relay.url, timeout=aiohttp.ClientTimeout(total=0.05))
    await bench.relay.hang_up()
    assert len(bench.provider.taken) <= 1
    bench.trouble = Trouble(slow=0.01)
    await bench.relay.listen()
    assert (await bench.call())[0] == 202


async def test_what_a_slow_provider_does_after_the_caller_has_gone_is_told_to_nobody(bench: Bench):
    bench.trouble = Trouble(slow=0.2)
    with pytest.raises(TimeoutError):
        await bench.http.get(bench.relay.url, timeout=aiohttp.ClientTimeout(total=0.05))
    async with asyncio.timeout(20):
        while not bench.seen:
            await asyncio.sleep(0.01)
    assert [(crossing.status, crossing.told) for crossing in bench.seen] == [(202, False)]


async def test_who_waits_for_a_slow_provider_is_let_go_when_that_goes_down(bench: Bench):
    bench.trouble = Trouble(slow=60)
    with contextlib.suppress(TimeoutError):
        await bench.http.get(bench.relay.url, timeout=aiohttp.ClientTimeout(total=0.05))
    await bench.relay.hang_up()


async def test_a_provider_that_is_not_there_is_told_as_no_answer(bench: Bench):
    bench.relay.target = "http://127.0.0.1:9"
    with pytest.raises(aiohttp.ClientError):
        await bench.call()
    assert [crossing.status for crossing in bench.seen] == [None]
