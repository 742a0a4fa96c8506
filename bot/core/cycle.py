"""How often data are to be renewed, in the terms of the EU's authority table of frequencies."""

from dataclasses import dataclass
from enum import StrEnum


class UpdateCycle(StrEnum):
    """The codes of the authority table ``frequency`` of the EU Publications Office."""

    MIN_1 = "1MIN"
    MIN_5 = "5MIN"
    MIN_10 = "10MIN"
    MIN_15 = "15MIN"
    MIN_30 = "30MIN"
    HOURLY = "HOURLY"
    BIHOURLY = "BIHOURLY"
    TRIHOURLY = "TRIHOURLY"
    HOURS_12 = "12HRS"
    DAILY = "DAILY"
    DAILY_2 = "DAILY_2"
    WEEKLY = "WEEKLY"
    WEEKLY_2 = "WEEKLY_2"
    WEEKLY_3 = "WEEKLY_3"
    BIWEEKLY = "BIWEEKLY"
    MONTHLY = "MONTHLY"
    MONTHLY_2 = "MONTHLY_2"
    MONTHLY_3 = "MONTHLY_3"
    BIMONTHLY = "BIMONTHLY"
    QUARTERLY = "QUARTERLY"
    ANNUAL = "ANNUAL"
    ANNUAL_2 = "ANNUAL_2"
    ANNUAL_3 = "ANNUAL_3"
    BIENNIAL = "BIENNIAL"
    TRIENNIAL = "TRIENNIAL"
    QUADRENNIAL = "QUADRENNIAL"
    QUINQUENNIAL = "QUINQUENNIAL"
    DECENNIAL = "DECENNIAL"
    BIDECENNIAL = "BIDECENNIAL"
    TRIDECENNIAL = "TRIDECENNIAL"
    CONT = "CONT"
    UPDATE_CONT = "UPDATE_CONT"
    IRREG = "IRREG"
    AS_NEEDED = "AS_NEEDED"
    NOT_PLANNED = "NOT_PLANNED"
    NEVER = "NEVER"
    OP_DATPRO = "OP_DATPRO"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A wording understood: ``code`` of its periodic part; ``note`` what it says besides ("hoặc khi có thay đổi").

    ``printed`` is the wording untouched. ``assumed`` says that the source gave none and the operator's default stands.
    """

    code: UpdateCycle
    printed: str = ""
    note: str = ""
    assumed: bool = False


EVENT_DRIVEN = frozenset({UpdateCycle.AS_NEEDED, UpdateCycle.IRREG})
"""Renewed when something happens: nobody can compute when that is to be."""
CONTINUOUS = frozenset({UpdateCycle.CONT, UpdateCycle.UPDATE_CONT})
"""Renewed all the time."""
FINISHED = frozenset({UpdateCycle.NEVER, UpdateCycle.NOT_PLANNED})
"""Never renewed: published once (NEVER), or no longer kept up (NOT_PLANNED)."""
UNCLEAR = frozenset({UpdateCycle.UNKNOWN, UpdateCycle.OTHER, UpdateCycle.OP_DATPRO})
"""Nothing can be computed: not said, not understood, or a rhythm that has no code."""
