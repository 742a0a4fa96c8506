"""How people stand to us on their channel: when they last turned to us, if they can be reached, who talks there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from bot.core.messages import Address, Sign, SignKind
from bot.store.dialect import insert_if_new, upsert, upsert_all
from bot.store.engine import Store
from bot.store.tables import conversations, standings
from bot.store.transaction import Transaction

LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``interacted_at``: when the person last turned to us in a way that the provider counts; None = never as we know.

    ``unreachable_at``: since when the provider refuses what is for them, with its ``unreachable_code``.
    """

    interacted_at: datetime | None = None
    unreachable_at: datetime | None = None
    unreachable_code: str = ""


async def note(store: Store, signs: Sequence[Sign]) -> None:
    """Write down what people did; repeated, late and in any order it comes to the same. Returns after the commit.

    :attr:`SignKind.WITHDRAWN` is not for here: ``bot.store.erasure`` does it.
    """
    # in the order of persons, as everybody locks who takes several
    ordered = sorted((store.vault.person(sign.address), number, sign) for number, sign in enumerate(signs))

    async def job(connection: Transaction) -> None:
        # the way of every message: where nobody does anything but write, all go in one statement
        if all(sign.kind is SignKind.INTERACTED for _, _, sign in ordered):
            await _interacted(connection, [(person, sign) for person, _, sign in ordered])
            return
        for person, _, sign in ordered:
            await _note(connection, store, person, sign)

    if ordered:
        await store.write(job)


async def read_standing(store: Store, person: str) -> Standing:
    """What is known of ``person``."""
    columns = (standings.c.interacted_at, standings.c.unreachable_at, standings.c.unreachable_code)
    async with store.read() as connection:
        row = (await connection.execute(select(*columns).where(standings.c.person == person))).one_or_none()
    if row is None:
        return Standing()
    return Standing(
        interacted_at=row.interacted_at, unreachable_at=row.unreachable_at, unreachable_code=row.unreachable_code
    )


async def correct_interaction(store: Store, address: Address, *, believed: datetime | None, found: datetime) -> None:
    """The provider says that the person last turned to us at ``found``, not when we ``believed``.

    What has been written down since we read that is newer, and stays.
    """
    person = store.vault.person(address)
    row = {"person": person, "channel": address.channel, "account": address.account, "interacted_at": found}
    column = standings.c.interacted_at
    unchanged = column.is_(None) if believed is None else column == believed

    async def job(connection: Transaction) -> None:
        if not await insert_if_new(connection, standings, **row):
            wrong = update(standings).where(standings.c.person == person, unchanged)
            await connection.execute(wrong.values(interacted_at=found))

    await store.write(job)


async def mark_unreachable(connection: Transaction, person: str, address: Address, *, code: str, now: datetime) -> None:
    """The provider refuses what is for ``person``; since when stays as it was first noticed."""
    await upsert(
        connection,
        standings,
        {
            "person": person,
            "channel": address.channel,
            "account": address.account,
            "unreachable_at": now,
            "unreachable_code": code,
        },
        lambda new: {
            "unreachable_at": case(
                (standings.c.unreachable_at.is_(None), new.unreachable_at), else_=standings.c.unreachable_at
            ),
            "unreachable_code": new.unreachable_code,
        },
    )


async def mark_reachable(connection: Transaction, person: str) -> None:
    """Something reached ``person``, or came from there."""
    known = update(standings).where(standings.c.person == person, standings.c.unreachable_at.is_not(None))
    await connection.execute(known.values(unreachable_at=None, unreachable_code=""))


async def _note(connection: Transaction, store: Store, person: str, sign: Sign) -> None:
    match sign.kind:
        case SignKind.INTERACTED:
            await _interacted(connection, [(person, sign)])
        case SignKind.LEFT:
            await _leave(connection, person, sign)
        case SignKind.TAKEN_OVER:
            await _silence(connection, store, person, sign)
        case SignKind.WITHDRAWN:
            pass


async def _leave(connection: Transaction, person: str, sign: Sign) -> None:
    """Who has turned to us since then is not gone: providers repeat what was not answered in time."""
    row = {
        "person": person,
        "channel": sign.address.channel,
        "account": sign.address.account,
        "unreachable_at": sign.at,
        "unreachable_code": LEFT,
    }
    known = standings.c

    def news(new: Any) -> dict[str, Any]:
        over = known.unreachable_at.is_not(None) | (known.interacted_at > new.unreachable_at)
        return {
            "unreachable_at": case((over, known.unreachable_at), else_=new.unreachable_at),
            "unreachable_code": case((over, known.unreachable_code), else_=new.unreachable_code),
        }

    await upsert(connection, standings, row, news)


async def _interacted(connection: Transaction, signs: Sequence[tuple[str, Sign]]) -> None:
    """Later moments count; whoever turns to us after having left can be reached again."""
    rows = [
        {
            "person": person,
            "channel": sign.address.channel,
            "account": sign.address.account,
            "interacted_at": sign.at,
        }
        for person, sign in signs
    ]
    known = standings.c

    def news(new: Any) -> dict[str, Any]:
        later = known.interacted_at.is_(None) | (known.interacted_at < new.interacted_at)
        return {
            "interacted_at": case((later, new.interacted_at), else_=known.interacted_at),
            "unreachable_at": case((known.unreachable_at <= new.interacted_at, None), else_=known.unreachable_at),
        }

    await upsert_all(connection, standings, rows, news)


async def _silence(connection: Transaction, store: Store, person: str, sign: Sign) -> None:
    """Say nothing in this talk until the end of ``sign``, or later where that was settled already."""
    row = {
        "person": person,
        "channel": sign.address.channel,
        "account": sign.address.account,
        "sealed": store.vault.seal(sign.address, person),
        "state": "",
        "data": {},
        "choices": [],
        "language": "vi",
        "version": 0,
        "mail_count": 0,
        "silent_until": sign.until,
    }
    await upsert(
        connection,
        conversations,
        row,
        lambda new: {
            "silent_until": case(
                (
                    conversations.c.silent_until.is_(None) | (conversations.c.silent_until < new.silent_until),
                    new.silent_until,
                ),
                else_=conversations.c.silent_until,
            )
        },
    )
