"""The real service while its clock is wrong, and messages and talks that are old."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select, update

from bot.store.engine import Store
from bot.store.tables import conversations, inbox
from tests.support.crowd import count, message, put_in
from tests.support.disk import Disk
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.serving import Person, Serving, running
from tests.support.writers import PEOPLE, nothing_is_lost, writing

STEP = timedelta(hours=2)
LONGEST_RETRY = timedelta(hours=11, minutes=59)
"""The longest that a provider is reported to repeat an event."""


def _clocked(folder: Path, url: str, **how: object) -> tuple[Disk, Serving]:
    """A service whose clock can be set."""
    disk = Disk(folder / "none", tools=folder / "tools")
    return disk, Serving(folder=folder, store_url=url, variables=disk.variables, **how)  # type: ignore[arg-type]  # fields of Serving


@pytest.mark.parametrize("step", [STEP, -STEP], ids=["forward", "back"])
async def test_t2_a_clock_set_by_two_hours_and_set_right_again_stops_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store, step: timedelta
) -> None:
    disk, serving = _clocked(tmp_path, engine_url)
    with running(serving) as (service,):
        async with writing(service.url) as writers, aiohttp.ClientSession() as http:
            await writers.until_answered(PEOPLE, seconds=10)
            for turn, difference in enumerate((step, timedelta(0)), 1):
                disk.set_clock(difference)
                await writers.until_answered(PEOPLE * 4, seconds=20)
                asker = Person(name=f"asker {turn}")
                assert await asker.post(http, service.url, {"id": f"asked {turn}", "text": "HD"}) == 200
                assert len(await asker.replies(http, service.url, expect=1, seconds=10)) == 1
                writers.answered.append(f"asked {turn}")
        await nothing_is_lost(store, writers.answered)
    assert writers.statuses == []
    assert '"level": "error"' not in service.said()


async def test_t2_sweeps_go_on_after_the_clock_was_set_back(
    tmp_path: Path, engine: str, engine_url: str, store: Store, now: object
) -> None:
    """What nobody has been woken for is found, though the wall clock reaches the next sweep in two hours only."""
    due = select(func.count()).select_from(conversations).where(conversations.c.due_at.is_not(None))
    disk, serving = _clocked(tmp_path, engine_url, roles=("web", "tick"))
    with running(serving):
        disk.set_clock(-STEP)
        await put_in(store, [message("forgotten", 1, "HD", now)])  # type: ignore[arg-type]  # the fixture is a datetime
        await store.write(lambda connection: connection.execute(update(conversations).values(due_at=None)))
        async with asyncio.timeout(40):
            while not await count(store, due):
                await asyncio.sleep(0.2)


@POSTGRES_IN_SOAK
@pytest.mark.parametrize("headers", [{}, {"Retry-Count": "9"}], ids=["plain", "marked as a retry"])
async def test_a8_a_retry_that_is_almost_twelve_hours_old_is_accepted(
    tmp_path: Path, engine: str, engine_url: str, store: Store, headers: dict[str, str]
) -> None:
    """Whether its first delivery had been answered or not."""
    disk, serving = _clocked(tmp_path, engine_url)
    person = Person(name="nong dan")
    with running(serving) as (service,):
        async with aiohttp.ClientSession(headers=headers) as http:
            assert await person.post(http, service.url, {"id": "answered", "text": "HD"}) == 200
            disk.set_clock(LONGEST_RETRY)
            for known in ("answered", "new"):
                assert await person.post(http, service.url, {"id": known, "text": "HD"}) == 200
            assert len(await person.replies(http, service.url, expect=2, seconds=30)) == 2
            replies = await person.replies(http, service.url, expect=3, seconds=3)
    assert len(replies) == 2
    assert await count(store, select(func.count()).select_from(inbox)) == 2


KANNEL = """
[[accounts]]
channel = "kannel"
account = "8179"
sendsms_url = "http://127.0.0.1:1/cgi-bin/sendsms"
username = "u"
password = "p"
token = "0123456789abcdef"
"""


async def test_a8_a_text_message_that_its_gateway_held_for_almost_twelve_hours_is_accepted(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url, settings=KANNEL, roles=("web",))) as (service,):
        async with aiohttp.ClientSession() as http:
            sent_at = datetime.now(UTC) - LONGEST_RETRY
            query = {"from": "84912000001", "to": "8179", "text": "HD", "charset": "UTF-8", "id": "held"}
            query |= {"ts": str(int(sent_at.timestamp())), "token": "0123456789abcdef"}
            async with http.get(f"{service.url}/hooks/kannel/8179", params=query) as answer:
                assert answer.status == 200
    assert await count(store, select(func.count()).select_from(inbox).where(inbox.c.external_id == "held")) == 1


@POSTGRES_IN_SOAK
async def test_h4_the_menu_of_a_talk_lapses_after_half_an_hour_and_not_before(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """Also over kill -9: neither the menu nor its age lies in memory."""
    disk, serving = _clocked(tmp_path, engine_url)
    second: dict[str, str] = {}
    with running(serving) as (service,):
        async with aiohttp.ClientSession() as http:
            for name, silence in (("at once", 0), ("soon", 29), ("late", 31)):
                person = Person(name=name)
                disk.set_clock(timedelta(0))
                assert await person.post(http, service.url, {"id": f"{name} 1", "text": "danh muc"}) == 200
                assert len(await person.replies(http, service.url, expect=1, seconds=20)) == 1
                service.kill()
                disk.set_clock(timedelta(minutes=silence))
                service.start()
                assert await person.post(http, service.url, {"id": f"{name} 2", "text": "2"}) == 200
                second[name] = (await person.replies(http, service.url, expect=2, seconds=20))[1]["text"]
    assert second["soon"] == second["at once"]
    assert second["late"] != second["at once"]
