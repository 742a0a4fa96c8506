"""What an office is made of: the rules of the project, agencies and people, items and the datasets that publish them."""

from datetime import date
from functools import cache

from bot.core.catalogue import Dataset, Resource
from bot.core.cycle_words import Cycles
from bot.core.items import CatalogueItem
from bot.core.obligations.agency import AgencyKind
from bot.core.obligations.roster import PersonRow
from bot.cycles import load_cycles
from bot.rulebook import Rulebook, load_rulebook
from bot.search.places import Places, load_places
from bot.store.table import make_table
from gateway.portal import Fetched
from tests.support.talk import DATA


@cache
def rulebook() -> Rulebook:
    """The rule sets and the calendar of the project."""
    return load_rulebook(DATA)


@cache
def cycles() -> Cycles:
    """How frequencies and terms are understood in the project."""
    return load_cycles(DATA)


@cache
def places() -> Places:
    """The places of the project."""
    return load_places(DATA / "places")


def make_item(title: str, owner: str, cycle: str, due: str = "", *, province: str, number: int) -> CatalogueItem:
    """An item whose frequency and term are understood as those of an annex are."""
    return CatalogueItem(
        code=f"m{number}",
        title=title,
        decision="01/QĐ-UBND",
        province=province,
        position=number,
        owner=owner,
        cycle=cycles().understand(cycle),
        due=cycles().understand_due(due) if due else None,
        due_printed=due,
        lineage=f"m{number}",
    )


def make_dataset(code: str, title: str, rows: int, published: date | None = None) -> Fetched:
    """A dataset of so many rows, ``published`` on that day as far as the portal says."""
    table = make_table(["stt"], [[str(number)] for number in range(rows)])
    held = Resource(position=0, fields=table.columns, row_count=rows, table=table.hash)
    return Fetched(dataset=Dataset(code=code, title=title, resources=(held,), published_at=published), tables=(table,))


def row(province: str, agency: str, **more: object) -> PersonRow:
    """A row of a people file of the agency, which the rule set of the province binds."""
    return PersonRow(
        line=1,
        province=province,
        agency=agency,
        kind=AgencyKind.DEPARTMENT,
        rule_set=province,
        applied_by="01/QĐ-UBND",
        **more,  # type: ignore[arg-type]
    )
