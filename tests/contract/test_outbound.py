"""What calls providers goes through the proxy of the settings, and what stands beside us is called directly."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gateway.channel import AccountSettings, Channel, Presence
from gateway.forms import SMS
from gateway.outbound import is_near, open_sessions, read_body
from gateway.outbound_rules import plan

FAR = "http://sms.example.vn/send"


@dataclass
class Asked:
    """A server that remembers the targets it was asked for, with which headers, and by which connections."""

    targets: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.targets.append(f"{request.host}{request.path}")
        self.headers.append(str(request.raw_headers))
        self.peers.add(request.transport and request.transport.get_extra_info("peername"))
        return web.Response(text="ok")


@contextlib.asynccontextmanager
async def running(asked: Asked) -> AsyncIterator[str]:
    server = web.Server(asked.answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def presence(*peers: str) -> Presence:
    def never(*_: Any) -> Any:
        raise AssertionError("not asked for here")

    channel: Channel[AccountSettings] = Channel(
        name="x",
        capabilities=SMS,
        settings=AccountSettings,
        verify=never,
        parse=never,
        send=never,
        peers=lambda _: peers,
    )
    return Presence(channel=channel, account=AccountSettings(channel="x", account="y"))


async def test_a_provider_elsewhere_is_called_through_the_proxy():
    proxy = Asked()
    async with running(proxy) as address, open_sessions(plan([presence(FAR)], proxy=address)) as session_of:
        response = await session_of(presence(FAR)).get(FAR)
        assert await response.text() == "ok"
    assert proxy.targets == [FAR.removeprefix("http://")]


async def test_a_gateway_on_this_machine_is_called_directly():
    proxy, gateway = Asked(), Asked()
    async with running(proxy) as address, running(gateway) as beside:
        ours = presence(beside, FAR)  # also of an account that has another host elsewhere
        async with open_sessions(plan([ours], proxy=address)) as session_of:
            response = await session_of(ours).get(f"{beside}/send")
            assert await response.text() == "ok"
    assert (proxy.targets, gateway.targets) == ([], [f"{beside.removeprefix('http://')}/send"])


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:13013/cgi-bin/sendsms", True),
        ("http://localhost:1/", True),
        ("http://[::1]:1/", True),
        ("http://192.168.1.4/", True),
        ("http://kannel:13013/cgi-bin/sendsms", True),
        ("https://openapi.zalo.me", False),
        ("http://8.8.8.8/", False),
        ("http://localhost.example.vn/", False),
    ],
)
def test_near_is_this_machine_and_private_networks(url: str, near: bool):
    assert is_near(url) is near


async def test_a_body_is_read_to_its_end_and_no_further_than_allowed():
    said = "x" * 300_000  # more than one read gives

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(text=said)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    async with aiohttp.ClientSession() as session:
        for most, length in ((400_000, 300_000), (200_000, 200_000), (1, 1)):
            async with session.get(f"http://{host}:{port}/") as response:
                assert len(await read_body(response, most)) == length
    await runner.cleanup()
