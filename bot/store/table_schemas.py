"""What the columns of kept tables hold, so that two versions can be compared long after their rows were read."""

from sqlalchemy import select

from bot.core.drift import SAMPLED, ColumnShape, read_shape, shape_columns
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.table import read_head, read_rows
from bot.store.tables import table_schemas
from bot.store.transaction import Transaction


async def column_shapes(store: Store, content: str) -> tuple[ColumnShape, ...]:
    """The columns of the kept table with that hash; read from its first rows once and remembered from then on.

    Raises TableGoneError when it is not kept.
    """
    async with store.read() as connection:
        known = await connection.scalar(select(table_schemas.c.columns).where(table_schemas.c.hash == content))
    if known is not None:
        return tuple(map(read_shape, known))
    head = await read_head(store, content)
    first: list[list[str]] = []
    async for chunk in read_rows(store, head):
        first += chunk
        if len(first) >= SAMPLED:
            break
    shapes = shape_columns(head.columns, first[:SAMPLED])

    async def job(connection: Transaction) -> None:
        documents = [shape.to_document() for shape in shapes]
        await insert_if_new(connection, table_schemas, hash=content, columns=documents)

    await store.write(job)
    return shapes
