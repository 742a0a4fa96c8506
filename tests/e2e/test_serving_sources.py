"""The running service keeps up with its sources by processes of their own, and says in sight what it was refused."""

import shutil
from pathlib import Path

import aiohttp

from gateway.doctor import examine
from gateway.portal import Request, find_portals
from gateway.settings import load_settings
from gateway.sync import sync
from tests.conftest import open_store
from tests.support.catalogue import codes, write_files
from tests.support.rows import NOW
from tests.support.serving import Serving, running

SETTINGS = """
[[sources]]
kind = "csv"
url = "fewer.csv"
every = "1d"
[[sources]]
kind = "csv"
url = "other.csv"
every = "1d"
"""


def listing(count: int) -> str:
    return "code,title\n" + "".join(f"c-{number},Trạm y tế số {number}\n" for number in range(count))


async def test_a_source_that_shrinks_waits_for_a_yes_in_sight_and_holds_up_no_other(
    tmp_path: Path, migrated_file: Path
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'tracuu.db')}"
    file = str(tmp_path / "fewer.csv")
    request = Request(kind="csv", name=file, address=file)
    write_files(tmp_path, {"fewer.csv": listing(10), "other.csv": "code,title\no-1,Số trường học\n"})
    async with open_store(url) as store:
        await sync(store, find_portals()["csv"], request, now=NOW)
        write_files(tmp_path, {"fewer.csv": listing(7)})
        with running(Serving(folder=tmp_path, store_url=url, settings=SETTINGS)) as (service,):
            refused = await service.until_said("sync.refused", seconds=20)
            done = await service.until_said("sync.done", seconds=20)
            async with aiohttp.ClientSession() as http:
                metrics = await service.metrics(http)
            told = await _sources_of_doctor(service)
            kept = await codes(store)
            await sync(store, find_portals()["csv"], request, now=NOW, yes=True)
            after = await _sources_of_doctor(service)
    assert (refused["consent"], done["added"]) == ("--yes", 1)
    assert metrics[f'tracuu_sync_trouble{{source="{file}",waits_for="--yes"}}'] == 1
    assert [detail.endswith(f"if that is right: tracuu sync --source csv:{file} --yes") for detail in told] == [True]
    assert (len(kept), after, len(await _codes(url))) == (11, [], 8)


async def _sources_of_doctor(service: Serving) -> list[str]:
    settings = load_settings(service.folder / "tracuu.toml", {})
    found = [finding async for finding in examine(settings, clock=lambda: NOW)]
    return [finding.detail for finding in found if finding.name.startswith("source ")]


async def _codes(url: str) -> list[str]:
    async with open_store(url) as store:
        return await codes(store)
