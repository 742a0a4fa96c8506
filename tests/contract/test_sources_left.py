"""Sources that never came through, or that the settings do not name any more: what an administrator sees and does."""

from pathlib import Path
from typing import Any

from bot.notify.alarm import Alarm
from gateway.follow import follow, read_followed
from gateway.portal import find_portals
from gateway.settings import load_settings
from gateway.source_findings import examine_copies, examine_sources
from gateway.sync import sync
from gateway.syncing.forgetting import emptied
from gateway.syncing.trouble import note_trouble, read_troubles
from tests.support.catalogue import codes
from tests.support.engines import SQLITE_ONLY
from tests.support.portal import order, request, running_portal, sync_portal
from tests.support.rows import NOW


def settings(folder: Path, text: str) -> Any:
    file = folder / "tracuu.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {})


def source(address: str, name: str = "portal") -> str:
    return f'[[sources]]\nkind = "ckan"\nurl = "{address}"\nname = "{name}"\n'


@SQLITE_ONLY
async def test_a_source_that_was_never_read_is_told_until_the_settings_lack_it(store, engine_url, tmp_path):
    async with running_portal(1) as portal:
        wanted = await read_followed(settings(tmp_path, source(portal.url)))
        portal.fault("denied")
        alarms = Alarm()
        calls = {"order": lambda _: order(portal, engine_url), "clock": lambda: NOW}
        await follow(store, alarms, followed=wanted, **calls)
        first = [trouble.name for trouble in await read_troubles(store)]
        await note_trouble(store, request(portal), "away", now=NOW)
        await follow(store, alarms, followed=(), **calls)
        alarms.start()
        alarms.stop()
    assert (first, await read_troubles(store)) == (["portal"], ())


async def test_a_source_that_the_settings_name_no_more_is_told_and_can_be_forgotten(store, tmp_path):
    async with running_portal(3) as portal:
        await sync_portal(store, portal)
        renamed = settings(tmp_path, source(portal.url, name="new"))
        (told,) = [finding async for finding in examine_copies(store, renamed)]
        asked = len(portal.asked)
        gone = await sync(store, emptied(find_portals()["ckan"]), request(portal), now=NOW, whole=True, yes_halt=True)
        assert (gone.removed, len(portal.asked) - asked, await codes(store)) == (3, 0, [])
        assert [finding async for finding in examine_copies(store, renamed)] == []
    forgets = f"tracuu sync --source ckan:{portal.url} --name portal --forget"
    assert told.detail == f"is not in the settings; its 3 datasets are still answered. If they are to go: {forgets}"


async def test_the_doctor_says_that_portals_are_not_told_whom_to_write_to(tmp_path):
    text = source("https://opendata.example.vn")
    without = await examine_sources(settings(tmp_path, text))
    with_one = await examine_sources(settings(tmp_path, f'[service]\ncontact = "dulieumo@example.vn"\n{text}'))
    assert [(each.name, each.verdict.value) for each in without] == [("sources", "ok"), ("contact", "warn")]
    assert [each.detail for each in with_one] == ["1 on the network"]
