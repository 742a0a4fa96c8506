"""When portals could not be reached is kept by what the syncs saw, as one row for each outage."""

import contextlib
from datetime import date, timedelta

from bot.core.outage import LAPSE
from bot.store.outages import down_days, forget, is_down, note_down, note_up
from bot.store.tables import outages
from gateway.portal import AwayError, Fetched, Portal, PortalError, Request
from gateway.sync import GuardError, sync
from tests.support.catalogue import DAY, crops, publish
from tests.support.rows import NOW, rows

HOUR = timedelta(hours=1)
PORTAL = ("ckan", "cong", "quangngai")
STATISTICS = ("pxweb", "cuc thong ke", "quangngai")
ELSEWHERE = ("ckan", "cong", "angiang")
REASON = "opendata.quangngai.gov.vn cannot be reached: it is down, or a firewall is in between"
MONDAY = date(2026, 11, 16)  # NOW is 09:00 of it


async def down(store, *hours, source=PORTAL):
    for hour in hours:
        await note_down(store, source, REASON, now=NOW + hour * HOUR)


async def up(store, hour, source=PORTAL):
    await note_up(store, source, now=NOW + hour * HOUR)


async def spans(store):
    """Every outage in hours from NOW: began, seen, ended."""
    found = await rows(store, outages, "began_at", "seen_at", "ended_at")
    return sorted(tuple(None if at is None else (at - NOW) / HOUR for at in row) for row in found)


async def days(store, province="quangngai"):
    return [day.day for day in await down_days(store, province, MONDAY - 3 * DAY, MONDAY + 9 * DAY)]


async def test_an_outage_that_is_seen_again_and_again_is_one_row_until_the_portal_answers(store):
    await down(store, 0, 1, 2)
    assert await spans(store) == [(0, 2, None)]
    assert await is_down(store, "quangngai", now=NOW + 3 * HOUR)
    await up(store, 3)
    await up(store, 4)
    assert await spans(store) == [(0, 2, 3)]
    assert not await is_down(store, "quangngai", now=NOW + 3 * HOUR)
    assert await days(store) == [16]


async def test_reports_that_come_in_another_order_make_the_same_outage(store):
    await down(store, 2, 0, 1)
    await up(store, 1)  # asked before it was last seen to be down, told after it
    assert await spans(store) == [(0, 2, 2)]


async def test_an_outage_that_nobody_sees_any_longer_has_lapsed(store):
    await down(store, 0, 2)
    later = 2 + LAPSE / HOUR
    assert not await is_down(store, "quangngai", now=NOW + later * HOUR)
    await down(store, later + 1)
    assert await spans(store) == [(0, 2, 2), (later + 1, later + 1, None)]
    await up(store, 2 * later + 2)
    assert await spans(store) == [(0, 2, 2), (later + 1, later + 1, later + 1)]
    assert await days(store) == [16]


async def test_each_source_and_each_province_goes_down_alone(store):
    await down(store, 0, 24)
    await down(store, 0, 24, 48, source=STATISTICS)
    await up(store, 25)
    assert await is_down(store, "quangngai", now=NOW + 49 * HOUR)
    assert not await is_down(store, "angiang", now=NOW + 49 * HOUR)
    await up(store, 48, source=ELSEWHERE)
    await up(store, 50, source=STATISTICS)
    assert await days(store) == [16, 17, 18]
    assert await days(store, "angiang") == []


async def test_what_ended_long_ago_is_forgotten(store):
    await down(store, 0, 1)
    await up(store, 2)
    await down(store, 100)
    assert await forget(store, before=NOW + HOUR) == 0
    assert await forget(store, before=NOW + 3 * HOUR) == 1
    assert await forget(store, before=NOW + 100 * HOUR) == 0
    assert await spans(store) == [(100, 100, None)]


async def test_a_sync_tells_a_portal_that_cannot_be_reached_from_one_that_answers_wrongly(store):
    await publish(store, *crops(40))
    seen = []
    for day, trouble in enumerate((AwayError(REASON), PortalError("no JSON"), AwayError(REASON), None), 1):
        await attempt(store, trouble, day)
        seen.append(await is_down(store, "", now=NOW + day * DAY))
    assert seen == [True, False, True, False]
    await attempt(store, AwayError(REASON), 5)
    await attempt(store, GuardError("40 datasets fewer", consent="--yes-halt"), 6)
    assert not await is_down(store, "", now=NOW + 6 * DAY)


async def attempt(store, trouble, day):
    """Sync the source in memory of :func:`publish`; without ``trouble`` it publishes what it did before."""

    async def fetch(_request, _client, _progress):
        for entry in crops(40):
            if trouble:
                raise trouble
            yield Fetched(dataset=entry)

    request = Request(kind="memory", name="a", address="a")
    with contextlib.suppress(PortalError, GuardError):
        await sync(store, Portal(name="memory", kinds=("memory",), fetch=fetch), request, now=NOW + day * DAY)
