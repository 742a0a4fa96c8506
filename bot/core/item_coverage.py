"""Which items of decisions are there as datasets, and which datasets stand in no decision. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.catalogue import Dataset
from bot.core.items import CatalogueItem, ItemLink, LinkState

Fits = Callable[[CatalogueItem, Dataset], bool]


class How(StrEnum):
    """Why an item and a dataset belong together."""

    CODE = "code"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A dataset that publishes an item; ``link`` is who said so, None where their codes do."""

    dataset: Dataset
    how: How
    link: ItemLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHoldings:
    """An item and the live datasets that publish it."""

    item: CatalogueItem
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCoverage:
    """How many items of ``owner`` there are, and how many of them have a live dataset."""

    owner: str
    items: int
    covered: int


def match(
    items: Sequence[CatalogueItem], datasets: Sequence[Dataset], links: Iterable[ItemLink], fits: Fits
) -> tuple[ItemHoldings, ...]:
    """Each of ``items`` with the live ``datasets`` that publish it: the confirmed ones and those with its code.

    A code counts where the dataset may be of the same place (``fits``) and nobody has said that the two do not belong
    together; who confirms knows better than both.
    """
    said = {(link.province, link.lineage, link.dataset): link for link in links}
    confirmed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in said.values():
        if link.state is LinkState.CONFIRMED:
            confirmed[link.province, link.lineage].append(link.dataset)
    live = {dataset.code: dataset for dataset in datasets}
    keyed: dict[str, list[Dataset]] = defaultdict(list)
    for dataset in datasets:
        for key in {dataset.code, dataset.key} - {""}:
            keyed[key].append(dataset)
    found = []
    for item in items:
        mine = [live[code] for code in confirmed[item.province, item.lineage] if code in live]
        holdings = [
            Holding(dataset=dataset, how=How.CONFIRMED, link=said[item.province, item.lineage, dataset.code])
            for dataset in mine
        ]
        holdings += [
            Holding(dataset=dataset, how=How.CODE)
            for dataset in keyed.get(item.code, ())
            if fits(item, dataset) and (item.province, item.lineage, dataset.code) not in said
        ]
        found.append(ItemHoldings(item=item, holdings=tuple(holdings)))
    return tuple(found)


def cover_by_owner(matched: Iterable[ItemHoldings]) -> tuple[OwnerCoverage, ...]:
    """The coverage of each owner, by name."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in matched:
        counts[each.item.owner][0] += 1
        counts[each.item.owner][1] += bool(each.holdings)
    return tuple(
        OwnerCoverage(owner=owner, items=items, covered=covered) for owner, (items, covered) in sorted(counts.items())
    )


def find_unlisted(matched: Iterable[ItemHoldings], datasets: Iterable[Dataset]) -> tuple[Dataset, ...]:
    """Those of ``datasets`` that publish none of the items."""
    listed = {holding.dataset.code for each in matched for holding in each.holdings}
    return tuple(dataset for dataset in datasets if dataset.code not in listed)


def judged_pairs(links: Iterable[ItemLink]) -> Mapping[tuple[str, str], frozenset[str]]:
    """The datasets of which somebody said something already, by province and lineage of the item."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in links:
        said[link.province, link.lineage].add(link.dataset)
    return {key: frozenset(codes) for key, codes in said.items()}
