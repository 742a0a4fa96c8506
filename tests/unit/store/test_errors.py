"""A database that cannot be used says why in words, and never what was written."""

import sqlite3
from pathlib import Path

import asyncpg
import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.errors import translating, unavailable


def test_a_file_that_cannot_be_opened_is_told_in_words(tmp_path: Path):
    with pytest.raises(StoreUnavailableError, match=r"its file cannot be opened; SQLITE_CANTOPEN"), translating():
        sqlite3.connect(tmp_path)


def test_a_longer_kind_is_understood_by_its_beginning():
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    assert str(unavailable(error)) == "the database cannot be used now (the disk has trouble; SQLITE_IOERR_WRITE)"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(), "nobody listens at its address; ConnectionRefusedError"),
        (asyncpg.InvalidPasswordError("for user x"), "it does not take this name and password; InvalidPasswordError"),
        (asyncpg.AdminShutdownError("terminating"), "AdminShutdownError"),
    ],
    ids=["nobody listens", "wrong password", "a kind without words"],
)
def test_postgres_is_told_by_its_kind(error: Exception, reason: str):
    assert str(unavailable(error)) == f"the database cannot be used now ({reason})"
