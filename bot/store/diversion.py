"""A message that cannot reach its person where it was queued goes on to the next address, or is given up."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.core.delivery import BULK, Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address, Reply
from bot.store import consents, ladder
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.outbox import TOPIC, Draft, enqueue
from bot.store.reply import from_document
from bot.store.standing import mark_unreachable
from bot.store.tables import conversations, outbox, standings
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
        climbed = await ladder.lock(connection, row)
        queued = select(outbox).where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
        message = (await connection.execute(queued.with_for_update())).one_or_none()
        if message is None:
            return True
        taken = await ladder.visited(connection, climbed)
        following = await ways_on(connection, store.vault, message, taken, accounts)
        if patient and not following:
            return False
        state = OutboxState.ELSEWHERE if following else OutboxState.DEAD
        ended = update(outbox).where(outbox.c.id == row).values(state=state, finished_at=now, error=error)
        await connection.execute(ended)
        if refused is not None:
            address, code = refused
            await mark_unreachable(connection, message.person, address, code=code, now=now)
        if following:
            await go_on(connection, store.vault, message, following, climbed=climbed, now=now)
        return True

    return await store.write(job, wake=[TOPIC])


async def ways_on(
    connection: Transaction,
    vault: Vault,
    message: Row[Any],
    taken: Container[str] | None,
    accounts: Container[tuple[str, str]],
) -> Sequence[Address]:
    """Where else the message may go, from the first address on that an account of ours reaches.

    One that must reach somebody goes to none of the people (by address) that it has ``taken`` already, and to none that
    refuses it.
    """
    if message.elsewhere is None:
        return ()
    try:
        addresses = vault.open_all(message.elsewhere, message.person)
    except StoreError:
        return ()
    for place, one in enumerate(addresses):
        ours = (one.channel, one.account) in accounts
        if not ours or (taken is not None and vault.person(one) in taken):
            continue
        if taken is None or not await refuses(connection, vault, one, Lane(message.lane)):
            return addresses[place:]
    return ()


async def refuses(connection: Transaction, vault: Vault, address: Address, lane: Lane) -> bool:
    """Whether nothing reaches ``address``, or – of what nobody waits for – the person wants nothing at all."""
    person = standings.c.person == vault.person(address)
    unreachable = select(standings.c.person).where(person, standings.c.unreachable_at.is_not(None))
    if await connection.scalar(unreachable) is not None:
        return True
    return lane in BULK and await consents.wants_nothing(connection, vault.people(address))


async def go_on(
    connection: Transaction,
    vault: Vault,
    message: Row[Any],
    following: Sequence[Address],
    *,
    climbed: Row[Any] | None,
    now: datetime,
    not_before: datetime | None = None,
    moves: int = 0,
    reply: Reply | None = None,
) -> None:
    """Queue ``message`` for the first address of ``following``, the others for later, and note it on its ladder.

    ``moves`` is how often it has moved between accounts that stand in for each other, ``reply`` what is said instead.
    """
    address, *rest = following
    person = vault.person(address)
    draft = Draft(
        person=person,
        channel=address.channel,
        account=address.account,
        lane=Lane(message.lane),
        reply=replace(reply or from_document(message.reply), replaces=None),  # that is a message of the other channel
        language=message.language,
        origin=message.origin,
        dedupe_key=f"{message.dedupe_key}:1",
        not_before=not_before,
        expires_at=message.expires_at,
        elsewhere=rest,
        moves=moves,
    )
    await introduce(connection, vault, address, language=message.language)
    await enqueue(connection, draft, now=now, vault=vault)
    if climbed is not None:
        await ladder.follow(connection, climbed, draft.dedupe_key, at=not_before or now)


async def introduce(
    connection: Transaction, vault: Vault, address: Address, *, language: str, accents: int = 0
) -> None:
    """Know ``address``: who has never written there has no talk yet, and without it nobody could send anything."""
    person = vault.person(address)
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
        language=language,
        version=0,
        mail_count=0,
        accents=accents,
    )
