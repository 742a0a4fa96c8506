"""The end of a membership: the address hears nothing any more that was meant for an officer."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from bot.core.delivery import Lane, OutboxState
from bot.core.messages import Address
from bot.store import ladder
from bot.store.diversion import go_on
from bot.store.tables import members, outbox
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_LEFT = "the address is this officer's no more"
_GIVEN_UP = (outbox.c.lane == int(Lane.REMINDER)) & outbox.c.state.in_([OutboxState.DEAD, OutboxState.PARKED])
_WAITING = (outbox.c.lane == int(Lane.REMINDER)) & (outbox.c.state == OutboxState.QUEUED)


async def end_memberships(
    connection: Transaction,
    vault: Vault,
    which: ColumnElement[bool],
    *,
    now: datetime,
    instead: Address | None = None,
) -> Sequence[Row[Any]]:
    """End the live memberships ``which``, and return them.

    A reminder that waits for such an officer's address goes on to ``instead``, else to the next address that it may go
    to, else nowhere; none goes on to an address that has left, nor can one that was given up be replayed to it.
    """
    live = select(members).where(which, members.c.unbound_at.is_(None)).order_by(members.c.id).with_for_update()
    ended = (await connection.execute(live)).all()
    if not ended:
        return ended
    await connection.execute(update(members).where(members.c.id.in_([row.id for row in ended])).values(unbound_at=now))
    gone = {row.person for row in ended if row.officer_id is not None}
    for row in ended:
        if row.officer_id is not None:
            await _leave(connection, vault, row, gone, now=now, instead=instead)
    return ended


async def _leave(
    connection: Transaction,
    vault: Vault,
    row: Row[Any],
    gone: Collection[str],
    *,
    now: datetime,
    instead: Address | None,
) -> None:
    given_up = update(outbox).where(outbox.c.person == row.person, _GIVEN_UP)  # somebody might still replay it
    await connection.execute(given_up.values(state=OutboxState.EXPIRED, error=_LEFT))
    queued = select(outbox).where(outbox.c.person == row.person, _WAITING).order_by(outbox.c.id)
    for message in (await connection.execute(queued)).all():
        climbed = await ladder.lock(connection, message.id)
        ways = [way for way in _ways(vault, message) if vault.person(way) not in gone]
        ways = [instead, *(way for way in ways if way != instead)] if instead is not None else ways
        state = OutboxState.ELSEWHERE if ways else OutboxState.EXPIRED
        over = {"state": state, "finished_at": now, "error": _LEFT}
        await connection.execute(update(outbox).where(outbox.c.id == message.id).values(over))
        if ways:
            await go_on(connection, vault, message, ways, climbed=climbed, now=now)
    others = select(members.c.person).where(members.c.officer_id == row.officer_id, members.c.unbound_at.is_(None))
    sealed = select(outbox).where(outbox.c.person.in_(others), _WAITING, outbox.c.elsewhere.is_not(None))
    for message in (await connection.execute(sealed)).all():
        known = _ways(vault, message)
        rest = [way for way in known if vault.person(way) not in gone]
        if len(rest) < len(known):
            elsewhere = vault.seal_all(rest, message.person) if rest else None
            await connection.execute(update(outbox).where(outbox.c.id == message.id).values(elsewhere=elsewhere))


def _ways(vault: Vault, message: Row[Any]) -> Sequence[Address]:
    return vault.open_all(message.elsewhere, message.person) if message.elsewhere is not None else ()
