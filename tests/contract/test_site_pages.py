"""How providers see that a domain is ours: a page of their own, and a tag on the first page."""

import contextlib
from collections.abc import AsyncIterator

import aiohttp

from bot.store.engine import Store
from gateway.channel import Presence, Presences
from gateway.channels import web, zalo
from gateway.site import new_app, open_site
from gateway.site_pages import add_pages
from gateway.webchat.page import add_routes as add_chat
from tests.support.engines import SQLITE_ONLY
from tests.support.zalo_account import SETTINGS

pytestmark = SQLITE_ONLY
CODE = "MeVd6Dce_pu-fj"
TAG = f'content="{CODE}"'
CHAT = web.WebAccount.model_validate({"channel": "web", "account": "main", "secret": "00" * 32})


def accounts(*codes: str | None) -> Presences:
    found = {}
    for number, code in enumerate(codes):
        table = {**SETTINGS, "account": f"{number}", "verifier": code}
        account = zalo.CHANNEL.settings.model_validate(table)
        found["zalo", account.account] = Presence(channel=zalo.CHANNEL, account=account)
    return found


@contextlib.asynccontextmanager
async def site(presences: Presences, store: Store | None = None) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    app = new_app()
    if store is not None:
        add_chat(app, store=store, account=CHAT, public_url="")
    add_pages(app, presences)
    async with open_site(app, host="127.0.0.1", port=0) as url, aiohttp.ClientSession() as http:
        yield url, http


async def get(address: str, http: aiohttp.ClientSession) -> tuple[int, str, str]:
    async with http.get(address) as answer:
        return answer.status, answer.content_type, await answer.text()


async def test_the_file_of_the_console_is_served(store: Store):
    async with site(accounts(CODE, CODE, None)) as (url, http):
        status, kind, text = await get(f"{url}/zalo_verifier{CODE}.html", http)
        assert (status, kind) == (200, "text/html")
        assert TAG in text
        assert "zalo-platform-site-verification" in text
        assert (await get(f"{url}/zalo_verifierother.html", http))[0] == 404


async def test_the_chat_page_bears_the_tags_of_all_accounts_once(store: Store):
    async with site(accounts(CODE, CODE, "other"), store) as (url, http):
        status, _, text = await get(f"{url}/", http)
        head = text.partition("</head>")[0]
        assert status == 200
        assert (head.count(TAG), head.count('content="other"')) == (1, 1)
        assert "{tags}" not in text


async def test_without_a_chat_the_first_page_is_the_tag(store: Store):
    async with site(accounts(CODE)) as (url, http):
        assert TAG in (await get(f"{url}/", http))[2]
    async with site(accounts(None)) as (url, http):
        assert (await get(f"{url}/", http))[0] == 404


async def test_the_chat_page_is_itself_where_nobody_asks_for_a_tag(store: Store):
    async with site(accounts(None), store) as (url, http):
        _, _, text = await get(f"{url}/", http)
        assert "{tags}" not in text
        assert "site-verification" not in text
