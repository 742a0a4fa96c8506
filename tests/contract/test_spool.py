"""Zalo hears 200 whatever becomes of the database, and nothing is lost by it."""

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, quarantine, standings
from bot.store.vault import Vault
from gateway.channel import Hook, Parsed, Presence, Presences
from gateway.channels.zalo import CHANNEL
from gateway.doctor import examine
from gateway.errors import BadPayloadError
from gateway.metrics import Metrics
from gateway.settings import load_settings
from gateway.site import new_app, open_site
from gateway.spool import Spool, Spooled
from gateway.webhooks import Webhooks
from tests.conftest import KEY
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, rows
from tests.support.zalo_account import ACCOUNT, APP, OA, OA_SECRET, USER, mac

PLACE = ("zalo", OA, "")
WORDS = "chim hoàng yến 77"


def accounts() -> Presences:
    return {("zalo", OA): Presence(channel=CHANNEL, account=ACCOUNT)}


def event(number: int, text: str = WORDS) -> bytes:
    document = {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": USER},
        "recipient": {"id": OA},
        "message": {"msg_id": f"m-{number}", "text": text},
        "timestamp": "1794794400000",
    }
    return json.dumps(document).encode()


@dataclass(frozen=True)
class Reception:
    """The route with a spool behind it."""

    http: aiohttp.ClientSession
    url: str
    spool: Spool
    hooks: Webhooks
    folder: Path

    async def post(self, body: bytes, *, secret: str = OA_SECRET) -> int:
        headers = {"X-ZEvent-Signature": f"mac={mac(APP, body, json.loads(body)['timestamp'], secret)}"}
        async with self.http.post(f"{self.url}/hooks/zalo/{OA}", data=body, headers=headers) as answer:
            return answer.status


@contextlib.asynccontextmanager
async def reception(store: Store, folder: Path) -> AsyncIterator[Reception]:
    spool, app = Spool(folder, store.vault), new_app()
    hooks = Webhooks(store, Intake(store), accounts(), metrics=Metrics(), clock=lambda: NOW, spool=spool)
    hooks.add_routes(app)
    async with open_site(app, host="127.0.0.1", port=0) as url, aiohttp.ClientSession() as http:
        yield Reception(http, url, spool, hooks, folder)


@contextlib.contextmanager
def locked(store: Store):
    """Another program writes into the database and does not come to an end."""
    with contextlib.closing(sqlite3.connect(store.url.database)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        yield
        foreign.rollback()


@SQLITE_ONLY
async def test_a_database_that_does_not_come_to_an_end_is_not_waited_for(store: Store, tmp_path: Path):
    async with reception(store, tmp_path / "spool") as desk:
        with locked(store):
            assert await desk.post(event(1)) == 200
            assert await desk.post(event(2)) == 200
            (first, _) = sorted(desk.folder.iterdir())
            assert (desk.spool.waiting(), first.stat().st_mode & 0o777) == (2, 0o600)
            assert all(mark not in first.read_bytes() for mark in (WORDS.encode(), USER.encode(), b"m-1"))
        assert await desk.spool.drain(desk.hooks.storing) == 2
        assert await desk.post(event(1)) == 200
    assert sorted(await rows(store, inbox, "external_id", "received_at")) == [("m-1", NOW), ("m-2", NOW)]
    assert await rows(store, standings, "interacted_at") != []
    assert list(desk.folder.iterdir()) == []


@SQLITE_ONLY
async def test_what_is_not_from_zalo_waits_nowhere(store: Store, tmp_path: Path):
    async with reception(store, tmp_path / "spool") as desk:
        with locked(store):
            assert await desk.post(event(1), secret="wrong") == 200  # noqa: S106 – opens nothing
    assert not desk.folder.exists()


async def test_a_database_that_works_needs_no_spool(store: Store, tmp_path: Path):
    async with reception(store, tmp_path / "spool") as desk:
        assert await desk.post(event(1)) == 200
    assert not desk.folder.exists()
    assert len(await rows(store, inbox, "id")) == 1


@SQLITE_ONLY
async def test_where_not_even_the_disk_takes_it_zalo_is_asked_to_come_again(store: Store, tmp_path: Path):
    (tmp_path / "spool").write_text("no folder can be here")
    async with reception(store, tmp_path / "spool") as desk:
        with locked(store):
            assert await desk.post(event(1)) == 503


def hook(body: bytes = b"{}") -> Hook:
    return Hook(method="POST", query={}, headers={"x-zevent-server": "ZNS"}, cookies={}, body=body)


async def keep(spool: Spool, *bodies: bytes) -> None:
    for number, body in enumerate(bodies):
        await spool.keep(Spooled(place=PLACE, hook=hook(body), came_at=NOW + timedelta(seconds=number)))


async def test_another_process_stores_what_one_that_was_killed_has_kept_in_its_order(tmp_path: Path):
    await keep(Spool(tmp_path, Vault(KEY)), b"first", b"second", b"third")
    seen = []

    async def storing(taken: Hook, came_at):
        seen.append((taken.body, taken.headers, came_at - NOW))
        return Parsed()

    assert await Spool(tmp_path, Vault(KEY)).drain({PLACE: storing}) == 3
    assert [body for body, _, _ in seen] == [b"first", b"second", b"third"]
    assert seen[2][1:] == ({"x-zevent-server": "ZNS"}, timedelta(seconds=2))
    assert list(tmp_path.iterdir()) == []


async def test_a_database_that_is_still_away_is_asked_once_and_everything_waits_on(tmp_path: Path):
    spool, tries = Spool(tmp_path, Vault(KEY)), []
    await keep(spool, b"first", b"second")

    async def away(taken: Hook, came_at):
        tries.append(taken.body)
        raise StoreUnavailableError("away")

    assert await spool.drain({PLACE: away}) == 0
    assert (tries, spool.waiting()) == ([b"first"], 2)


@pytest.mark.parametrize("fault", [StoreError("of another key"), ValueError("a bug")], ids=repr)
async def test_what_cannot_be_stored_holds_up_nobody_and_stays_for_an_operator(tmp_path: Path, fault: Exception):
    spool, seen = Spool(tmp_path, Vault(KEY)), []
    await keep(spool, b"broken", b"whole")

    async def storing(taken: Hook, came_at):
        if taken.body == b"broken":
            raise fault
        seen.append(taken.body)
        return Parsed()

    assert await spool.drain({PLACE: storing}) == 1
    assert (seen, spool.waiting()) == ([b"whole"], 0)
    assert [file.suffix for file in tmp_path.iterdir()] == [".broken"]


@pytest.mark.parametrize("content", [b"", b"{}", b"null\nx", b'{"channel":"zalo","account":"1","path":""}\nx'])
async def test_a_file_that_is_no_hook_is_set_aside(tmp_path: Path, content: bytes):
    (tmp_path / "00000000000000000001-ab.hook").write_bytes(content)
    assert await Spool(tmp_path, Vault(KEY)).drain({("zalo", "1", ""): _never}) == 0
    assert [file.suffix for file in tmp_path.iterdir()] == [".broken"]


async def _never(taken: Hook, came_at) -> Parsed:
    raise AssertionError("nothing is to be stored")


async def test_what_lies_in_quarantine_by_now_waits_no_longer(tmp_path: Path):
    spool = Spool(tmp_path, Vault(KEY))
    await keep(spool, b"no event")

    async def storing(taken: Hook, came_at):
        raise BadPayloadError("not understood")

    assert await spool.drain({PLACE: storing}) == 1
    assert spool.waiting() == 0


async def test_what_is_for_an_account_that_is_gone_waits_until_it_is_back(tmp_path: Path):
    spool = Spool(tmp_path, Vault(KEY))
    await keep(spool, b"first")
    assert await spool.drain({}) == 0
    assert spool.waiting() == 1


@SQLITE_ONLY
async def test_what_is_not_understood_goes_from_the_spool_into_quarantine(store: Store, tmp_path: Path):
    body = json.dumps({**json.loads(event(1)), "sender": {}}).encode()
    async with reception(store, tmp_path / "spool") as desk:
        with locked(store):
            assert await desk.post(body) == 200
        assert await desk.spool.drain(desk.hooks.storing) == 1
    assert len(await rows(store, quarantine, "id")) >= 1


async def test_the_doctor_tells_of_what_waits_and_of_what_nobody_could_read(tmp_path: Path):
    (tmp_path / "tracuu.toml").write_text("")
    settings = load_settings(tmp_path / "tracuu.toml")
    assert "spool" not in {finding.name async for finding in examine(settings, clock=lambda: NOW)}
    settings.spool_folder.mkdir(parents=True)
    for name in ("1-a.hook", "2-b.hook", "3-c.broken"):
        (settings.spool_folder / name).touch()
    (told,) = [finding async for finding in examine(settings, clock=lambda: NOW) if finding.name == "spool"]
    assert told.detail.startswith("2 events wait")
    assert "1 cannot be stored" in told.detail
