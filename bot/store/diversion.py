"""A message that cannot reach its person where it was queued goes on to the next address, or is given up."""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.core.delivery import Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.outbox import TOPIC, Draft, enqueue
from bot.store.reply import from_document
from bot.store.standing import mark_unreachable
from bot.store.tables import conversations, outbox
from bot.store.transaction import Transaction
from bot.store.vault import Vault


async def divert(
    store: Store,
    row: int,
    *,
    error: str,
    refused: tuple[Address, str] | None,
    accounts: Container[tuple[str, str]],
    now: datetime,
    patient: bool = False,
) -> bool:
    """End a queued message here and queue it for its next address on one of ``accounts`` (channel, account), all or
    nothing; safe to repeat. Without such an address it is dead – or stays queued, where that is ``patient``. Returns
    whether it is at its end here.

    ``refused`` is the address at which the provider refuses everything, with its code: that is written down as well.
    """

    async def job(connection: Transaction) -> bool:
        queued = select(outbox).where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
        message = (await connection.execute(queued.with_for_update())).one_or_none()
        if message is None:
            return True
        following = _following(message, store.vault, accounts)
        if patient and not following:
            return False
        state = OutboxState.ELSEWHERE if following else OutboxState.DEAD
        ended = update(outbox).where(outbox.c.id == row).values(state=state, finished_at=now, error=error)
        await connection.execute(ended)
        if refused is not None:
            address, code = refused
            await mark_unreachable(connection, message.person, address, code=code, now=now)
        if following:
            await _go_on(connection, store.vault, message, following, now=now)
        return True

    return await store.write(job, wake=[TOPIC])


def _following(message: Row[Any], vault: Vault, accounts: Container[tuple[str, str]]) -> tuple[Address, ...]:
    """Where else the message may go, from the first address on that an account of ours reaches."""
    if message.elsewhere is None:
        return ()
    try:
        addresses = vault.open_all(message.elsewhere, message.person)
    except StoreError:
        return ()
    ours = (place for place, one in enumerate(addresses) if (one.channel, one.account) in accounts)
    return addresses[next(ours, len(addresses)) :]


async def _go_on(
    connection: Transaction, vault: Vault, message: Row[Any], following: tuple[Address, ...], *, now: datetime
) -> None:
    address, *rest = following
    person = vault.person(address)
    draft = Draft(
        person=person,
        channel=address.channel,
        account=address.account,
        lane=Lane(message.lane),
        reply=replace(from_document(message.reply), replaces=None),  # that is a message of the other channel
        language=message.language,
        origin=message.origin,
        dedupe_key=f"{message.dedupe_key}:1",
        expires_at=message.expires_at,
        elsewhere=rest,
    )
    # who has never written there has no talk yet, and without it nobody would know the address
    await insert_if_new(
        connection,
        conversations,
        person=person,
        channel=address.channel,
        account=address.account,
        sealed=vault.seal(address, person),
        state="",
        data={},
        choices=[],
        language=message.language,
        version=0,
        mail_count=0,
    )
    await enqueue(connection, draft, now=now, vault=vault)
