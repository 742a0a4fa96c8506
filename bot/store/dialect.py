"""The statements that SQLAlchemy has no common word for."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Dialect, Row, Table, Text, cast, func, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.transaction import Transaction


async def insert_if_new(connection: Transaction, table: Table, **values: Any) -> bool:
    """Insert one row unless one of its unique keys exists; whether it was inserted."""
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    result = await connection.execute(insert.values(**values).on_conflict_do_nothing())
    return result.rowcount > 0


async def insert_missing(connection: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert those of ``rows`` of which no unique key exists yet."""
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    await connection.execute(insert.on_conflict_do_nothing(), list(rows))


async def insert_new(
    connection: Transaction, table: Table, rows: Sequence[dict[str, Any]], *told: Column[Any]
) -> Sequence[Row[Any]]:
    """The same; returns the columns ``told`` of those that were inserted."""
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    return (await connection.execute(insert.on_conflict_do_nothing().returning(*told), list(rows))).all()


async def upsert(
    connection: Transaction, table: Table, values: dict[str, Any], changes: Callable[[Any], dict[str, Any]]
) -> None:
    """Insert a row; where its primary key exists, set what ``changes`` says of the row that was to be inserted."""
    await upsert_all(connection, table, [values], changes)


async def upsert_all(
    connection: Transaction, table: Table, rows: Sequence[dict[str, Any]], changes: Callable[[Any], dict[str, Any]]
) -> None:
    """The same for each of ``rows`` in their order, in one statement: all name the same columns."""
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    statement = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=changes(insert.excluded)
    )
    await connection.execute(statement, list(rows))


def text_in(dialect: Dialect, document: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """What the JSON ``document`` says under ``name``, as text; NULL where it says nothing."""
    text = type_coerce(document, Text)
    if dialect.name == "sqlite":
        return type_coerce(func.json_extract(text, f"$.{name}"), Text)
    return type_coerce(cast(text, JSON)[name].as_string(), Text)
