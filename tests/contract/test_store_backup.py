"""A backup is the state of one instant, from either engine into either, and comes to be whole or not at all."""

import resource
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from bot.core.effects import RecordConsent
from bot.core.errors import StoreError
from bot.store import consents
from bot.store.backup import LAST, back_up, look_into
from bot.store.fact import read_fact
from bot.store.intake import Intake
from bot.store.migrate import upgrade
from bot.store.quarantine import set_aside
from bot.store.tables import migrations, quarantine
from tests.conftest import open_store
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, message, queue, receive, rows


@pytest.fixture
def file(tmp_path):
    return tmp_path / "backup.db"


def put_aside(store, raw=b""):
    return set_aside(store, channel="web", account="main", raw=raw, reason="", now=NOW)


async def test_a_backup_tells_what_it_holds(store, file):
    await receive(store, message(1), message(2), message(1, user="binh"))
    backup = await back_up(store, file, now=NOW)
    assert (backup.taken_at, backup.key, backup.size) == (NOW, store.vault.fingerprint, file.stat().st_size)
    assert (backup.rows["inbox"], backup.rows["conversations"], backup.rows["outbox"]) == (3, 2, 0)
    assert look_into(file) == backup


async def test_only_its_owner_may_read_a_backup(store, file):
    await back_up(store, file, now=NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir() if "backup" in entry.name] == ["backup.db"]


async def test_a_backup_holds_no_address_and_no_key(store, file):
    await receive(store, message(1, user="0912345678"))
    await back_up(store, file, now=NOW)
    assert b"0912345678" not in file.read_bytes().replace(b"0912345678-1", b"")  # the external id is the test's own
    assert b"k" * 32 not in file.read_bytes()


async def test_an_existing_file_is_replaced_only_on_request(store, file):
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"exists already; --force"):
        await back_up(store, file, now=NOW)
    assert file.read_text(encoding="utf-8") == "mine"
    await back_up(store, file, now=NOW, force=True)
    assert look_into(file).taken_at == NOW


@SQLITE_ONLY
async def test_the_database_never_replaces_itself(store, tmp_path):
    (tmp_path / "link").symlink_to(store.url.database)
    for file in (Path(store.url.database), tmp_path / "link"):
        with pytest.raises(StoreError, match="is the database itself"):
            await back_up(store, file, now=NOW, force=True)


@SQLITE_ONLY
async def test_a_backup_is_not_worked_on_as_if_it_were_a_database(store, file):
    """Copied into its place it would say again what was said since."""
    await back_up(store, file, now=NOW)
    async with open_store(f"sqlite:///{file}") as copied:
        with pytest.raises(StoreError, match="a backup, not a database"):
            await upgrade(copied, now=NOW, seconds=0)
    assert look_into(file).taken_at == NOW


async def test_a_disk_that_fills_up_is_named_and_nothing_is_left(store, file):
    for _ in range(40):
        await put_aside(store, raw=b"x" * 100_000)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, unlimited[1]))
    try:
        with pytest.raises(StoreError, match=r"cannot be written \(the disk .*; SQLITE_"):
            await back_up(store, file, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert [entry.name for entry in file.parent.iterdir() if "backup" in entry.name] == []


async def test_a_backup_that_cannot_be_written_leaves_nothing(store, tmp_path):
    with pytest.raises(StoreError, match=r"cannot be written"):
        await back_up(store, tmp_path / "nowhere" / "backup.db", now=NOW)
    assert await read_fact(store, LAST) is None


async def test_the_database_remembers_its_last_backup(store, file):
    await back_up(store, file, now=NOW)
    assert await read_fact(store, LAST) == NOW.isoformat()


async def test_a_new_database_has_nothing_to_back_up(blank_url, file):
    async with open_store(blank_url) as store:
        with pytest.raises(StoreError, match="nothing to back up"):
            await back_up(store, file, now=NOW)


async def test_a_newer_database_is_not_backed_up(store, file):
    future = insert(migrations).values(name="9999_future", applied_at=NOW)
    await store.write(lambda connection: connection.execute(future))
    with pytest.raises(StoreError, match="newer than this program"):
        await back_up(store, file, now=NOW)


async def test_people_who_write_meanwhile_are_in_it_whole_or_not_at_all(store, file):
    await receive(store, *(message(number, user=f"u{number}") for number in range(2000)))
    intake = Intake(store)
    import asyncio

    async def write():
        for number in range(40):
            await intake.accept([message(f"{number}-{one}", user=f"late{one}") for one in range(25)])
            await queue(store, f"late-{number}", user="late0")

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.01)
    await back_up(store, file, now=NOW)
    await writing
    with sqlite3.connect(file) as backup:
        late = backup.execute("SELECT count(*) FROM inbox WHERE external_id LIKE 'late%'").fetchone()[0]
        orphans = backup.execute("SELECT count(*) FROM inbox WHERE person NOT IN (SELECT person FROM conversations)")
        heads = backup.execute("SELECT count(*) FROM outbox_heads").fetchone()[0]
        queued = backup.execute("SELECT count(*) FROM outbox").fetchone()[0]
    assert late % 25 == 0
    assert orphans.fetchone() == (0,)
    assert bool(heads) == bool(queued)


async def test_the_highest_id_ever_given_is_kept(store, file):
    for _ in range(3):
        await put_aside(store)
    await store.write(lambda connection: connection.execute(delete(quarantine)))
    await back_up(store, file, now=NOW)
    with sqlite3.connect(file) as backup:
        assert backup.execute("SELECT seq FROM sqlite_sequence WHERE name = 'quarantine'").fetchall() == [(3,)]


async def test_bytes_and_letters_arrive_as_they_are(store, file):
    await put_aside(store, raw=b"\x00\xff'\"")
    await receive(store, message(1, text="Tịnh Kỳ ‘’\u0000 \U0001f600"))
    consent = RecordConsent(topic=None, given=False, evidence="TC")
    await store.write(lambda connection: consents.record(connection, "p", consent, now=NOW))
    await back_up(store, file, now=NOW)
    ((raw,),) = await rows(store, quarantine, "raw")
    with sqlite3.connect(file) as backup:
        assert backup.execute("SELECT raw FROM quarantine").fetchone() == (raw,)
        assert "Tịnh Kỳ" in backup.execute("SELECT body FROM inbox").fetchone()[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "is not there"),
        (b"not a database at all" * 100, "cannot be read as a backup"),
        (b"", "is not a backup made by tracuu"),
    ],
    ids=["absent", "rubbish", "empty"],
)
def test_what_is_no_backup_is_refused(tmp_path, content, reason):
    file = tmp_path / "other"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError, match=reason):
        look_into(file)


async def test_a_damaged_backup_is_noticed(store, file):
    await receive(store, *(message(number, user=f"u{number}") for number in range(500)))
    await back_up(store, file, now=NOW)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = bytes(8192)
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|cannot be read"):
        look_into(file)
