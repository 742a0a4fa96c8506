"""Forget a person: everything that is stored about an address.

**What goes.** The talk with its sealed address, what the person wrote, what was answered or still waits to be sent,
by which addresses and what became of it, the mailbox of the web chat, how the person stands to us, what long buttons
under answers meant, which datasets the person follows, the address as another way for messages to somebody else, a
membership with its name, and the person in every ticket (that there was a report on these rows stays, see
``bot/store/tickets.py``) and among a bot's users (that a place is taken stays, see ``bot/store/budget.py``).

**Consents go as well.** A consent is kept as evidence for what we send; a withdrawal needs no evidence, for who has
never been asked gets nothing either. What remained would be a person's hash whose only use is to recognise somebody
who wants not to be recognised.

**An officer** is named by an agency, not by an address: the membership goes, the phone and e-mail of whoever has this
number as well. The name stays with the post, and acts, reminders and the record name the officer by id only.

**What stays** is, of each message, the provider's id of it, without person, words or anything that was made of them:
providers offer a message again for hours when our answer was lost, and it must not begin the talk anew. These rows go
with the age of others. The record of what agencies were urged to do (``bot/store/record.py``) is evidence of a legal
duty and has a time of its own: it names officers by id and by the name that they had in office, never by an address,
so nothing in it leads to an address that is erased. Answers, the counts of questions and what was published hold no
person. A backup is a copy of the past: it is as old as the operator lets it get, and restoring one means erasing again.

SQLite overwrites what it deletes; what its log still holds is gone with the next checkpoint. PostgreSQL does the same
at the next VACUUM.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, tuple_, update

from bot.core.balance import Member
from bot.core.errors import StoreError
from bot.core.messages import Address
from bot.store import budget, ladder, roster, tickets
from bot.store.engine import Store
from bot.store.tables import (
    consents,
    conversations,
    followers,
    follows,
    inbox,
    long_choices,
    mailbox,
    members,
    outbox,
    outbox_heads,
    outbox_parts,
    receipts,
    reply_slots,
    standings,
    strangers,
    wrong_codes,
)
from bot.store.transaction import Transaction
from bot.store.vault import Vault

_SLICE = 500
Erased = Mapping[str, int]
"""How many rows of each table were deleted or emptied; tables without any are left out."""


async def erase(store: Store, address: Address, *, now: datetime) -> Erased:
    """Forget whoever writes from ``address``, under every address that they are known by (:attr:`Vault.kin`), each in
    one transaction; returns after the commit. Safe to repeat.

    A message that is being handled or sent right now may still arrive; nothing is written about it any more.
    """
    kin, erased = store.vault.kin(address), Counter[str]()
    for one in kin:
        erased.update(await store.write(partial(_erase, vault=store.vault, address=one, now=now)))
    erased["outbox"] += await _strike_out(store, frozenset(kin))
    return +erased


async def places(store: Store) -> list[Member]:
    """Our accounts on which anybody is known, also those that we have no more."""
    known = select(conversations.c.channel, conversations.c.account).distinct()
    async with store.read() as connection:
        return sorted((row.channel, row.account) for row in await connection.execute(known))


async def _erase(connection: Transaction, *, vault: Vault, address: Address, now: datetime) -> Erased:
    person, user = vault.person(address), address.user
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        await connection.exec_driver_sql("PRAGMA secure_delete = ON")
    # in the order in which a turn is written and a message is sent, so that nobody waits for each other for ever
    counts = await ladder.erase_person(connection, person)  # first, as whoever climbs does
    counts["conversations"] = await _delete(connection, conversations, person)
    counts["inbox"] = await _empty_inbox(connection, person, user, now=now)
    counts["receipts"] = await _delete_receipts(connection, person)
    counts["outbox_parts"] = await _delete_parts(connection, person)
    for table in (outbox, outbox_heads, mailbox, reply_slots, standings, long_choices, consents):
        counts[table.name] = await _delete(connection, table, person)
    for table in (members, wrong_codes, strangers, follows, followers):
        counts[table.name] = await _delete(connection, table, person)
    counts["officers"] = await roster.erase_person(connection, vault, address)
    counts["budget_users"] = await budget.forget_person(connection, person)
    counts["tickets"] = await tickets.erase_person(connection, person)
    if sqlite:
        await connection.exec_driver_sql("PRAGMA secure_delete = OFF")
    return {name: count for name, count in counts.items() if count}


async def _delete(connection: Transaction, table: Table, person: str) -> int:
    return (await connection.execute(delete(table).where(table.c.person == person))).rowcount


async def _empty_inbox(connection: Transaction, person: str, user: str, *, now: datetime) -> int:
    """Leave of each message what the provider calls it, unless that names its author."""
    mine = inbox.c.person == person
    named = delete(inbox).where(mine, inbox.c.external_id.contains(user, autoescape=True))
    gone = (await connection.execute(named)).rowcount
    nothing: dict[str, object] = {"person": "", "body": {}, "state": "done", "error": None, "finished_at": now}
    return gone + (await connection.execute(update(inbox).where(mine).values(nothing))).rowcount


async def _delete_receipts(connection: Transaction, person: str) -> int:
    key = (outbox_parts.c.channel, outbox_parts.c.account, outbox_parts.c.provider_id)
    parts = select(*key).where(_is_part_of(person))
    mine = tuple_(receipts.c.channel, receipts.c.account, receipts.c.provider_id).in_(parts)
    return (await connection.execute(delete(receipts).where(mine))).rowcount


async def _delete_parts(connection: Transaction, person: str) -> int:
    return (await connection.execute(delete(outbox_parts).where(_is_part_of(person)))).rowcount


def _is_part_of(person: str) -> ColumnElement[bool]:
    return outbox_parts.c.outbox_id.in_(select(outbox.c.id).where(outbox.c.person == person))


async def _strike_out(store: Store, gone: Collection[Address]) -> int:
    """Take the addresses that are ``gone`` out of every message that may go there as well. Returns how many there were.

    They are looked for outside the write lane, a slice at a time: each has to be opened.
    """
    struck, last = 0, 0
    while True:
        more = select(outbox.c.id, outbox.c.person, outbox.c.elsewhere).where(outbox.c.elsewhere.is_not(None))
        async with store.read() as connection:
            found = (await connection.execute(more.where(outbox.c.id > last).order_by(outbox.c.id).limit(_SLICE))).all()
        changed = [(row, rest) for row in found if (rest := _without(store.vault, row, gone)) is not row.elsewhere]
        if changed:
            await store.write(partial(_rewrite, changed=changed))
            struck += len(changed)
        if len(found) < _SLICE:
            return struck
        last = found[-1].id


def _without(vault: Vault, row: Any, gone: Collection[Address]) -> bytes | None:
    """The ways of a message without those that are ``gone``, sealed; the same bytes where none of them is."""
    sealed: bytes = row.elsewhere
    try:
        ways = vault.open_all(sealed, row.person)
    except StoreError:
        return sealed
    rest = [way for way in ways if way not in gone]
    if len(rest) == len(ways):
        return sealed
    return vault.seal_all(rest, row.person) if rest else None


async def _rewrite(connection: Transaction, *, changed: Sequence[tuple[Any, bytes | None]]) -> None:
    for row, rest in changed:
        known = (outbox.c.id == row.id) & (outbox.c.elsewhere == row.elsewhere)
        await connection.execute(update(outbox).where(known).values(elsewhere=rest))
