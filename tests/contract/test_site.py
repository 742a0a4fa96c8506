"""Health, metrics and what happens to a request that a route did not expect."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.store.engine import Store
from gateway.metrics import Metrics
from gateway.site import Health, new_app, open_site
from tests.conftest import KEY, NOW
from tests.contract.harness import every_log
from tests.support.canary import Canaries
from tests.support.rows import message, receive


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def health(store: Store) -> web.Application:
    app = new_app()
    Health(store, Metrics(), index_ready=asyncio.Event(), clock=lambda: NOW).add_routes(app)
    return app


async def test_ready_names_what_is_missing(store: Store, http: aiohttp.ClientSession):
    async with open_site(health(store), host="127.0.0.1", port=0) as url, http.get(f"{url}/readyz") as answer:
        assert (answer.status, (await answer.json())["missing"]) == (503, ["index"])


async def test_the_numbers_are_those_of_the_store(store: Store, http: aiohttp.ClientSession):
    await receive(store, message(1), message(2))
    async with open_site(health(store), host="127.0.0.1", port=0) as url, http.get(f"{url}/metrics") as answer:
        said = (await answer.text()).splitlines()
    assert "tracuu_unhandled 2.0" in said
    assert "tracuu_store_up 1.0" in said


async def test_a_database_that_is_away_is_seen_and_does_not_break_the_numbers(http: aiohttp.ClientSession):
    away = Store("postgresql://nobody:x@127.0.0.1:1/nothing", KEY, owner="away")
    async with open_site(health(away), host="127.0.0.1", port=0) as url:
        async with http.get(f"{url}/metrics") as answer:
            assert answer.status == 200
            assert "tracuu_store_up 0.0" in (await answer.text()).splitlines()
        async with http.get(f"{url}/readyz") as answer:
            assert answer.status == 503
            assert any("database cannot be used" in one for one in (await answer.json())["missing"])
        async with http.get(f"{url}/healthz") as answer:
            assert answer.status == 200
    await away.close()


async def test_a_route_that_breaks_answers_500_and_quotes_nobody(http: aiohttp.ClientSession, canaries: Canaries):
    async def at_once(_request: web.Request) -> web.Response:
        raise RuntimeError(f"a bug that quotes {canaries.text}")

    async def half_way(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"the beginning")
        raise RuntimeError(f"a bug that quotes {canaries.text}")

    app = new_app()
    app.router.add_get("/at-once", at_once)
    app.router.add_get("/half-way", half_way)
    with every_log() as logged:
        async with open_site(app, host="127.0.0.1", port=0) as url:
            async with http.get(f"{url}/at-once") as answer:
                assert answer.status == 500
                assert canaries.text not in await answer.text()
            with pytest.raises(aiohttp.ClientPayloadError):
                async with http.get(f"{url}/half-way") as answer:
                    await answer.read()
            async with http.get(f"{url}/nowhere") as answer:
                assert answer.status == 404
    assert "site.broken" in logged()
    assert "RuntimeError" in logged()
    assert canaries.text not in logged()
