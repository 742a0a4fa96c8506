"""Which columns of which kept table had personal data hidden: the memory behind ``tracuu datasets masked``."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from bot.core.personal import MaskedColumn
from bot.store.engine import Store
from bot.store.tables import masks
from bot.store.transaction import Transaction

_READ = 500


async def write_masks(store: Store, content: str, columns: Sequence[MaskedColumn]) -> None:
    """Remember what was hidden in the table with the hash ``content``, instead of what was said of it before."""
    rows = [
        {
            "hash": content,
            "position": column.position,
            "heading": column.heading,
            "kind": column.kind,
            "reason": column.reason,
            "detail": column.detail,
            "cells": column.cells,
        }
        for column in columns
    ]

    async def job(connection: Transaction) -> None:
        await connection.execute(delete(masks).where(masks.c.hash == content))
        if rows:
            await connection.execute(insert(masks), rows)

    await store.write(job)


async def read_masks(store: Store, *contents: str) -> dict[str, tuple[MaskedColumn, ...]]:
    """What was hidden, by the hash of the table, in the order of columns; only of ``contents`` if any are given."""
    statement = select(masks).order_by(masks.c.hash, masks.c.position)
    if contents:
        statement = statement.where(masks.c.hash.in_(contents))
    found: defaultdict[str, list[MaskedColumn]] = defaultdict(list)
    async with store.read() as connection, connection.stream(statement.execution_options(yield_per=_READ)) as result:
        async for row in result:
            found[row.hash].append(
                MaskedColumn(
                    position=row.position,
                    heading=row.heading,
                    kind=row.kind,
                    reason=row.reason,
                    detail=row.detail,
                    cells=row.cells,
                )
            )
    return {content: tuple(columns) for content, columns in found.items()}
