"""What people report about the data, and where it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SHORTEST, LONGEST = 4, 8
"""Digits of a ticket's number. Nine stand for an identity card, so they are masked in what people write."""


class TicketKind(StrEnum):
    """What a person reports: that a figure is wrong, that data are missing, anything else."""

    WRONG_FIGURE = "wrong_figure"
    DATA_REQUEST = "data_request"
    FEEDBACK = "feedback"


class TicketState(StrEnum):
    """Where a ticket stands. The same person's same report opens a closed one again."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One report. ``text`` is what the person wrote, empty once erased; ``figure`` what was answered, as printed.

    ``table`` is the content hash of the table and ``rows`` the 0-based rows behind the answer with the code ``answer``;
    ``publisher`` the agency whose data they are, as recorded. ``person`` is the keyed hash of the reporter's address,
    None once it was erased. ``note`` is what was said to the reporter when it was closed.
    """

    number: int
    kind: TicketKind
    state: TicketState
    channel: str
    opened_at: datetime
    dataset: str = ""
    table: str = ""
    rows: tuple[int, ...] = ()
    answer: str = ""
    figure: str = ""
    publisher: str = ""
    text: str = ""
    note: str = ""
    closed_at: datetime | None = None
    person: str | None = None
