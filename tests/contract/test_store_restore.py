"""A backup goes into an idle, empty database of either engine, whole; nothing is said twice and no id comes again."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, select, update

from bot.core.effects import CountChosen, OpenTicket
from bot.core.errors import StoreError
from bot.core.record import Entry, EntryKind
from bot.core.tickets import TicketKind
from bot.store import dead, duty_tables, sending, tickets, unanswered
from bot.store.backup import back_up
from bot.store.conversations import EVERYBODY, claim_due
from bot.store.migrate import migrate, pending, shape
from bot.store.outbox import claim_heads
from bot.store.presence import present
from bot.store.record import append, head, verify
from bot.store.restore import PARKED, restore
from bot.store.tables import conversations, inbox, metadata, outbox, outbox_heads, quarantine, sources
from bot.store.types import BigId, to_micros
from tests.conftest import TEMPLATE, open_store
from tests.support.rows import MINUTE, NOW, address, answer_next, claim_one, message, queue, receive, rows

DUTIES = [table for table in vars(duty_tables).values() if isinstance(table, Table) and table.name != "record"]
LATER = NOW + timedelta(days=2)
MONDAY = NOW + timedelta(days=5)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "backup.db"


@pytest.fixture
async def target(blank_url):
    """Another database of the same engine."""
    async with open_store(blank_url, owner="restored") as opened:
        yield opened


async def fill(store) -> None:
    """A person who was answered, one whose answer waits, one who waits for an answer; a report, questions in vain."""
    await receive(store, message(1))
    await answer_next(store, await claim_one(store), "sent")
    await receive(store, message(1, user="binh", text="diện tích"), message(1, user="chi"))
    opened = OpenTicket(number=4821, identity="a", kind=TicketKind.FEEDBACK, text="chữ to hơn", rows=(1, 2))
    await store.write(lambda connection: tickets.record(connection, store.vault, address(), opened, now=NOW))
    chosen = CountChosen(question="giá vàng", dataset="d-1", picked=True)
    for person in range(unanswered.K + 1):
        await store.write(lambda c, p=str(person): unanswered.count(c, store.vault, p, "giá vàng", now=NOW))
    await store.write(lambda c: unanswered.count(c, store.vault, "an", "giá bạc", now=NOW))
    await store.write(lambda c: unanswered.choose(c, store.vault, "an", chosen, now=NOW))


async def everything(store) -> dict[str, list[tuple[object, ...]]]:
    kept = [table for table in metadata.sorted_tables if table.name not in ("migrations", "facts")]
    async with store.read() as connection:
        return {table.name: sorted(map(repr, await connection.execute(select(table)))) for table in kept}


async def all_of(store, table, *columns):
    return sorted(await rows(store, table, *columns))


async def test_everything_comes_back_but_leases(store, target, file):
    await fill(store)
    await claim_due(store, scope=EVERYBODY, now=NOW, limit=10)
    await back_up(store, file, now=NOW)
    await restore(target, file, now=LATER)
    free = {"lease_owner": None, "lease_until": None}
    for heads in (conversations, outbox_heads):
        await store.write(lambda connection, heads=heads: connection.execute(update(heads).values(free)))
    before, after = await everything(store), await everything(target)
    for table in ("outbox", "outbox_heads"):  # what was queued is parked, see below
        del before[table], after[table]
    assert after == before


async def test_what_was_queued_is_parked_and_can_be_replayed(store, target, file):
    await fill(store)
    await back_up(store, file, now=NOW)
    restored = await restore(target, file, now=LATER)
    assert restored.parked == 1
    assert await claim_heads(target, channel="web", account="main", now=LATER, limit=10) == []
    (letter,) = await dead.list_dead(target)
    assert (letter.kind, letter.reason, letter.since) == ("outbox", PARKED, LATER)
    assert await dead.replay_outbox(target, letter.id, now=LATER)
    assert len(await claim_heads(target, channel="web", account="main", now=LATER, limit=10)) == 1


async def test_what_is_for_later_still_goes_at_its_time(store, target, file):
    await receive(store, message(1))
    await queue(store, "reminder", not_before=MONDAY)
    await back_up(store, file, now=NOW)
    assert (await restore(target, file, now=LATER)).parked == 0
    assert await claim_heads(target, channel="web", account="main", now=LATER, limit=10) == []
    assert len(await claim_heads(target, channel="web", account="main", now=MONDAY, limit=10)) == 1


async def test_what_was_to_be_tried_again_is_parked_even_before_its_next_try(store, target, file):
    await receive(store, message(1))
    await queue(store, "answer")
    ((row,),) = await rows(store, outbox, "id")
    await sending.postpone(store, row, until=NOW + MINUTE * 30, error="unreachable: down")
    await back_up(store, file, now=NOW)
    assert (await restore(target, file, now=NOW + MINUTE)).parked == 1
    assert await claim_heads(target, channel="web", account="main", now=MONDAY, limit=10) == []


async def test_a_clock_that_stands_before_the_backup_lets_nothing_go_twice(store, target, file):
    await fill(store)
    await back_up(store, file, now=NOW)
    assert (await restore(target, file, now=NOW - timedelta(days=1))).parked == 1


async def test_who_had_no_answer_yet_gets_one(store, target, file):
    await fill(store)
    await claim_due(store, scope=EVERYBODY, now=NOW, limit=10)  # by a worker that is gone
    await back_up(store, file, now=NOW)
    assert (await restore(target, file, now=LATER)).unhandled == 2
    claimed = await claim_due(target, scope=EVERYBODY, now=LATER, limit=10)
    assert {one.conversation.address.user for one in claimed} == {"binh", "chi"}


async def test_an_id_given_after_the_backup_never_comes_again(store, target, file):
    await receive(store, message(1))
    await back_up(store, file, now=NOW)
    await receive(store, *(message(number) for number in range(2, 50)))
    given = {row for (row,) in await rows(store, inbox, "id")}
    for moment in (LATER, LATER + MINUTE):  # the same backup twice
        await restore(target, file, now=moment, force=True)
        await receive(target, *(message(number) for number in range(2, 50)))
        fresh = {row for (row,) in await rows(target, inbox, "id")} - {min(given)}
        assert len(fresh) == 48
        assert not fresh & given
        assert min(fresh) > to_micros(moment)
        given |= fresh


async def test_a_clock_that_stands_far_back_repeats_no_id_of_the_target(store, target, file):
    await receive(store, message(1))
    await back_up(store, file, now=NOW)
    await restore(target, file, now=LATER)
    await receive(target, message(2))
    highest = max(await rows(target, inbox, "id"))
    await restore(target, file, now=NOW - timedelta(days=20_000), force=True)
    await receive(target, message(2))
    assert max(await rows(target, inbox, "id")) > highest


async def test_data_is_replaced_only_on_request(store, target, file):
    await back_up(store, file, now=NOW)
    await migrate(target, now=NOW)
    await receive(target, message(7))
    with pytest.raises(StoreError, match=r"holds data already .*--force"):
        await restore(target, file, now=LATER)
    assert len(await rows(target, inbox, "id")) == 1
    await restore(target, file, now=LATER, force=True)
    assert await rows(target, inbox, "id") == []


async def test_a_database_in_use_is_left_alone(store, open_another, target, blank_url, file):
    await back_up(store, file, now=NOW)
    await migrate(target, now=NOW)
    async with (
        open_store(blank_url, owner="host:77:ab") as service,
        present(service, understood=lambda: pending(service)),
    ):
        with pytest.raises(StoreError, match=r"another process.* still uses this database"):
            await restore(target, file, now=LATER)
    await restore(target, file, now=LATER)


async def test_a_backup_of_another_key_is_refused(store, blank_url, file):
    await back_up(store, file, now=NOW)
    async with open_store(blank_url, key=b"x" * 32) as stranger:
        with pytest.raises(StoreError, match="belongs to another key"):
            await restore(stranger, file, now=LATER)
        assert await pending(stranger)


async def test_a_backup_of_a_newer_program_is_refused(store, target, file):
    await back_up(store, file, now=NOW)
    with sqlite3.connect(file) as backup:
        backup.execute("INSERT INTO migrations VALUES ('9999_future', 0)")
    with pytest.raises(StoreError, match="9999_future"):
        await restore(target, file, now=LATER)
    assert await pending(target)


def make_older(backup: sqlite3.Connection, migration: str) -> None:
    """Take away whatever the migrations behind ``migration`` have added."""
    with sqlite3.connect(":memory:") as older:
        for statement in shape({migration}, "sqlite"):
            older.execute(statement)
        kept = {name: columns_of(older, name) for name in names_of(older, "table")}
        indexes = names_of(older, "index")
    for name in names_of(backup, "index") - indexes:
        backup.execute(f"DROP INDEX {name}")
    for table in names_of(backup, "table"):
        if table not in kept:
            backup.execute(f"DROP TABLE {table}")
            continue
        for column in columns_of(backup, table) - kept[table]:
            backup.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    backup.execute("DELETE FROM migrations WHERE name > ?", [migration])


def names_of(database: sqlite3.Connection, kind: str) -> set[str]:
    wanted = "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'"
    return {name for (name,) in database.execute(wanted, [kind])}


def columns_of(database: sqlite3.Connection, table: str) -> set[str]:
    return {column[1] for column in database.execute(f"PRAGMA table_info({table})")}


async def test_an_older_backup_is_brought_forward(store, target, file):
    await fill(store)
    await back_up(store, file, now=NOW)
    with sqlite3.connect(file) as backup:
        make_older(backup, "0001_foundation")
    before = file.read_bytes()
    await restore(target, file, now=LATER)
    assert await rows(target, conversations, "accents") == [(0,)] * 3
    assert file.read_bytes() == before


async def test_a_backup_that_does_not_fit_its_own_migrations_is_refused(store, target, file):
    await back_up(store, file, now=NOW)
    with sqlite3.connect(file) as backup:
        backup.execute("DELETE FROM migrations WHERE name >= '0002'")
    with pytest.raises(StoreError, match=r"cannot be brought forward \(SQLITE_ERROR\)"):
        await restore(target, file, now=LATER)


async def test_a_restore_that_breaks_off_changes_nothing(store, target, file):
    await fill(store)
    await back_up(store, file, now=NOW)
    with sqlite3.connect(file) as backup:
        backup.execute("ALTER TABLE takedowns ADD COLUMN unknown")
        backup.execute("INSERT INTO takedowns VALUES ('a', 0, '', 1)")
    await migrate(target, now=NOW)
    await receive(target, message(7))
    before = await everything(target)
    with pytest.raises(Exception, match="unknown"):
        await restore(target, file, now=LATER, force=True)
    assert await everything(target) == before


@pytest.fixture
def other_origin(engine, request):
    """Where databases of the other engine come from."""
    return request.getfixturevalue("migrated_file" if engine == "postgresql" else "cluster")


@pytest.fixture
async def other_target(other_origin, tmp_path):
    """A database of the other engine."""
    if isinstance(other_origin, Path):
        async with open_store(f"sqlite:///{shutil.copy(other_origin, tmp_path / 'other.db')}") as opened:
            yield opened
        return
    name = await other_origin.create(template=TEMPLATE)
    async with open_store(other_origin.url(name)) as opened:
        yield opened
    await other_origin.drop(name)


def any_row(table) -> dict[str, object]:
    """A row with a value in every column, by what the column holds."""
    kept = {"Instant": NOW, "Day": NOW.date(), "Json": ["á"], "LargeBinary": b"\x00\xff", "Text": "á"}
    return {each.name: kept.get(type(each.type).__name__, 7) for each in table.c if each.type is not BigId}


@pytest.mark.postgres
async def test_a_backup_of_one_engine_goes_into_the_other_and_back(store, other_target, file, tmp_path):
    await fill(store)
    raw = {"channel": "web", "account": "main", "raw": b"\x00\xff", "reason": "", "received_at": NOW}
    await store.write(lambda connection: connection.execute(insert(quarantine).values(raw)))
    source = {"kind": "csv", "name": "n", "province": "", "address": "", "sample": 0, "version": 1, "synced_at": None}
    await store.write(lambda connection: connection.execute(insert(sources).values(source)))
    for table in DUTIES:
        await store.write(lambda connection, table=table: connection.execute(insert(table).values(any_row(table))))
    entry = Entry(kind=EntryKind.LETTER, at=NOW, province="quangngai", document={"số": 1}, agency=7)
    await store.write(lambda connection: append(connection, entry))
    await back_up(store, file, now=NOW)
    await restore(other_target, file, now=LATER)
    again = tmp_path / "again.db"
    await back_up(other_target, again, now=LATER)
    await restore(store, again, now=LATER, force=True)
    assert await everything(store) == await everything(other_target)
    assert (await verify(store), (await head(store))[0]) == (None, 1)
    assert await all_of(store, outbox, "state") == [("parked",)]
    await receive(other_target, message(9))
    assert max(await rows(other_target, inbox, "id")) > (to_micros(LATER),)
