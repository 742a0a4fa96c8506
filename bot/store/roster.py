"""The roster in the store: agencies, people with their sealed contacts, posts; read and written as a whole.

A phone is found again by its keyed hash; the number and the e-mail themselves are sealed.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, insert, select, update

from bot.core.errors import ConflictError
from bot.core.members import TELEPHONES
from bot.core.messages import Address
from bot.core.obligations.agency import Agency, PostRole, name_key
from bot.core.obligations.roster import PersonEntry, PostEntry, Roster
from bot.store.agencies import to_agency
from bot.store.engine import Store
from bot.store.fact import count_up, read_fact
from bot.store.leaving import end_memberships
from bot.store.tables import agencies, members, officers, posts
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_VERSION = "roster version"
_PURPOSE = "officer contact"
_E = TypeVar("_E", Agency, PersonEntry, PostEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How much a file changed: rows that are new, and rows that are different now. ``unbound`` memberships ended
    because their telephone number is not the officer's any more."""

    agencies_added: int = 0
    agencies_changed: int = 0
    people_added: int = 0
    people_changed: int = 0
    posts_added: int = 0
    posts_changed: int = 0
    unbound: int = 0


async def read_roster(store: Store) -> Roster:
    """Everybody, with their contacts opened. Raises StoreError when these do not fit the key."""
    version = int(await read_fact(store, _VERSION) or 0)
    async with store.read() as connection:
        found = (await connection.execute(select(agencies).order_by(agencies.c.id))).all()
        known = (await connection.execute(select(officers).order_by(officers.c.id))).all()
        held = (await connection.execute(select(posts).order_by(posts.c.id))).all()
    at_agency = {row.id: at for at, row in enumerate(found)}
    at_person = {row.id: at for at, row in enumerate(known)}
    return Roster(
        agencies=tuple(map(to_agency, found)),
        people=tuple(_to_person(store.vault, row) for row in known),
        posts=tuple(_to_post(row, at_person[row.officer_id], at_agency[row.agency_id]) for row in held),
        version=version,
    )


async def save_roster(store: Store, before: Roster, after: Roster, *, now: datetime) -> Written:
    """Write what ``after`` has that ``before``, as it was read, has not; nothing when they are the same.

    Raises ConflictError when somebody else wrote meanwhile.
    """

    async def job(connection: Transaction) -> Written:
        if await count_up(connection, _VERSION) != before.version + 1:
            raise ConflictError("somebody else changed agencies or officers meanwhile: try again")
        return await _Writing(connection=connection, vault=store.vault, now=now).write(before, after)

    if (before.agencies, before.people, before.posts) == (after.agencies, after.people, after.posts):
        return Written()
    return await store.write(job)


def compare_rosters(before: Roster, after: Roster) -> Written:
    """What writing ``after`` over ``before`` would change, but for what comes of it."""
    agencies_added, agencies_changed = _count(before.agencies, after.agencies)
    people_added, people_changed = _count(before.people, after.people)
    posts_added, posts_changed = _count(before.posts, after.posts)
    return Written(
        agencies_added=agencies_added,
        agencies_changed=agencies_changed,
        people_added=people_added,
        people_changed=people_changed,
        posts_added=posts_added,
        posts_changed=posts_changed,
    )


def phone_hash(vault: Vault, phone: str) -> str:
    """The keyed hash by which a phone (E.164) is found again."""
    return hmac.digest(vault.derive("officer phone"), phone.encode(), hashlib.sha256).hex()


def open_contact(vault: Vault, sealed: bytes | None) -> tuple[str, str]:
    """Phone and e-mail, each may be empty. Raises StoreError when they do not fit the key."""
    if sealed is None:
        return "", ""
    phone, email = json.loads(vault.open_bytes(sealed, _PURPOSE))
    return phone, email


async def forget_contacts(store: Store, *, before: date) -> int:
    """Forget phone and e-mail of whoever held the last post before the day ``before``. Returns how many officers."""
    holding = (posts.c.until.is_(None)) | (posts.c.until >= before)
    still = select(posts.c.id).where(posts.c.officer_id == officers.c.id, holding).exists()
    kept = officers.c.phone.is_not(None) | officers.c.sealed.is_not(None)

    async def job(connection: Transaction) -> int:
        return await _forget_contacts(connection, ~still & kept)

    return await store.write(job)


async def erase_person(connection: Transaction, vault: Vault, address: Address) -> int:
    """Forget phone and e-mail of the officer whose number ``address`` is. The name stays with the post and the record;
    the agency's next list gives the same officer a number again. Returns how many officers."""
    return await _forget_contacts(connection, officers.c.phone == phone_hash(vault, address.user))


async def _forget_contacts(connection: Transaction, which: ColumnElement[bool]) -> int:
    """The version grows: a file that is being taken over was read with the contacts."""
    gone = (await connection.execute(update(officers).where(which).values(phone=None, sealed=None))).rowcount
    if gone:
        await count_up(connection, _VERSION)
    return gone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """One transaction that writes a roster."""

    connection: Transaction
    vault: Vault
    now: datetime

    async def write(self, before: Roster, after: Roster) -> Written:
        agency_ids = await self._write_all(agencies, before.agencies, after.agencies, self._agency)
        people_ids = await self._write_all(officers, before.people, after.people, self._person)
        to_row = partial(self._post, people=people_ids, found=agency_ids)
        await self._write_all(posts, before.posts, after.posts, to_row)
        return replace(compare_rosters(before, after), unbound=await self._leave_old_numbers(before, after))

    async def _write_all(
        self, table: Table, before: Sequence[_E], after: Sequence[_E], to_row: Callable[[_E], Mapping[str, Any]]
    ) -> list[int]:
        """Write what is new or different. Returns the ids by position."""
        ids = []
        for at, entry in enumerate(after):
            if entry.id < 0:
                result = await self.connection.execute(insert(table).values(**to_row(entry)).returning(table.c.id))
                ids.append(int(result.scalar_one()))
                continue
            ids.append(entry.id)
            if entry != before[at]:
                await self.connection.execute(update(table).where(table.c.id == entry.id).values(**to_row(entry)))
        return ids

    def _agency(self, one: Agency) -> dict[str, Any]:
        first_told = {} if one.recorded_on else {"imported_at": self.now}
        return {
            "province": one.province,
            "key": name_key(one.name),
            "name": one.name,
            "kind": one.kind,
            "rule_set": one.rule_set,
            "applied_by": one.applied_by,
            "aliases": list(one.aliases),
            **first_told,
        }

    def _person(self, one: PersonEntry) -> dict[str, Any]:
        contact = json.dumps([one.phone, one.email]).encode()
        return {
            "name": one.name,
            "phone": phone_hash(self.vault, one.phone) if one.phone else None,
            "sealed": self.vault.seal_bytes(contact, _PURPOSE) if one.phone or one.email else None,
            "imported_at": self.now,
        }

    @staticmethod
    def _post(one: PostEntry, *, people: Sequence[int], found: Sequence[int]) -> dict[str, Any]:
        return {
            "officer_id": people[one.person],
            "agency_id": found[one.agency],
            "role": one.role,
            "unit": one.unit,
            "since": one.since,
            "until": one.until,
        }

    async def _leave_old_numbers(self, before: Roster, after: Roster) -> int:
        """End the memberships of telephone numbers that are their officers' no more."""
        ended = 0
        for old, new in zip(before.people, after.people, strict=False):
            if not old.phone or old.phone == new.phone:
                continue
            mine = members.c.officer_id == old.id
            live = select(members).where(mine, members.c.unbound_at.is_(None), members.c.channel.in_(TELEPHONES))
            for row in (await self.connection.execute(live)).all():
                number = Address(channel=row.channel, account=row.account, user=old.phone)
                if self.vault.person(number) == row.person:
                    await end_memberships(self.connection, self.vault, members.c.id == row.id, now=self.now)
                    ended += 1
        return ended


def _count(before: Sequence[_E], after: Sequence[_E]) -> tuple[int, int]:
    """How many entries are new, and how many different."""
    known = len(before)
    return len(after) - known, sum(one != other for one, other in zip(before, after, strict=False))


def _to_person(vault: Vault, row: Any) -> PersonEntry:
    phone, email = open_contact(vault, row.sealed)
    return PersonEntry(id=row.id, name=row.name, phone=phone, email=email)


def _to_post(row: Any, person: int, agency: int) -> PostEntry:
    return PostEntry(
        id=row.id,
        person=person,
        agency=agency,
        role=PostRole(row.role),
        unit=row.unit,
        since=row.since,
        until=row.until,
    )
