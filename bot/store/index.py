"""Indexes of a part of a table, declared the same for both engines."""

from typing import Any

from sqlalchemy import ColumnElement, Index


def partial_index(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool], unique: bool = False) -> None:
    """Declare an index of only those rows for which ``where`` holds."""
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
