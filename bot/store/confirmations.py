"""Who confirmed a rule set in writing: without that, a profile that is not in force urges nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update

from bot.core.errors import TracuuError
from bot.core.obligations.digest import rules_digest
from bot.core.obligations.profile import ProfileStatus, RuleSet
from bot.core.record import Entry, EntryKind
from bot.store.engine import Store
from bot.store.record import append
from bot.store.tables import confirmations
from bot.store.transaction import Transaction

NEVER_CONFIRMED = frozenset({ProfileStatus.SUPERSEDED, ProfileStatus.REPEALED})
"""What does not apply any more cannot be confirmed."""


class Urging(StrEnum):
    """Whether a profile may urge anybody. OUTDATED: its rules have changed since they were confirmed."""

    IN_FORCE = "in_force"
    CONFIRMED = "confirmed"
    OUTDATED = "outdated"
    UNCONFIRMED = "unconfirmed"
    NEVER = "never"

    @property
    def allowed(self) -> bool:
        """Whether it may."""
        return self in {Urging.IN_FORCE, Urging.CONFIRMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """That ``by`` (an office) confirmed the rules with that ``digest`` in a document of ``signed_on``.

    ``basis`` names the document. It counts from ``at`` until ``revoked_at``.
    """

    number: int
    profile: str
    digest: str
    by: str
    signed_on: date
    basis: str
    at: datetime
    revoked_at: datetime | None

    def counts_for(self, rules: RuleSet) -> bool:
        """Whether it still lets ``rules``, as they are now, urge anybody."""
        return (
            self.profile == rules.id
            and self.revoked_at is None
            and rules.status not in NEVER_CONFIRMED
            and self.digest == rules_digest(rules)
        )


async def confirm(store: Store, rules: RuleSet, *, by: str, signed_on: date, basis: str, now: datetime) -> Confirmation:
    """Put on record that ``by`` confirmed ``rules`` in writing. Safe to repeat: the same one counts once.

    Raises TracuuError for a decision that does not apply any more.
    """
    if rules.status in NEVER_CONFIRMED:
        raise TracuuError(f"{rules.id}: the decision is {rules.status} and cannot be confirmed")
    said = {"profile": rules.id, "digest": rules_digest(rules), "by": by, "signed_on": signed_on, "basis": basis}
    table = confirmations.c
    same = select(confirmations).where(
        table.revoked_at.is_(None), *(table[key] == value for key, value in said.items())
    )

    async def job(connection: Transaction) -> Confirmation:
        row = (await connection.execute(same.limit(1))).one_or_none()
        if row is None:
            row = (
                await connection.execute(insert(confirmations).values(**said, at=now).returning(confirmations))
            ).one()
            shown = {**said, "signed_on": signed_on.isoformat()}
            await append(connection, Entry(kind=EntryKind.CONFIRMED, at=now, province=rules.id, document=shown))
        return _confirmation(row)

    return await store.write(job)


async def revoke(store: Store, profile: str, *, now: datetime) -> int:
    """Let every confirmation of ``profile`` count no more, and put that on record. Returns how many that were."""
    mine = (confirmations.c.profile == profile, confirmations.c.revoked_at.is_(None))

    async def job(connection: Transaction) -> int:
        ended = int((await connection.execute(update(confirmations).where(*mine).values(revoked_at=now))).rowcount)
        if ended:
            await append(connection, Entry(kind=EntryKind.REVOKED, at=now, province=profile))
        return ended

    return await store.write(job)


async def list_confirmations(store: Store) -> tuple[Confirmation, ...]:
    """Every one that is or was, the newest first."""
    async with store.read() as connection:
        rows = await connection.execute(select(confirmations).order_by(confirmations.c.id.desc()))
        return tuple(_confirmation(row) for row in rows)


async def read_confirmed(store: Store, rule_sets: Mapping[str, RuleSet]) -> Mapping[str, date]:
    """The profiles that may urge, each with the day from which it may: those in force from the first day on, those
    whose rules were confirmed as they are now from the day of the earliest document that does so."""
    told = await list_confirmations(store)
    return {rules.id: _since(rules, told) for rules in rule_sets.values() if urging_of(rules, told).allowed}


def urging_of(rules: RuleSet, told: Iterable[Confirmation]) -> Urging:
    """Whether ``rules`` may urge anybody, by the confirmations that were ``told``."""
    mine = [one for one in told if one.profile == rules.id and one.revoked_at is None]
    if rules.status in NEVER_CONFIRMED:
        return Urging.NEVER
    if rules.status is ProfileStatus.IN_FORCE:
        return Urging.IN_FORCE
    if any(one.counts_for(rules) for one in mine):
        return Urging.CONFIRMED
    return Urging.OUTDATED if mine else Urging.UNCONFIRMED


def _since(rules: RuleSet, told: Iterable[Confirmation]) -> date:
    if rules.status is ProfileStatus.IN_FORCE:
        return date.min
    return min(one.signed_on for one in told if one.counts_for(rules))


def _confirmation(row: Any) -> Confirmation:
    return Confirmation(
        number=row.id,
        profile=row.profile,
        digest=row.digest,
        by=row.by,
        signed_on=row.signed_on,
        basis=row.basis,
        at=row.at,
        revoked_at=row.revoked_at,
    )
