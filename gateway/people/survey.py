"""What is missing among agencies and officers: who cannot be reminded, and which printed names nobody bears."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.catalogue import Dataset
from bot.core.items import Catalogue
from bot.core.obligations.agency import Agency, Officer
from bot.core.obligations.owners import Owners
from bot.core.obligations.staffing import Gap, Staff, Staffing

Bound = Mapping[int, Sequence[object]]
"""The live addresses of each officer who has any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A name that catalogues print in ``territory`` and no agency bears, with how many items and datasets have it."""

    territory: str
    name: str
    items: int
    datasets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A post that ends within 30 days, with nobody to follow."""

    agency: Agency
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is missing on a day.

    ``vacant``, ``unreachable`` and ``silent`` (nobody at all can be reminded) are agencies; ``unbound`` are officers in
    a post without any address, ``refused`` those whose addresses nothing reaches.
    """

    agencies: int
    officers: int
    unmatched: tuple[Unmatched, ...]
    without_rule_set: tuple[Agency, ...]
    without_document: tuple[Agency, ...]
    vacant: tuple[Agency, ...]
    unreachable: tuple[Agency, ...]
    silent: tuple[Agency, ...]
    leaving: tuple[Leaving, ...]
    unbound: tuple[Officer, ...]
    refused: tuple[Officer, ...]


def take_survey(
    agencies: Iterable[Agency],
    officers: Iterable[Officer],
    bound: Bound,
    *,
    day: date,
    catalogues: Iterable[Catalogue] = (),
    datasets: Iterable[Dataset] = (),
) -> Survey:
    """Look at everybody as of ``day``."""
    known, people = tuple(agencies), tuple(officers)
    staff = Staff(people)
    staffed = [(agency, staff.of(agency.id, day)) for agency in known]
    serving = [officer for officer in people if serves(officer, day)]
    return Survey(
        agencies=len(known),
        officers=len(people),
        unmatched=find_unmatched(known, catalogues, datasets, day=day),
        without_rule_set=tuple(agency for agency in known if not agency.rule_set),
        without_document=tuple(agency for agency in known if agency.rule_set and not agency.applied_by),
        vacant=_with(staffed, Gap.VACANT),
        unreachable=_with(staffed, Gap.UNREACHABLE),
        silent=_with(staffed, Gap.NOBODY),
        leaving=tuple(
            Leaving(agency=agency, until=staffing.ends_on) for agency, staffing in staffed if staffing.ends_on
        ),
        unbound=tuple(officer for officer in serving if officer.id not in bound),
        refused=tuple(officer for officer in serving if officer.id in bound and not officer.reachable),
    )


def serves(officer: Officer, day: date) -> bool:
    """Whether the officer holds a post on ``day`` or later."""
    return any(post.until is None or post.until >= day for post in officer.posts)


def find_unmatched(
    agencies: Sequence[Agency], catalogues: Iterable[Catalogue], datasets: Iterable[Dataset], *, day: date
) -> tuple[Unmatched, ...]:
    """The owners of items that count on ``day`` and the publishers of datasets that are no known agency.

    Only in the provinces and for the rule sets of ``agencies``: elsewhere nobody has imported anybody yet.
    """
    owners = Owners(agencies)
    here = {agency.province for agency in agencies} | {agency.rule_set for agency in agencies}
    items = Counter((item.province, item.owner) for each in catalogues for item in each.items if item.counts_on(day))
    published = Counter((each.province, each.publisher) for each in datasets)
    names = dict.fromkeys((*items, *published))
    return tuple(
        Unmatched(territory=territory, name=name, items=items[territory, name], datasets=published[territory, name])
        for territory, name in names
        if name and territory in here and owners.find(territory, name) is None
    )


def _with(staffed: Iterable[tuple[Agency, Staffing]], gap: Gap) -> tuple[Agency, ...]:
    return tuple(agency for agency, staffing in staffed if gap in staffing.gaps)
