"""Officers and staff: invitations by a one-time code, the addresses that were bound by them, and guessing.

Of a code only its keyed hash is kept. A name goes with the address that it belongs to when that is erased.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from bot.core.answer_code import normalise_code
from bot.core.errors import ConflictError
from bot.core.members import WRONG_IN_TOTAL, WRONG_PER_PERSON, WRONG_WITHIN, Invitation, Member, Role, counts_here
from bot.core.messages import Address
from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.tables import invitations, members, strangers, wrong_codes
from bot.store.transaction import Transaction
from bot.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who is invited: ``channel`` and ``account`` are where the code counts, both empty = anywhere."""

    name: str
    role: Role
    channel: str = ""
    account: str = ""


async def invite(store: Store, guest: Guest, code: str, *, now: datetime, expires_at: datetime) -> Invitation:
    """Keep an invitation with ``code``, which nobody can read here afterwards."""
    values = {
        "name": guest.name,
        "role": guest.role,
        "channel": guest.channel,
        "account": guest.account,
        "invited_at": now,
        "expires_at": expires_at,
    }
    row = insert(invitations).values(code=_hash(store.vault, code), **values).returning(invitations.c.id)

    async def job(connection: Transaction) -> int:
        return int((await connection.execute(row)).scalar_one())

    number = await store.write(job)
    return Invitation(number=number, **{**values, "role": guest.role})  # type: ignore[arg-type]


async def list_members(store: Store) -> list[Member]:
    """Everybody who is or was bound, the newest first."""
    async with store.read() as connection:
        found = await connection.execute(select(members).order_by(members.c.id.desc()))
        return [_member(row) for row in found]


async def list_invitations(store: Store, *, now: datetime) -> list[Invitation]:
    """The invitations that still count, the newest first."""
    open_ = select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > now)
    async with store.read() as connection:
        return [_invitation(row) for row in await connection.execute(open_.order_by(invitations.c.id.desc()))]


async def unbind(store: Store, number: int, *, now: datetime) -> Member | None:
    """End a membership; None when there is none with that number. Safe to repeat."""

    async def job(connection: Transaction) -> Member | None:
        mine = members.c.id == number
        await connection.execute(update(members).where(mine, members.c.unbound_at.is_(None)).values(unbound_at=now))
        row = (await connection.execute(select(members).where(mine))).one_or_none()
        return None if row is None else _member(row)

    return await store.write(job)


async def find_member(store: Store, address: Address) -> Member | None:
    """Whoever is bound to ``address`` now."""
    mine = select(members).where(members.c.person == store.vault.person(address), members.c.unbound_at.is_(None))
    async with store.read() as connection:
        row = (await connection.execute(mine)).one_or_none()
    return None if row is None else _member(row)


async def find_invitation(store: Store, address: Address, code: str, *, now: datetime) -> Invitation | None:
    """The invitation that ``code`` opens from ``address`` at ``now``.

    None when there is no such code, it was used, is over or counts elsewhere – and when too many were wrong lately:
    whoever asks cannot tell these apart.
    """
    person = store.vault.person(address)
    since = wrong_codes.c.at > now - WRONG_WITHIN
    own = func.count().filter(wrong_codes.c.person == person)
    usable = select(invitations).where(
        invitations.c.code == _hash(store.vault, code),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > now,
    )
    async with store.read() as connection:
        mine, everybody = (await connection.execute(select(own, func.count()).where(since))).one()
        row = (await connection.execute(usable)).one_or_none()
    if row is None or mine >= WRONG_PER_PERSON or everybody >= WRONG_IN_TOTAL:
        return None
    found = _invitation(row)
    return found if counts_here(found, address) else None


async def bind(connection: Transaction, vault: Vault, address: Address, number: int, *, now: datetime) -> None:
    """Use invitation ``number`` up and bind ``address`` to whoever was invited; an earlier membership of it ends.

    Raises ConflictError when it was used meanwhile.
    """
    person = vault.person(address)
    mine = (invitations.c.id == number) & invitations.c.used_at.is_(None)
    guest = select(invitations.c.name, invitations.c.role).where(mine).with_for_update()
    row = (await connection.execute(guest)).one_or_none()
    if row is None:
        raise ConflictError("this invitation was used meanwhile")
    # the name goes on to the address, with which it can be forgotten
    await connection.execute(update(invitations).where(mine).values(used_at=now, name=""))
    before = update(members).where(members.c.person == person, members.c.unbound_at.is_(None))
    await connection.execute(before.values(unbound_at=now))
    place = {"person": person, "channel": address.channel, "account": address.account}
    await connection.execute(insert(members).values(**place, name=row.name, role=row.role, bound_at=now))
    await connection.execute(delete(strangers).where(strangers.c.person == person))


async def count_wrong(connection: Transaction, person: str, *, now: datetime) -> None:
    """One more code that was not right; those that no longer matter go."""
    await connection.execute(delete(wrong_codes).where(wrong_codes.c.at <= now - WRONG_WITHIN))
    await connection.execute(insert(wrong_codes).values(person=person, at=now))


async def told_at(store: Store, address: Address) -> datetime | None:
    """When whoever writes from ``address`` was last told whom the account is for."""
    mine = select(strangers.c.told_at).where(strangers.c.person == store.vault.person(address))
    async with store.read() as connection:
        at: datetime | None = await connection.scalar(mine)
    return at


async def note_told(connection: Transaction, person: str, *, now: datetime) -> None:
    """That they were told now."""
    values = {"person": person, "told_at": now}
    await upsert(connection, strangers, values, lambda new: {"told_at": new.told_at})


async def forget(store: Store, *, now: datetime, memberships: timedelta, others: timedelta) -> int:
    """Delete what ended long ago: a membership after ``memberships``; an invitation, a stranger after ``others``.

    Returns how many rows went.
    """
    old = now - others
    doomed = (
        delete(members).where(members.c.unbound_at < now - memberships),
        delete(invitations).where(or_(invitations.c.used_at < old, invitations.c.expires_at < old)),
        delete(wrong_codes).where(wrong_codes.c.at < now - WRONG_WITHIN),
        delete(strangers).where(strangers.c.told_at < old),
    )

    async def job(connection: Transaction) -> int:
        return sum([(await connection.execute(statement)).rowcount for statement in doomed])

    return await store.write(job)


def _hash(vault: Vault, code: str) -> str:
    return hmac.digest(vault.derive("invitation"), normalise_code(code).encode(), hashlib.sha256).hex()


def _member(row: Any) -> Member:
    return Member(
        number=row.id,
        name=row.name,
        role=Role(row.role),
        channel=row.channel,
        account=row.account,
        bound_at=row.bound_at,
        unbound_at=row.unbound_at,
    )


def _invitation(row: Any) -> Invitation:
    return Invitation(
        number=row.id,
        name=row.name,
        role=Role(row.role),
        channel=row.channel,
        account=row.account,
        invited_at=row.invited_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
