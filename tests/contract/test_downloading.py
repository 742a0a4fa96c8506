"""Files of a portal are read when they changed, whatever their server says, and nothing is lost when it fails."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.catalogue import Dataset, Resource
from bot.core.personal import PersonalRules
from bot.store import downloads
from bot.store.downloads import find_download
from bot.store.masks import read_masks
from bot.store.source import confirm_version, register_source
from bot.store.table import load_table, prune_tables
from bot.store.tables import metadata
from gateway.downloading import READ_AGAIN, RESUMED, LoadedFile, load_file
from gateway.masking import load_personal_rules
from gateway.portal import Portal, RemoteFile, Request
from gateway.tables.sheet import Limits
from tests.support.file_server import FileServer, serving
from tests.support.rows import NOW
from tests.support.sheets import write_xlsx
from tests.support.source import ROOT

DAY = timedelta(days=1)
FIRST = "Xã,Số hộ\nBình Sơn,120\nTrà Bồng,80\n".encode()
SECOND = "Xã,Số hộ\nBình Sơn,121\nTrà Bồng,80\n".encode()
PEOPLE = "Họ và tên,SoDienThoai,Xã\nTrần An,0912345678,Bình Sơn\n".encode()
PAGE = b"<!doctype html><html><body><p>Xin cho</p></body></html>"
LOGIN = b"<!doctype html><html><form><input type='password'></form><table><tr><td>a</td><td>b</td></tr></table></html>"
BAD = {
    "an error": (FileServer(status=404, body=FIRST), "the server answered 404"),
    "a page": (
        FileServer(body=PAGE, headers={"Content-Type": "text/html"}),
        "a web page came instead of a file of the format CSV (text/html)",
    ),
    "a login": (FileServer(body=LOGIN), "a login page came instead of the file|page for signing in|log"),
    "nothing": (FileServer(body=b" \n"), "the answer is empty"),
    "half a file": (FileServer(body=FIRST, missing=50), ""),
    "too much": (FileServer(body=b"a,b\n" + b"1,2\n" * 400), "larger than"),
    "too long": (FileServer(body=b"a,b\n" + b"1,2\n" * 11), "more than 10 rows"),
    "too wide": (FileServer(body=b"a,b,c,d,e,f\n1,2,3,4,5,6\n"), "more than 5 columns"),
    "no CSV": (FileServer(body=b'a,b\n"1,2\n'), "is not CSV"),
    "an unasked 304": (FileServer(sleepy=True), "the server answered 304"),
}
SMALL = Limits(bytes=1000, rows=10, columns=5)


@cache
def rules_with(own: Path) -> PersonalRules:
    return load_personal_rules(ROOT / "data" / "personal", own)


class Reader:
    """One file of one dataset, loaded sync after sync."""

    def __init__(self, store, client, server, **choices):
        self.store, self.client, self.server = store, client, server
        self.form = choices.pop("form", "CSV")
        self.source_id = choices.pop("source_id", 1)
        self.choices = choices
        self.personal = ROOT / "nowhere.toml"

    async def load(self, after: timedelta = timedelta(), **changes) -> LoadedFile:
        described = Resource(position=3, title="Tệp", format=self.form, url=self.server.url)
        return await load_file(
            self.store,
            self.client,
            Portal(name="memory", kinds=("memory",), fetch=lambda *_: None),
            Request(kind="memory", name="a", address="a"),
            RemoteFile(position=3, url=self.server.url, format=self.form),
            source_id=self.source_id,
            dataset=Dataset(code="D1", title="Số hộ", resources=(described,)),
            rules=rules_with(self.personal),
            now=NOW + after,
            **{**self.choices, **changes},
        )

    async def rows(self, loaded: LoadedFile):
        return [(await load_table(self.store, each.table)).rows for each in loaded.resources if each.table]


@pytest.fixture
async def server():
    return FileServer(body=FIRST)


@pytest.fixture
async def reader(store, server):
    async with serving(server) as client:
        yield Reader(store, client, server)


async def test_a_file_becomes_a_resource_with_rows(reader):
    loaded = await reader.load()
    (resource,) = loaded.resources
    assert (resource.position, resource.title, resource.fields, resource.row_count) == (3, "Tệp", ("Xã", "Số hộ"), 2)
    assert await reader.rows(loaded) == [(("Bình Sơn", "120"), ("Trà Bồng", "80"))]
    assert (loaded.rows, loaded.failed, loaded.masked) == ({resource.table: 2}, "", ())


async def test_a_file_that_its_server_calls_unchanged_is_not_sent_again(reader, server):
    first = await reader.load()
    assert await reader.load(DAY) == first
    assert [("If-None-Match" in asked) for asked in server.asked] == [False, True]
    known, _ = await find_download(reader.store, 1, server.url)
    assert known is not None
    assert (known.checked_at, known.read_at, known.changed_at) == (NOW + DAY, NOW, NOW)


async def test_a_file_that_changed_is_read_and_the_day_is_kept(reader, server):
    await reader.load()
    server.body = SECOND
    assert (await reader.rows(await reader.load(DAY)))[0][0] == ("Bình Sơn", "121")
    known, _ = await find_download(reader.store, 1, server.url)
    assert known is not None
    assert known.changed_at == NOW + DAY


async def test_a_server_that_says_unchanged_of_everything_is_believed_for_a_week_only(reader, server):
    first = await reader.load()
    server.body, server.sleepy = SECOND, True
    assert await reader.load(READ_AGAIN - DAY) == first
    server.sleepy = False
    server.tags = False
    assert await reader.rows(await reader.load(READ_AGAIN)) != await reader.rows(first)
    assert "If-None-Match" not in server.asked[-1]


async def test_the_same_body_without_any_validator_is_no_change(reader, server):
    server.tags = False
    first = await reader.load()
    assert await reader.load(DAY) == first
    known, _ = await find_download(reader.store, 1, server.url)
    assert known is not None
    assert (known.read_at, known.changed_at) == (NOW + DAY, NOW)


async def test_workbooks_that_differ_in_bytes_only_are_no_change(reader, server, tmp_path):
    rows = [["Xã", "Số hộ"], ["Bình Sơn", 120]]
    server.body = write_xlsx(tmp_path / "a.xlsx", {"Sheet": rows}).read_bytes()
    first = await reader.load()
    server.body = write_xlsx(tmp_path / "b.xlsx", {"Sheet": rows}, formats={"A1": "@"}).read_bytes()
    again = await reader.load(DAY)
    assert again.resources[0].table == first.resources[0].table
    known, _ = await find_download(reader.store, 1, server.url)
    assert known is not None
    assert known.changed_at == NOW


async def test_whatever_fails_leaves_the_last_good_tables(reader, server):
    good = await reader.load(limits=SMALL)
    server.tags = False
    for name, (trouble, told) in BAD.items():
        for fault in ("body", "headers", "status", "missing", "sleepy"):
            setattr(server, fault, getattr(trouble, fault))
        loaded = await reader.load(READ_AGAIN, limits=SMALL)
        assert loaded.resources == good.resources, name
        assert loaded.failed, name
        assert any(part in loaded.failed for part in told.split("|")), (name, loaded.failed)
        known, _ = await find_download(reader.store, 1, server.url)
        assert known is not None
        assert known.error == loaded.failed


async def test_a_file_that_never_was_good_is_listed_without_rows(reader, server):
    server.status = 404
    loaded = await reader.load()
    assert (loaded.resources[0].table, loaded.resources[0].url, loaded.rows) == (None, server.url, {})


async def test_a_sound_file_without_a_table_is_no_failure(reader, server):
    reader.form = "PNG"
    server.body = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
    loaded = await reader.load()
    assert (loaded.failed, loaded.notices) == ("", ("listed without rows: the file is a picture",))
    assert loaded.resources[0].table is None


async def test_a_table_with_a_cell_beyond_all_measure_is_left_out_with_a_word(reader, server):
    server.body = b"a,b\n1," + b"x" * 60 + b"\n"
    loaded = await reader.load(limits=Limits(longest=50))
    assert loaded.notices == ("table 1 is left out: a cell has more than 50 characters",)
    assert loaded.resources[0].table is None


async def test_a_broken_sync_goes_on_where_it_was_broken_off(reader, server):
    server.tags = False
    source = await register_source(reader.store, kind="memory", name="a", province="", address="a")
    reader.source_id = source.id
    first = await reader.load()
    assert await reader.load(RESUMED - timedelta(minutes=1)) == first
    assert len(server.asked) == 1
    await confirm_version(reader.store, source, now=NOW + RESUMED)
    await reader.load(RESUMED + timedelta(minutes=1))
    assert len(server.asked) == 2, "the next sync asks"


async def test_personal_data_reach_the_store_masked_and_the_report_says_so(reader, server):
    server.body = PEOPLE
    loaded = await reader.load()
    assert await reader.rows(loaded) == [(("Trần An", "•••", "Bình Sơn"),)]
    assert [(column.heading, column.cells) for column in loaded.masked] == [("SoDienThoai", 1)]
    assert await read_masks(reader.store) == {loaded.resources[0].table: loaded.masked}
    assert (await reader.load(DAY)).masked == loaded.masked, "also where nothing is sent"


async def test_nothing_that_is_kept_holds_what_was_hidden(reader, server):
    server.body = PEOPLE.replace(b"Xa", "Trần An 0912345678".encode())
    loaded = await reader.load()
    server.body = PEOPLE + b'"\n0912345678'
    assert (await reader.load(DAY)).failed
    assert loaded.masked
    async with reader.store.read() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.execute(select(table)):
                assert "0912345678" not in str(row), table.name


async def test_a_new_rule_has_the_file_read_anew(reader, server, tmp_path):
    first = await reader.load()
    reader.personal = tmp_path / "personal.toml"
    reader.personal.write_text('[[deny]]\ndataset = "D1"\ncolumn = "Số hộ"\nreason = "sai"\n', encoding="utf-8")
    second = await reader.load(DAY)
    assert "If-None-Match" not in server.asked[-1]
    assert await reader.rows(second) == [(("Bình Sơn", "•••"), ("Trà Bồng", "•••"))]
    assert first.resources[0].table != second.resources[0].table


async def test_a_new_rule_counts_also_where_the_file_cannot_be_had(reader, server, tmp_path):
    server.body = PEOPLE
    await reader.load()
    server.status, server.tags = 404, False
    reader.personal = tmp_path / "personal.toml"
    reader.personal.write_text('[[deny]]\ndataset = "D1"\ncolumn = "Xã"\nreason = "sai"\n', encoding="utf-8")
    loaded = await reader.load(DAY)
    assert loaded.failed
    assert await reader.rows(loaded) == [(("Trần An", "•••", "•••"),)]
    assert [(column.heading, column.cells) for column in loaded.masked] == [("SoDienThoai", 1), ("Xã", 1)]


async def test_tables_that_were_swept_away_are_loaded_again(reader, server):
    await reader.load()
    await prune_tables(reader.store, used=set(), before=NOW + DAY)
    assert await read_masks(reader.store) == {}
    loaded = await reader.load(2 * DAY)
    assert "If-None-Match" not in server.asked[-1]
    assert len((await reader.rows(loaded))[0]) == 2


async def test_what_nobody_asks_for_is_forgotten(reader, server):
    await reader.load()
    assert await downloads.forget(reader.store, before=NOW) == 0
    assert await downloads.forget(reader.store, before=NOW + DAY) == 1
    assert (await find_download(reader.store, 1, server.url))[0] is None
