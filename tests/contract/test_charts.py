"""Pictures of charts: drawn apart, once, kept as files, found by code and content only."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.core.charts import Chart, ChartKind, Point, Series
from bot.core.effects import RecordAnswer
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Picture, Reply
from bot.store import answers, takedown
from gateway.charts import CONTENT_TYPE, Charts, chart_address, sweep
from gateway.drawer import Drawer, DrawingError
from tests.support.rows import NOW

CODE = "7KQ2M"
CHART = Chart(
    kind=ChartKind.BARS,
    title="Dân số",
    unit="người",
    dataset="",
    series=(Series(name="", points=(Point(label="Huế", value=Decimal(5), printed="5"),)),),
)


@pytest.fixture
async def reference(store) -> str:
    """The reference of a chart that was answered with."""
    answer = RecordAnswer(code=CODE, identity="x", dataset="d", reply=Reply(text="x"), chart=CHART)
    await store.write(lambda connection: answers.record(connection, answer, now=NOW))
    return f"{CODE}-{CHART.digest}"


@pytest.fixture
async def charts(store, tmp_path) -> AsyncIterator[Charts]:
    found = Charts(store, tmp_path / "charts")
    yield found
    await found.close()


@pytest.fixture
async def drawer(tmp_path) -> AsyncIterator[Drawer]:
    found = Drawer(tmp_path)
    yield found
    await found.close()


async def test_a_picture_asked_for_by_many_at_once_is_drawn_once_and_kept(charts, reference, tmp_path):
    first, *others = await asyncio.gather(*(charts.picture(reference) for _ in range(30)))
    assert first.startswith(b"\x89PNG")
    assert set(others) == {first}
    (file,) = (tmp_path / "charts").glob("*.png")
    assert file.read_bytes() == first
    file.write_bytes(b"kept")
    assert await charts.picture(reference) == b"kept"
    file.unlink()
    assert await charts.picture(reference) == first


async def test_only_code_and_content_together_name_a_picture(charts, reference, store):
    plain = RecordAnswer(code="8AH7Y", identity="y", dataset="d", reply=Reply(text="x"))
    await store.write(lambda connection: answers.record(connection, plain, now=NOW))
    other = replace(CHART, title="x").digest
    for unknown in (
        CODE,
        f"{CODE}-",
        f"{CODE}-{other}",
        f"8AH7Y-{CHART.digest}",
        f"NEVER-{CHART.digest}",
        "../../etc/passwd",
        "",
    ):
        assert await charts.picture(unknown) is None


async def test_whoever_goes_away_does_not_end_the_drawing(charts, reference, tmp_path):
    asking = asyncio.create_task(charts.picture(reference))
    await asyncio.sleep(0.2)
    asking.cancel()
    assert (await charts.picture(reference)).startswith(b"\x89PNG")


async def test_what_cannot_be_drawn_is_an_error_and_the_next_chart_is_drawn(drawer):
    (series,) = CHART.series
    empty = replace(CHART, series=(replace(series, points=(replace(series.points[0], value=None),)),))
    with pytest.raises(DrawingError, match="cannot be drawn"):
        await drawer.draw(empty)
    before = drawer.pid
    assert (await drawer.draw(CHART)).startswith(b"\x89PNG")
    assert drawer.pid == before


async def test_a_process_that_was_killed_is_begun_again(drawer):
    picture, before = await drawer.draw(CHART), drawer.pid
    os.kill(before, signal.SIGKILL)
    assert await drawer.draw(CHART) == picture
    assert drawer.pid != before


async def test_a_chart_that_nobody_waits_for_any_more_is_not_given_for_the_next(drawer):
    picture = await drawer.draw(CHART)
    abandoned = asyncio.create_task(drawer.draw(replace(CHART, title="Diện tích")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    abandoned.cancel()
    assert await drawer.draw(CHART) == picture


async def test_a_process_that_nobody_needs_ends(tmp_path):
    drawer = Drawer(tmp_path, idle=0.05)
    await drawer.draw(CHART)
    async with asyncio.timeout(20):
        while drawer.pid is not None:
            await asyncio.sleep(0.02)
    assert (await drawer.draw(CHART)).startswith(b"\x89PNG")
    await drawer.close()
    assert drawer.pid is None


async def test_over_http_it_is_asked_for_again_and_gone_once_its_dataset_was_taken_down(charts, reference, store):
    app = web.Application()
    charts.add_routes(app)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/" + chart_address(Picture(reference=reference, text="")))
        assert (answer.status, answer.content_type) == (200, CONTENT_TYPE)
        assert answer.headers["Cache-Control"] == "public, no-cache"
        again = await client.get(answer.url.path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")
        missing = await client.get(f"/charts/{CODE}-{'0' * 32}.png")
        assert (missing.status, missing.headers["Cache-Control"]) == (404, "no-store")
        await takedown.hide(store, "d", now=NOW)
        gone = await client.get(answer.url.path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (gone.status, gone.headers["Cache-Control"]) == (404, "no-store")
        await takedown.unhide(store, "d", now=NOW)
        assert (await client.get(answer.url.path)).status == 200


class Away(Charts):
    """The database is away."""

    async def picture(self, reference):
        raise StoreUnavailableError(f"the database is away, and so is {reference}")


async def test_while_the_database_is_away_a_picture_is_asked_for_again_later(store, tmp_path):
    app = web.Application()
    Away(store, tmp_path).add_routes(app)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(f"/charts/{CODE}-{'0' * 32}.png")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


def test_of_many_pictures_the_newest_stay(tmp_path):
    for number in range(6):
        file = tmp_path / f"{number}.png"
        file.write_bytes(b"x")
        os.utime(file, ns=(number, number))
    (tmp_path / "fonts").mkdir()
    sweep(tmp_path, kept=2)
    assert sorted(file.name for file in tmp_path.glob("*.png")) == ["4.png", "5.png"]
    assert (tmp_path / "fonts").is_dir()
