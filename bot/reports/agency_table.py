"""The table of every report on deadlines: what each agency had to do in a span of days, and how that stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.obligations.agency import Agency, AgencyKind, PostRole
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Progress
from bot.core.obligations.reporting import Figures, count_all
from bot.core.text import unaccent
from bot.register import Register

Duties = Sequence[tuple[Obligation, Progress]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """How the duties of ``agency`` stand; None = of somebody who is no known agency, called ``name``.

    ``down`` are the days on which the portal was down while at least one of these duties ran. ``vacant``: nobody is
    its focal officer on the day of the table; an agency that is not known has no officers to miss.
    """

    agency: Agency | None
    name: str
    figures: Figures
    down: tuple[date, ...] = ()
    vacant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTable:
    """The ``rows`` of one rule set, that of the profile ``province``, over what is nominally due from ``first`` to
    ``last``, as it stands on the day ``today``. ``total`` adds up all rows but ``down``, whose days may be the same.
    """

    province: str
    first: date
    last: date
    today: date
    rows: tuple[AgencyRow, ...]
    total: AgencyRow


def agency_table(
    register: Register, province: str, first: date, last: date, *, today: date, down: Collection[date] = ()
) -> AgencyTable:
    """The table of the profile ``province``. Every report prints this one, so that all give the same figures.

    A duty belongs to the span in which it is nominally due, and to one row: the agency that has it, else the owner that
    the catalogue prints, else the office that the decision names. What the figures mean is said at
    :class:`bot.core.obligations.reporting.Figures`. An agency that the rule set binds has a row even without duties;
    one that no known rule set binds has none. ``down`` are the days on which the portal was down, before ``first`` too
    as far as terms reach back; days off among them do not count.
    """
    whole = [(each, register.progress(each.key)) for each in register.between(first, last, province=province)]
    spoiled = sorted(day for day in down if day <= today and not register.calendar.is_day_off(day))
    by_agency, by_name = _shares(register, province, whole)
    known = [
        AgencyRow(
            agency=agency,
            name=agency.name,
            figures=count_all(by_agency[agency.id], today),
            down=_during(by_agency[agency.id], spoiled),
            vacant=not register.officers_of(agency.id, today).get(PostRole.OFFICER),
        )
        for agency in register.agencies.values()
        if agency.rule_set == province or agency.id in by_agency
    ]
    others = [
        AgencyRow(agency=None, name=name, figures=count_all(duties, today), down=_during(duties, spoiled))
        for name, duties in by_name.items()
    ]
    rows = (*sorted(known, key=_rank), *sorted(others, key=_rank))
    figures = sum((row.figures for row in rows), Figures())
    vacant = any(row.vacant for row in rows)
    total = AgencyRow(agency=None, name="", figures=figures, down=_during(whole, spoiled), vacant=vacant)
    return AgencyTable(province=province, first=first, last=last, today=today, rows=rows, total=total)


def _shares(register: Register, province: str, duties: Duties) -> tuple[dict[int, Duties], dict[str, Duties]]:
    """Whose ``duties`` are whose: by the id of an agency, and by the name of whoever is none."""
    by_agency = defaultdict[int, list[tuple[Obligation, Progress]]](list)
    by_name = defaultdict[str, list[tuple[Obligation, Progress]]](list)
    roles = register.rule_sets[province].roles
    for obligation, progress in duties:
        if obligation.agency is not None and obligation.agency in register.agencies:
            by_agency[obligation.agency].append((obligation, progress))
        else:
            role = roles.get(obligation.rule.bearer)
            office = (role.name_now or role.name_in_text) if role else ""
            by_name[obligation.owner or office].append((obligation, progress))
    return defaultdict(list, by_agency), dict(by_name)


def _during(duties: Duties, days: Iterable[date]) -> tuple[date, ...]:
    """Those of ``days`` on which at least one of ``duties`` ran: from the day on which it could be done to its term."""
    terms = {(each.opens_on, each.late_after or each.nominal_due) for each, _ in duties}
    return tuple(day for day in days if any(opens <= day <= ends for opens, ends in terms))


def _rank(row: AgencyRow) -> tuple[int, str]:
    kinds = list(AgencyKind)
    return (kinds.index(row.agency.kind) if row.agency else len(kinds), unaccent(row.name).casefold())
