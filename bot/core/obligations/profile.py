"""A province's decision: whether it is in force, whom it names, and the rules of it that give dates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.core.obligations.rule import Bearer, Rule


class ProfileStatus(StrEnum):
    """How a decision stands. Only one IN_FORCE urges anybody without having been confirmed in writing."""

    IN_FORCE = "in_force"
    PRESUMED_IN_FORCE_TERRITORIAL = "presumed_in_force_territorial"
    DRAFT_UNCONFIRMED = "draft_unconfirmed"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDecision:
    """The decision itself; ``article`` says from when it is valid. ``number`` and days are empty in a draft."""

    number: str = ""
    signed_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who has a role: as the text of the ``article`` names it, and what that office is called now (may be empty)."""

    name_in_text: str
    name_now: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urging:
    """How those who have duties are urged, by which ``article`` and on what ``basis`` that is read from it. ``heads``:
    who heads an agency is told as well, with the last reminder after the legal term."""

    heads: bool = False
    article: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What the profile ``id`` (of the province ``name``) says of duties. No duty lies before ``decision.valid_from``
    (ruling R12). ``successor`` is the province (its id) that the territory is now part of, empty = still itself."""

    id: str
    name: str
    status: ProfileStatus
    decision: SignedDecision
    successor: str = ""
    roles: Mapping[Bearer, Role] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    urging: Urging = Urging()

    def cite(self, rule: Rule) -> str:
        """How ``rule`` is cited: "khoản 6 Điều 13 QC kèm QĐ 112/2026/QĐ-UBND"; of a draft only the article."""
        return f"{rule.article} kèm QĐ {self.decision.number}" if self.decision.number else rule.article
