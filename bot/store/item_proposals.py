"""What agencies propose for the catalogue, and how far each proposal has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.core.errors import ConflictError
from bot.core.item_proposals import MOVES, ItemProposal, ProposalKind, ProposalState
from bot.store.engine import Store
from bot.store.tables import item_proposals
from bot.store.transaction import Transaction

_SHOWN = ("title", "owner", "cycle", "values")


async def save_proposal(store: Store, proposal: ItemProposal) -> int:
    """Keep a new proposal. Returns its number."""
    values = {
        "province": proposal.province,
        "kind": proposal.kind,
        "item": proposal.item,
        "document": {name: getattr(proposal, name) for name in _SHOWN},
        "agency": proposal.agency,
        "reason": proposal.reason,
        "proposed_by": proposal.by,
        "at": proposal.at,
        "state": ProposalState.OPEN,
        "submitted_in": "",
        "settled_by": "",
    }

    async def job(connection: Transaction) -> int:
        made = insert(item_proposals).values(**values).returning(item_proposals.c.id)
        return int((await connection.execute(made)).scalar_one())

    return await store.write(job)


async def read_proposals(
    store: Store, *, province: str | None = None, state: ProposalState | None = None
) -> tuple[ItemProposal, ...]:
    """The proposals (of ``province``, in ``state``), the oldest first."""
    found = select(item_proposals).order_by(item_proposals.c.id)
    if province is not None:
        found = found.where(item_proposals.c.province == province)
    if state is not None:
        found = found.where(item_proposals.c.state == state)
    async with store.read() as connection:
        return tuple(map(_proposal, await connection.execute(found)))


async def move_proposals(
    store: Store, moves: Mapping[ProposalState, Sequence[int]], *, by: str, now: datetime, document: str = ""
) -> int:
    """Bring proposals into states by their numbers, all or none; ``document`` is the one they were submitted in.

    Returns how many were not there yet. Raises ConflictError when one does not exist or may not come into its state.
    """
    table = item_proposals.c

    async def move(connection: Transaction, numbers: Sequence[int], state: ProposalState) -> int:
        rows = await connection.execute(select(table.id, table.state).where(table.id.in_(numbers)).with_for_update())
        states = {row.id: ProposalState(row.state) for row in rows}
        for number in numbers:
            if number not in states:
                raise ConflictError(f"there is no proposal {number}")
            if state not in {states[number], *MOVES[states[number]]}:
                raise ConflictError(f"proposal {number} is {states[number]} and cannot become {state}")
        moving = [number for number in numbers if states[number] is not state]
        values: dict[str, Any] = {"state": state, "settled_by": by, "settled_at": now}
        if document:
            values["submitted_in"] = document
        await connection.execute(update(item_proposals).where(table.id.in_(moving)).values(**values))
        return len(moving)

    async def job(connection: Transaction) -> int:
        return sum([await move(connection, numbers, state) for state, numbers in moves.items() if numbers])

    return await store.write(job) if any(moves.values()) else 0


def _proposal(row: Any) -> ItemProposal:
    return ItemProposal(
        number=row.id,
        province=row.province,
        kind=ProposalKind(row.kind),
        item=row.item,
        **row.document,
        agency=row.agency,
        reason=row.reason,
        by=row.proposed_by,
        at=row.at,
        state=ProposalState(row.state),
        document=row.submitted_in,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
