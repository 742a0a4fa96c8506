"""What people said of items and datasets: they belong together, or they do not."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.core.items import CatalogueItem, ItemLink, LinkState
from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.tables import item_links
from bot.store.transaction import Transaction


async def save_link(
    store: Store, item: CatalogueItem, dataset: str, state: LinkState, *, by: str, now: datetime
) -> None:
    """Keep what ``by`` says of ``item`` and the dataset with that code; it takes the place of what was said before."""
    values = {
        "province": item.province,
        "lineage": item.lineage,
        "dataset": dataset,
        "state": state,
        "said_by": by,
        "at": now,
    }

    async def job(connection: Transaction) -> None:
        said = ("state", "said_by", "at")
        await upsert(connection, item_links, values, lambda new: {name: new[name] for name in said})

    await store.write(job)


async def remove_link(store: Store, item: CatalogueItem, dataset: str) -> bool:
    """Forget what was said of the two; False when nothing was."""
    links = item_links.c
    mine = (links.province == item.province) & (links.lineage == item.lineage) & (links.dataset == dataset)

    async def job(connection: Transaction) -> bool:
        return bool((await connection.execute(delete(item_links).where(mine))).rowcount)

    return await store.write(job)


async def read_links(store: Store, *, province: str | None = None) -> tuple[ItemLink, ...]:
    """Everything that was said (of items of ``province``)."""
    links = item_links.c
    found = select(item_links).order_by(links.province, links.lineage, links.dataset)
    if province is not None:
        found = found.where(links.province == province)
    async with store.read() as connection:
        rows = (await connection.execute(found)).all()
    return tuple(
        ItemLink(
            province=row.province,
            lineage=row.lineage,
            dataset=row.dataset,
            state=LinkState(row.state),
            by=row.said_by,
            at=row.at,
        )
        for row in rows
    )
