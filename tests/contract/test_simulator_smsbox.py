"""What the double of smsbox brings: a message with the same id until it is taken, reports in the order asked for."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from gateway.site import open_site
from simulator.kannel.smsbox import ACCEPTED, DELIVERED, Smsbox

SECONDS = 20.0


class Service:
    """Answers with the next of ``statuses``, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.seen: list[tuple[dict[str, list[str]], str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Take, or refuse."""
        self.seen.append((parse_qs(request.query_string), await request.text()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def until(self, number: int) -> None:
        """Wait for so many calls."""
        async with asyncio.timeout(SECONDS):
            while len(self.seen) < number:
                await asyncio.sleep(0.01)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest_asyncio.fixture
async def smsbox(service: Service) -> AsyncIterator[Smsbox]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", service.answer)
    async with open_site(app, host="127.0.0.1", port=0) as url, aiohttp.ClientSession() as http:
        made = Smsbox(session=http, hook=f"{url}/hooks/kannel/8179", token="word", number="8179")  # noqa: S106 – it opens nothing
        yield made
        await made.stop()


async def test_a_message_is_brought_with_the_same_id_until_it_is_taken(smsbox: Smsbox, service: Service):
    service.statuses = [503]
    errand = smsbox.bring("84912000001", "số & liệu 😀")
    await service.until(2)
    async with asyncio.timeout(SECONDS):
        while not errand.done:
            await asyncio.sleep(0.01)
    assert errand.tries == 2
    assert len({query["id"][0] for query, _text in service.seen}) == 1
    assert [text for _query, text in service.seen] == ["số & liệu 😀"] * 2
    query = service.seen[0][0]
    assert (query["from"], query["to"], query["token"]) == (["84912000001"], ["8179"], ["word"])


async def test_a_report_fills_in_what_kannel_fills_in_and_is_told_once_it_was_taken(smsbox: Smsbox, service: Service):
    told: list[int] = []
    reports_to = f"{smsbox.hook}/dlr?id=7&status=%d&answer=%A"
    smsbox.report(reports_to, DELIVERED, after=0.05, told=lambda: told.append(DELIVERED))
    smsbox.report(reports_to, ACCEPTED, after=0.0, told=lambda: told.append(ACCEPTED))
    await service.until(2)
    async with asyncio.timeout(SECONDS):
        while len(told) < 2:
            await asyncio.sleep(0.01)
    assert told == [ACCEPTED, DELIVERED]
    assert [query["status"] for query, _text in service.seen] == [["8"], ["1"]]
    assert "stat:DELIVRD" in service.seen[1][0]["answer"][0]
