"""Whatever a database can say when it is away is one error, so that everybody knows: nothing was written, try again."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store.engine import Store
from bot.store.fact import read_fact, write_fact
from tests.conftest import KEY, open_store
from tests.support.canary import Canaries
from tests.support.rows import message, receive

ON_POSTGRES = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
WRITES, WRITERS = 40, 8


@ON_POSTGRES
async def test_a_connection_cut_at_any_point_is_the_database_being_away(store: Store, engine_url: str):
    refused = 0

    async def write(writer: int) -> None:
        nonlocal refused
        for number in range(WRITES):
            try:
                await receive(store, message(number, user=f"u{writer}"))
                await write_fact(store, f"fact {writer}", str(number))
                assert await read_fact(store, f"fact {writer}") == str(number)
            except StoreUnavailableError:
                refused += 1

    writing = asyncio.gather(*(write(number) for number in range(WRITERS)))
    cutter = await asyncpg.connect(engine_url)
    while not writing.done():
        await cutter.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.02)
    await cutter.close()
    await writing
    assert refused
    await write_fact(store, "fact", "still here")


REFUSALS = {
    "wrong password": {"password": "wrong"},
    "unknown person": {"username": "nobody-we-know"},
    "unknown database": {"database": "no-such-database"},
}


@ON_POSTGRES
@pytest.mark.parametrize("change", REFUSALS.values(), ids=REFUSALS)
async def test_a_server_that_does_not_let_us_in_is_one_sentence_without_the_password(
    engine: str, engine_url: str, change: dict[str, str]
):
    url = make_url(engine_url).set(**change)
    async with open_store(url.render_as_string(hide_password=False), owner="refused") as store:
        with pytest.raises(StoreUnavailableError) as caught:
            await write_fact(store, "a", "b")
    assert str(caught.value).startswith("the database cannot be used now (")
    assert str(url.password) not in str(caught.value)


@ON_POSTGRES
async def test_a_server_that_only_lets_us_read_is_away_for_writing(store: Store, engine_url: str):
    async def become_standby(connection):
        await connection.execute(text("SET TRANSACTION READ ONLY"))
        await connection.execute(text("INSERT INTO facts (name, value) VALUES ('a', 'b')"))

    with pytest.raises(StoreUnavailableError, match="ReadOnlySQLTransaction"):
        await store.write(become_standby)


@ON_SQLITE
async def test_a_damaged_file_is_one_sentence(engine: str, tmp_path: Path):
    file = tmp_path / "damaged.db"
    file.write_bytes(b"this is no database at all" * 500)
    store = Store(f"sqlite:///{file}", KEY, owner="damaged")
    with pytest.raises(StoreUnavailableError, match="cannot be used now"):
        await store.open()
    await store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused_with_a_sentence(url: str):
    with pytest.raises(StoreError, match="memory"):
        Store(url, KEY, owner="forgetful")


WRONG = {
    "a column that is none": "SELECT nothing FROM facts WHERE value = :value",
    "a table that is none": "INSERT INTO nowhere (value) VALUES (:value)",
    "no SQL": "BETTER :value",
    "a rule broken": "INSERT INTO facts (name, value) VALUES ('key', :value), ('key', :value)",
}


@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG)
async def test_a_wrong_statement_is_not_the_database_being_away_and_quotes_nobody(
    store: Store, canaries: Canaries, statement: str
):
    async def job(connection):
        await connection.execute(text(statement), {"value": canaries.text})

    with pytest.raises(DBAPIError) as caught:
        await store.write(job)
    assert canaries.text not in str(caught.value)
