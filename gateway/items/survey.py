"""What decisions oblige agencies to publish, beside what is published: the material of lists and of coverage."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.catalogue import Dataset
from bot.core.errors import TracuuError
from bot.core.item_coverage import ItemHoldings, judged_pairs, match
from bot.core.items import Catalogue, CatalogueItem, ItemLink, same_number
from bot.search.item_matching import Matching, Proposed
from bot.store.catalogue import current
from bot.store.engine import Store
from bot.store.item_links import read_links
from bot.store.items import read_catalogues


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Decisions, the items that are looked at with their datasets, and the live datasets of the same places.

    ``everywhere`` are the items of all decisions on the same day: what these publish is in some decision.
    """

    catalogues: tuple[Catalogue, ...]
    matched: tuple[ItemHoldings, ...]
    everywhere: tuple[ItemHoldings, ...]
    datasets: tuple[Dataset, ...]
    links: tuple[ItemLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which items are looked at: of ``province``, of the decision ``number``, that count ``on`` a day; None = all."""

    province: str | None = None
    number: str = ""
    on: date | None = None

    def pick(self, catalogues: Sequence[Catalogue]) -> list[CatalogueItem]:
        """The items, in the order of the decisions."""
        wanted = same_number(self.number)
        chosen = [each for each in catalogues if not wanted or same_number(each.decision.number) == wanted]
        return [item for each in chosen for item in each.items if self.on is None or item.counts_on(self.on)]


async def take_survey(store: Store, matching: Matching, choice: Choice) -> Survey:
    """What there is of the items of ``choice``. Raises TracuuError when there is no such decision."""
    known = await read_catalogues(store)
    catalogues = tuple(each for each in known if choice.province in {None, each.decision.province})
    if choice.number:
        find_catalogue(catalogues, choice.number)
    links = await read_links(store)
    _, datasets = await current(store)
    everything = Choice(on=choice.on).pick(known)
    everywhere = await asyncio.to_thread(match, everything, datasets, links, matching.fits_place)
    mine = {(item.province, item.decision, item.code) for item in choice.pick(catalogues)}
    places = {matching.places.locate(each.decision.province) for each in catalogues}
    if choice.province:
        places.add(matching.places.locate(choice.province))
    return Survey(
        catalogues=catalogues,
        matched=tuple(e for e in everywhere if (e.item.province, e.item.decision, e.item.code) in mine),
        everywhere=everywhere,
        datasets=tuple(d for d in datasets if d.province and matching.places.locate(d.province) in places),
        links=links,
    )


def propose(survey: Survey, matching: Matching) -> tuple[Proposed, ...]:
    """Datasets for the items without one, but for pairs of which somebody has said something."""
    judged = judged_pairs(survey.links)
    bare = [each.item for each in survey.matched if not each.holdings]
    proposed = matching.propose(bare, survey.datasets)
    return tuple(
        one for one in proposed if one.dataset.code not in judged.get((one.item.province, one.item.lineage), ())
    )


def find_catalogue(catalogues: Sequence[Catalogue], number: str) -> Catalogue:
    """The decision with that ``number``. Raises TracuuError when there is none, or one in several provinces."""
    found = [each for each in catalogues if same_number(each.decision.number) == same_number(number)]
    if not found:
        raise TracuuError(f"no decision {number} was imported; tracuu items list shows them all")
    if len(found) > 1:
        where = ", ".join(each.decision.province for each in found)
        raise TracuuError(f"{number} was imported for several provinces ({where}): say --province")
    return found[0]


def find_item(catalogues: Sequence[Catalogue], code: str, *, on: date) -> CatalogueItem:
    """The item with that ``code``: the one that counts ``on`` that day, else the newest.

    Raises TracuuError when there is none, or several that are not one item through several decisions.
    """
    found = [item for each in catalogues for item in each.items if item.code == code]
    counting = [item for item in found if item.counts_on(on)] or found[-1:]
    if not counting:
        raise TracuuError(f"no item has the code {code}; tracuu items list shows them all")
    if len({(item.province, item.lineage) for item in counting}) > 1:
        where = ", ".join(f"{item.decision} ({item.province})" for item in counting)
        raise TracuuError(f"several items have the code {code}: {where}; say --province or --decision")
    return counting[0]
