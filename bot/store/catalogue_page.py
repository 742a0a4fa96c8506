"""The catalogue in force a little at a time, in the order of the codes, whoever publishes them."""

from sqlalchemy import exists, or_, select

from bot.core.catalogue import Dataset
from bot.store import catalogue
from bot.store.dataset import from_document
from bot.store.engine import Store
from bot.store.tables import datasets, sources, takedowns


async def find_published(store: Store, code: str) -> Dataset | None:
    """The dataset with that code as it is published now, None when there is none or it was taken down."""
    async for entry in catalogue.entries(store, code=code):
        return None if entry.hidden else entry.dataset
    return None


async def list_published(store: Store, *, after: str = "", limit: int) -> tuple[Dataset, ...]:
    """The next ``limit`` datasets in force behind the code ``after``, without those taken down, each code once."""
    others = sources.alias("others")
    synced = exists().where(others.c.sample == 0, others.c.version > 0)
    in_force = select(sources.c.id, sources.c.version).where(or_(sources.c.sample == 0, ~synced))
    # the order of the codes is that of their letters' numbers, whatever a server was told about languages
    code = datasets.c.code.collate("C") if store.dialect == "postgresql" else datasets.c.code
    found: dict[str, Dataset] = {}
    async with store.read() as connection:
        # one source after the other: each has its codes in order, and only the next few are read
        for source in (await connection.execute(in_force.order_by(sources.c.id))).all():
            page = (
                select(datasets.c.document)
                .outerjoin(takedowns, takedowns.c.code == datasets.c.code)
                .where(
                    datasets.c.source_id == source.id,
                    datasets.c.version == source.version,
                    code > after,
                    takedowns.c.code.is_(None),
                )
                .order_by(code)
                .limit(limit)
            )
            for document in (await connection.execute(page)).scalars():
                dataset = from_document(document)
                found.setdefault(dataset.code, dataset)
    return tuple(found[code] for code in sorted(found)[:limit])
