"""What agencies ask to be changed in a catalogue, until a decision says so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FIELDS = ("title", "owner", "theme", "cycle", "due")
"""What of an item may be proposed; the values are as they are to be printed."""


class ProposalKind(StrEnum):
    """What is to be done with an item."""

    ADD = "add"
    CHANGE = "change"
    DROP = "drop"


class ProposalState(StrEnum):
    """How far a proposal has come."""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


MOVES: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.OPEN: frozenset({ProposalState.SUBMITTED, ProposalState.REJECTED}),
    ProposalState.SUBMITTED: frozenset({ProposalState.ACCEPTED, ProposalState.REJECTED}),
    ProposalState.ACCEPTED: frozenset(),
    ProposalState.REJECTED: frozenset(),
}
"""From which state a proposal may come into which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProposal:
    """What ``agency`` proposes for a catalogue of ``province``.

    ``item`` is the code of the item to be changed or dropped, empty for a new one; ``title``, ``owner`` and ``cycle``
    are those of the item as it stands (of a new one: as proposed), ``values`` what is to be different.
    ``document`` is the number of the document in which it was submitted, ``settled_by`` and ``settled_at`` tell who
    moved it into its present state.
    """

    number: int = 0
    province: str
    kind: ProposalKind
    item: str = ""
    title: str = ""
    owner: str = ""
    cycle: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    agency: str
    reason: str
    by: str
    at: datetime
    state: ProposalState = ProposalState.OPEN
    document: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None
