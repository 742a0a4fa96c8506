"""Publish a version of a source together with what it changed, as a sync does."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.catalogue import Dataset
from bot.core.changes import Change, ChangeKind
from bot.store import source as sources
from bot.store.changes import stage_changes
from bot.store.engine import Store
from tests.support.rows import NOW


def crop(number: int, title: str = "") -> Dataset:
    """The dataset c-<number>."""
    return Dataset(code=f"c-{number}", title=title or f"Cây {number}")


async def publish_version(
    store: Store,
    datasets: Sequence[Dataset],
    changed: Mapping[int, ChangeKind] | None = None,
    *,
    now: datetime = NOW,
    **detail: object,
) -> None:
    """Publish ``datasets`` as the next version of one source; ``changed`` says how, by the number of the dataset."""
    source = await sources.register_source(store, kind="memory", name="a", province="", address="a")
    version = await sources.open_version(store)
    titles = {dataset.code: dataset.title for dataset in datasets}
    await sources.write_datasets(store, source, version, datasets)
    staged = [
        Change(code=f"c-{number}", kind=kind, title=titles.get(f"c-{number}", "Cây"), province="", detail=detail)
        for number, kind in (changed or {}).items()
    ]
    await stage_changes(store, source, version, staged)
    await sources.publish_version(store, source, version, now=now)
