"""Through a real forward proxy: https by CONNECT, its password shown to nobody else, and what its refusals mean."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.core.errors import ContentError
from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tokens import TokenState
from gateway.channel import Part, Presence, Wire
from gateway.channels import telegram
from gateway.channels.zalo import CHANNEL
from gateway.errors import BlockedError
from gateway.outbound import open_sessions
from gateway.outbound_rules import plan
from gateway.reach import reach
from gateway.settings import load_settings
from gateway.telegram.account import TelegramAccount
from gateway.telegram.bot_api import call
from gateway.zalo.token import refresh
from tests.contract.harness import every_log
from tests.contract.test_outbound import Asked, presence, running
from tests.support.engines import SQLITE_ONLY
from tests.support.https import make_contexts
from tests.support.official import official
from tests.support.proxy import ForwardProxy, running_proxy
from tests.support.rows import NOW

FAR = "https://openapi.example.vn/v3.0/oa/getoa"
LOGIN = "tracuu:mat-khau-proxy-41c7"


@contextlib.asynccontextmanager
async def through(proxy: ForwardProxy, *, login: str = "") -> AsyncIterator[aiohttp.ClientSession]:
    """A session of an account that calls :data:`FAR` by ``proxy``."""
    address = proxy.url.replace("://", f"://{login}@") if login else proxy.url
    async with open_sessions(plan([presence(FAR)], proxy=address)) as session_of:
        yield session_of(presence(FAR))


@pytest.mark.parametrize("login", ["", LOGIN])
async def test_https_goes_through_a_tunnel_that_the_proxy_cannot_look_into(tmp_path: Path, login: str) -> None:
    server, client = make_contexts(tmp_path, "openapi.example.vn")
    asked = Asked()
    runner = web.ServerRunner(web.Server(asked.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server).start()
    target = f"https://127.0.0.1:{runner.addresses[0][1]}"
    async with running_proxy(target, login=login) as proxy, through(proxy, login=login) as session:
        async with session.get(FAR, ssl=client) as response:
            assert await response.text() == "ok"
        assert proxy.asked == ["CONNECT openapi.example.vn:443 HTTP/1.1"]
    assert asked.targets == ["openapi.example.vn/v3.0/oa/getoa"]
    assert not any("proxy-authorization" in head.lower() for head in asked.headers)
    await runner.cleanup()


async def test_http_is_asked_of_the_proxy_with_its_password() -> None:
    asked, far = Asked(), "http://sms.example.vn/send"
    async with running(asked) as target, running_proxy(target, login=LOGIN) as proxy:
        address = proxy.url.replace("://", f"://{LOGIN}@")
        async with (
            open_sessions(plan([presence(far)], proxy=address)) as session_of,
            session_of(presence(far)).get(far) as response,
        ):
            assert await response.text() == "ok"
    assert proxy.asked == [f"GET {far} HTTP/1.1"]


async def test_a_proxy_that_wants_another_password_is_ours_to_mend_and_nothing_has_left() -> None:
    async with running_proxy("http://127.0.0.1:9", login=LOGIN) as proxy, through(proxy, login="a:b") as session:
        with pytest.raises(BlockedError, match="another name and password") as caught:
            await session.get(FAR)
    assert caught.value.our_fault
    assert caught.value.retry


async def test_a_refusal_by_the_proxy_is_told_as_it_is_by_telegram(store: Store) -> None:
    async with running_proxy("http://127.0.0.1:9", login=LOGIN) as proxy:
        account = TelegramAccount.model_validate(
            {
                "channel": "telegram",
                "account": "x",
                "token": f"1:{'a' * 35}",
                "mode": "polling",
                "api_base": "https://api.example.vn",
            }
        )
        ours = Presence(channel=telegram.CHANNEL, account=account)
        async with open_sessions(plan([ours], proxy=proxy.url)) as session_of:
            wire = Wire(store=store, session=session_of(ours), clock=lambda: NOW)
            whom = Address(channel="telegram", account="x", user="7")
            with pytest.raises(BlockedError, match="proxy"):
                await telegram.CHANNEL.send(Part(text="x"), whom, "7:0", account, wire)
            with pytest.raises(BlockedError, match="proxy"):
                await call(session_of(ours), account, "getMe", {})


@SQLITE_ONLY
async def test_a_refresh_that_the_proxy_refused_has_not_used_the_token(store: Store) -> None:
    async with running_proxy("http://127.0.0.1:9", login=LOGIN) as proxy, official(store) as oa:
        version = await oa.log_in()
        account = oa.with_settings(oauth_base="https://oauth.example.vn")
        ours = Presence(channel=CHANNEL, account=account)
        async with open_sessions(plan([ours], proxy=proxy.url)) as session_of:
            wire = Wire(store=store, session=session_of(ours), clock=oa.zalo.clock)
            with pytest.raises(BlockedError):
                await refresh(account, wire, version=version)
        kept = await oa.kept()
        assert (kept.state, kept.version, kept.refresher) == (TokenState.GOOD, version, None)


async def test_nothing_has_left_by_a_proxy_that_is_down() -> None:
    async with open_sessions(plan([presence(FAR)], proxy="http://127.0.0.1:1")) as session_of:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session_of(presence(FAR)).get(FAR)


async def test_nobody_is_told_the_password_of_the_proxy(tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text(f"http://{LOGIN}@127.0.0.1:1\n", encoding="utf-8")
    (tmp_path / "tracuu.toml").write_text('[service]\nproxy = "file:proxy"\n', encoding="utf-8")
    settings = load_settings(tmp_path / "tracuu.toml", {})
    rules = plan([presence(FAR)], proxy=settings.service.proxy.get_secret_value())
    with every_log() as logged:
        async with open_sessions(rules) as session_of:
            with pytest.raises(aiohttp.ClientError) as caught:
                await session_of(presence(FAR)).get(FAR)
        found = await reach(FAR, proxy=rules.proxy)
    told = "\n".join(
        [repr(settings), str(settings), repr(rules), str(caught.value), repr(caught.value), str(found), logged()]
    )
    assert "mat-khau" not in told
    assert "127.0.0.1:1" in str(found)


def test_a_proxy_that_is_no_address_stops_the_start_without_being_shown() -> None:
    with pytest.raises(ContentError) as caught:
        plan([], proxy=f"{LOGIN}@proxy:3128")
    assert "mat-khau" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "login", "found"),
    [
        (FAR, LOGIN, None),
        (FAR, "a:b", "the proxy wants another name and password"),
        ("https://closed.example.vn/", LOGIN, "the proxy does not let it through"),
        ("http://sms.example.vn/", LOGIN, None),
    ],
)
async def test_the_doctor_asks_the_proxy_for_each_host(url: str, login: str, found: str | None) -> None:
    async with (
        running(Asked()) as target,
        running_proxy(target, login=LOGIN, closed=frozenset({"closed.example.vn"})) as proxy,
    ):
        assert await reach(url, proxy=proxy.url.replace("://", f"://{login}@")) == found
