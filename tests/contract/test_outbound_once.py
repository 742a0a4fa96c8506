"""A request leaves once: what breaks a connection that was kept does not make the client ask again by itself."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from gateway.outbound import open_sessions
from gateway.outbound_rules import plan
from tests.contract.test_outbound import presence

REPEATED = ("GET", "PUT", "DELETE", "HEAD", "POST")


@contextlib.asynccontextmanager
async def breaking(asked: list[str]) -> AsyncIterator[str]:
    """A server that answers the first request and hangs up within each one after it, which it has read."""

    async def answer(request: web.BaseRequest) -> web.Response:
        asked.append(request.method)
        if len(asked) > 1 and request.transport is not None:
            request.transport.close()
        return web.Response()

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.mark.parametrize("method", REPEATED)
async def test_what_broke_within_its_answer_is_asked_once_and_its_result_is_unknown(method: str):
    asked: list[str] = []
    async with breaking(asked) as address, open_sessions(plan([presence(address)])) as session_of:
        session = session_of(presence(address))
        async with session.get(address):
            pass
        with pytest.raises(aiohttp.ClientConnectionError) as caught:
            await session.request(method, address)
    assert asked == ["GET", method]
    assert not isinstance(caught.value, aiohttp.ClientConnectorError), "that would mean that nothing has left"


async def test_a_client_of_its_own_would_have_asked_again():
    asked: list[str] = []
    async with breaking(asked) as address, aiohttp.ClientSession() as session:
        async with session.get(address):
            pass
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(address)
    assert asked == ["GET", "GET", "GET"]
