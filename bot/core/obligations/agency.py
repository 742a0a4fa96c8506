"""The agencies that have duties, and the officers who bear them."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bot.core.text import contradicts, fold, normalise

_WORD = re.compile(r"\w+")


class AgencyKind(StrEnum):
    """What an agency is. The district level ended on 1 July 2025 and has no duties any more."""

    DEPARTMENT = "department"
    COMMUNE = "commune"
    WARD = "ward"
    SPECIAL_ZONE = "special_zone"
    PUBLIC_UNIT = "public_unit"


class PostRole(StrEnum):
    """What somebody is in an agency. Several officers of one agency (and unit) are a focal unit: each is reminded."""

    OFFICER = "officer"
    DEPUTY = "deputy"
    HEAD = "head"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency of ``province``, bound by the decision of the profile ``rule_set``; ``applied_by`` is the document
    that says so.

    An empty ``rule_set`` is "chưa xác định": it has no deadline. ``recorded_on`` is the day since which it is on
    record that this one binds it, None = always. ``aliases`` are other names that catalogues print.
    """

    id: int
    province: str
    name: str
    kind: AgencyKind
    rule_set: str = ""
    applied_by: str = ""
    aliases: tuple[str, ...] = ()
    recorded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """That ``officer`` is ``role`` in ``agency`` (and its ``unit``), ``since`` and ``until`` which day (both included,
    None = open)."""

    officer: int
    agency: int
    role: PostRole
    unit: str = ""
    since: date | None = None
    until: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether somebody holds it on ``day``."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who holds ``posts``, maybe in several agencies. Phone and e-mail stay in the store, sealed.

    ``reachable``: at least one address of one of our accounts is bound to them by a code and does not refuse us.
    """

    id: int
    name: str
    posts: tuple[Post, ...] = ()
    reachable: bool = False


@lru_cache(100_000)
def name_key(name: str) -> str:
    """The form in which the name of an agency is unique in its province: neither case, punctuation nor the place of a
    tone mark matters. Diacritics do: xã Sơn Hạ and xã Sơn Hà are two.
    """
    return " ".join(_WORD.findall(normalise(name)))


def same_name(one: str, other: str) -> bool:
    """Whether ``one`` can be read as ``other``: missing diacritics say nothing, different ones tell names apart."""
    mine, theirs = name_key(one), name_key(other)
    return mine == theirs or (
        _folded(mine) == _folded(theirs) and not (contradicts(mine, theirs) and contradicts(theirs, mine))
    )


@lru_cache(100_000)
def _folded(key: str) -> str:
    return fold(key)
