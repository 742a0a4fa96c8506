"""Some rows of a kept table, wherever they stand in it: only the chunks that hold them are read."""

from sqlalchemy import select

from bot.store.engine import Store
from bot.store.table import TableGoneError, TableHead
from bot.store.tables import table_chunks


async def read_page(store: Store, head: TableHead, *, offset: int, limit: int, letters: int) -> list[list[str]]:
    """At most ``limit`` rows from row ``offset`` (0-based) on, fewer at the end or when they pass ``letters`` letters.

    There is at least one when the table has a row there. Raises TableGoneError when it is not wholly there any more.
    """
    wanted = min(limit, head.row_count - offset)
    page: list[list[str]] = []
    if wanted <= 0:
        return page
    numbers = select(table_chunks.c.rows).where(table_chunks.c.hash == head.hash)
    async with store.read() as connection:
        first: list[list[str]] | None = await connection.scalar(numbers.where(table_chunks.c.number == 0))
        size = len(first or ())  # all chunks but the last have it
        number, skipped = divmod(offset, size or 1)
        while len(page) < wanted and letters > 0:
            chunk = first if number == 0 else None
            chunk = chunk or await connection.scalar(numbers.where(table_chunks.c.number == number))
            if not chunk:
                raise TableGoneError(f"table {head.hash[:12]}… is not kept any more")
            for row in chunk[skipped : skipped + wanted - len(page)]:
                letters -= sum(map(len, row)) if page else 0
                if letters <= 0:
                    break
                page.append(row)
            number, skipped = number + 1, 0
    return page
