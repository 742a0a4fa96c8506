"""By which of several accounts a message goes to a phone: at queueing by their weights, later where one is away."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select, update

from bot.core.balance import Member, choose
from bot.core.delivery import Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address, Reply
from bot.core.pools import Pool, pool_of
from bot.store import ladder
from bot.store.balancing import is_troubled, weights_of
from bot.store.diversion import go_on, introduce, refuses
from bot.store.engine import Store
from bot.store.outbox import TOPIC
from bot.store.reply import from_document
from bot.store.tables import conversations, outbox, outbox_parts
from bot.store.transaction import Transaction
from bot.store.vault import Vault

Reword = Callable[[Reply, Member], Reply]
TROUBLED = 3
"""So many failures within a minute, and an account takes nothing over from another."""


async def route(
    connection: Transaction,
    vault: Vault,
    pools: Sequence[Pool],
    address: Address,
    *,
    lane: Lane,
    form: bool,
    draw: float,
) -> Address:
    """Where to queue what nobody has just asked for: ``address``, or the same person on an account that stands in for
    that one, by the weights of their pool. ``draw`` (from 0 to below 1) is the chance; ``form``: it has a form.

    An answer goes back by the account that was asked. No account is chosen instead on which the person refuses us.
    """
    pool = pool_of(pools, address.channel, address.account)
    if pool is None or lane is Lane.ANSWER:
        return address
    own = (address.channel, address.account)
    open_ones = [
        member
        for member in pool.takers(form=form)
        if member == own or not await refuses(connection, vault, _at(address, member), lane)
    ]
    chosen = choose(await weights_of(connection, pool), open_ones, draw)
    if chosen is None or chosen == own:
        return address
    there = _at(address, chosen)
    await _bring_settings(connection, vault, address, there)
    return there


async def move(
    store: Store, row: int, pool: Pool, *, error: str, now: datetime, reword: Reword = lambda reply, _: reply
) -> bool:
    """Queue a message of which nothing has left on another account of ``pool`` instead of its own, all or nothing;
    whether it is at its end here.

    It stays where no other account can take it, and where it has been moved from each other one already. An answer
    takes the talk with it, so that whoever replies there is understood; ``reword`` says it as that account would.
    """

    async def job(connection: Transaction) -> bool:
        climbed = await ladder.lock(connection, row)
        queued = select(outbox).where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
        message = (await connection.execute(queued.with_for_update())).one_or_none()
        if message is None:
            return True
        here = await _address(connection, store.vault, message)
        begun = await connection.scalar(select(exists().where(outbox_parts.c.outbox_id == row)))
        if here is None or begun or message.moves >= len(pool.weights) - 1:
            return False
        there = await _stand_in(connection, store.vault, pool, message=message, here=here, climbed=climbed, now=now)
        if there is None:
            return False
        ended = update(outbox).where(outbox.c.id == row)
        await connection.execute(ended.values(state=OutboxState.ELSEWHERE, finished_at=now, error=error))
        await _bring_settings(connection, store.vault, here, there)
        if message.lane == Lane.ANSWER:
            await _bring_talk(connection, message.person, store.vault.person(there))
        rest = () if message.elsewhere is None else store.vault.open_all(message.elsewhere, message.person)
        moves = message.moves + 1
        reply = reword(from_document(message.reply), (there.channel, there.account))
        await go_on(
            connection, store.vault, message, (there, *rest), climbed=climbed, now=now, moves=moves, reply=reply
        )
        return True

    return await store.write(job, wake=[TOPIC])


async def _stand_in(
    connection: Transaction,
    vault: Vault,
    pool: Pool,
    *,
    message: Row[Any],
    here: Address,
    climbed: Row[Any] | None,
    now: datetime,
) -> Address | None:
    """The same person on the heaviest other account that can take the message."""
    taken = await ladder.visited(connection, climbed) or ()
    weights = await weights_of(connection, pool)
    others = [member for member in pool.takers(form="form" in message.reply) if member != (here.channel, here.account)]
    for member in sorted(others, key=lambda one: -weights[one]):
        there = _at(here, member)
        if vault.person(there) in taken or await refuses(connection, vault, there, Lane(message.lane)):
            continue
        if not await is_troubled(connection, member, errors=TROUBLED, now=now):
            return there
    return None


def _at(address: Address, member: Member) -> Address:
    return replace(address, channel=member[0], account=member[1])


async def _address(connection: Transaction, vault: Vault, message: Row[Any]) -> Address | None:
    known = select(conversations.c.sealed).where(conversations.c.person == message.person)
    sealed = await connection.scalar(known)
    try:
        return None if sealed is None else vault.open(sealed, message.person)
    except StoreError:
        return None


async def _bring_settings(connection: Transaction, vault: Vault, here: Address, there: Address) -> None:
    """Who is new on the other account has the language and the wish for diacritics there that they have here."""
    columns = (conversations.c.language, conversations.c.accents)
    known = (
        await connection.execute(select(*columns).where(conversations.c.person == vault.person(here)))
    ).one_or_none()
    language, accents = ("vi", 0) if known is None else (known.language, known.accents)
    await introduce(connection, vault, there, language=language, accents=accents)


async def _bring_talk(connection: Transaction, here: str, there: str) -> None:
    """Let the talk go on over there as it stands here, unless something newer was said there."""
    talk = conversations.c
    row = (await connection.execute(select(conversations).where(talk.person == here))).one()
    older = talk.updated_at.is_(None)
    if row.updated_at is not None:
        older |= talk.updated_at < row.updated_at
    over_there = update(conversations).where(talk.person == there, older)
    said = {"state": row.state, "data": row.data, "choices": row.choices, "updated_at": row.updated_at}
    await connection.execute(over_there.values(**said, version=talk.version + 1))
