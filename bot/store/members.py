"""Officers and staff: invitations by a one-time code, the addresses that were bound by them, and guessing.

Of a code only its keyed hash is kept. A name goes with the address that it belongs to when that is erased.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from bot.core.answer_code import normalise_code
from bot.core.effects import RecordConsent
from bot.core.errors import ConflictError
from bot.core.members import (
    BEGINNING,
    WRONG_IN_TOTAL,
    WRONG_PER_CODE,
    WRONG_PER_PERSON,
    WRONG_WITHIN,
    Invitation,
    Member,
    Role,
    attempt_at,
    counts_here,
    same_medium,
)
from bot.core.messages import Address
from bot.store import consents
from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.leaving import end_memberships
from bot.store.tables import invitations, members, strangers, wrong_codes
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_ASKED_FOR = RecordConsent(topic="deadlines", given=True, evidence="KÍCH HOẠT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who is invited: ``channel`` and ``account`` are where the code counts, both empty = anywhere.

    ``officer`` is the id of an officer; None = whoever is called ``name``.
    """

    name: str
    role: Role
    channel: str = ""
    account: str = ""
    officer: int | None = None


async def invite(store: Store, guest: Guest, code: str, *, now: datetime, expires_at: datetime) -> Invitation:
    """Keep an invitation with ``code``, which nobody can read here afterwards. An officer has one: earlier ones end."""
    values = {
        "name": guest.name,
        "role": guest.role,
        "channel": guest.channel,
        "account": guest.account,
        "invited_at": now,
        "expires_at": expires_at,
    }
    secret = {"code": _hash(store.vault, code), "beginning": _hash(store.vault, normalise_code(code)[:BEGINNING])}
    row = insert(invitations).values(**secret, officer_id=guest.officer, **values).returning(invitations.c.id)

    async def job(connection: Transaction) -> int:
        if guest.officer is not None:
            await connection.execute(_close(invitations.c.officer_id == guest.officer, now=now))
        return int((await connection.execute(row)).scalar_one())

    number = await store.write(job)
    return Invitation(number=number, officer=guest.officer, **values)  # type: ignore[arg-type]


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
    """End a membership (:func:`bot.store.leaving.end_memberships`); None when there is none with that number. Safe to
    repeat."""

    async def job(connection: Transaction) -> Member | None:
        mine = members.c.id == number
        await end_memberships(connection, store.vault, mine, now=now)
        row = (await connection.execute(select(members).where(mine))).one_or_none()
        return None if row is None else _member(row)

    return await store.write(job)


async def revoke(store: Store, number: int, *, now: datetime) -> Invitation | None:
    """Close an invitation: its code opens nothing any more. None when none with that number is open."""

    async def job(connection: Transaction) -> Invitation | None:
        mine = invitations.c.id == number
        row = (await connection.execute(_close(mine, now=now).returning(invitations))).one_or_none()
        return None if row is None else _invitation(row)

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
        invitations.c.wrong < WRONG_PER_CODE,
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

    So does the one that an officer had on the same channel (:func:`bot.core.members.same_medium`): the old number hears
    nothing any more. Raises ConflictError when the invitation was used, revoked or closed meanwhile.
    """
    person = vault.person(address)
    mine = (invitations.c.id == number) & invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)
    open_ = mine & (invitations.c.wrong < WRONG_PER_CODE)
    guest = select(invitations.c.name, invitations.c.role, invitations.c.officer_id).where(open_).with_for_update()
    row = (await connection.execute(guest)).one_or_none()
    if row is None:
        raise ConflictError("this invitation was used meanwhile")
    # the name goes on to the address, with which it can be forgotten
    await connection.execute(update(invitations).where(mine).values(used_at=now, name=""))
    await end_memberships(connection, vault, members.c.person == person, now=now)
    place = {"person": person, "channel": address.channel, "account": address.account}
    values = {"name": row.name, "role": row.role, "bound_at": now, "officer_id": row.officer_id}
    if row.officer_id is not None:
        # a STOP that was said before, to whatever else, is not one to reminders that somebody now asks for
        await consents.record(connection, person, _ASKED_FOR, now=now)
        old = (members.c.officer_id == row.officer_id) & members.c.channel.in_(same_medium(address.channel))
        await end_memberships(connection, vault, old, now=now, instead=address)
    await connection.execute(insert(members).values(**place, **values))
    await connection.execute(delete(strangers).where(strangers.c.person == person))


async def count_wrong(connection: Transaction, vault: Vault, person: str, code: str, *, now: datetime) -> None:
    """One more ``code`` that was not right, also against invitations that begin like it; what matters no longer goes.

    (:func:`bot.core.members.attempt_at`)
    """
    if beginning := attempt_at(code):
        tried = invitations.c.beginning == _hash(vault, beginning)
        counted = update(invitations).where(tried, invitations.c.used_at.is_(None))
        await connection.execute(counted.values(wrong=invitations.c.wrong + 1))
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


def _close(which: ColumnElement[bool], *, now: datetime) -> Any:
    """The statement that ends open invitations."""
    open_ = invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)
    return update(invitations).where(which, open_).values(expires_at=now)


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
        officer=row.officer_id,
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
        officer=row.officer_id,
        wrong=row.wrong,
    )
