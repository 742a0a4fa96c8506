"""The roster of agencies, people and posts, and what a row of a people file says of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.core.obligations.agency import Agency, AgencyKind, Officer, Post, PostRole

UNDETERMINED = "chưa xác định"
"""What a rule set is called that nobody has determined; written into a file it ends the one that is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A row of a people file. ``name`` is empty where it only names an agency; None is what it does not say.

    ``rule_set`` "" ends the one that is recorded; ``replaces`` is the name of whoever had the post before.
    """

    line: int
    sheet: str = ""
    province: str
    agency: str
    kind: AgencyKind | None = None
    rule_set: str | None = None
    applied_by: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = ""
    name: str = ""
    role: PostRole = PostRole.OFFICER
    phone: str = ""
    email: str = ""
    since: date | None = None
    until: date | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyEntry:
    """An agency of the roster; ``id`` is None until it is stored."""

    id: int | None
    province: str
    name: str
    kind: AgencyKind
    rule_set: str = ""
    applied_by: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEntry:
    """A person of the roster, with the phone (E.164) and e-mail by which they are the same in another row."""

    id: int | None
    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEntry:
    """A post: ``person`` and ``agency`` are positions in the roster."""

    id: int | None
    person: int
    agency: int
    role: PostRole
    unit: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody by position; ``version`` grows with every change of the store."""

    agencies: tuple[AgencyEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()
    posts: tuple[PostEntry, ...] = ()
    version: int = 0

    def agencies_by_id(self) -> dict[int, Agency]:
        """The agencies; one that is not stored yet has a number below zero."""
        return {
            _number(one.id, at): Agency(
                id=_number(one.id, at),
                province=one.province,
                name=one.name,
                kind=one.kind,
                rule_set=one.rule_set,
                applied_by=one.applied_by,
                aliases=one.aliases,
            )
            for at, one in enumerate(self.agencies)
        }

    def officers_by_id(self, reachable: Collection[int]) -> dict[int, Officer]:
        """The people with their posts; one who is not stored yet has a number below zero. ``reachable`` are ids."""
        agencies = [_number(one.id, at) for at, one in enumerate(self.agencies)]
        people = [_number(one.id, at) for at, one in enumerate(self.people)]
        held: dict[int, list[Post]] = {number: [] for number in people}
        for one in self.posts:
            post = Post(
                officer=people[one.person],
                agency=agencies[one.agency],
                role=one.role,
                unit=one.unit,
                since=one.since,
                until=one.until,
            )
            held[post.officer].append(post)
        return {
            number: Officer(id=number, name=one.name, posts=tuple(held[number]), reachable=number in reachable)
            for number, one in zip(people, self.people, strict=True)
        }


def _number(stored: int | None, at: int) -> int:
    return -1 - at if stored is None else stored
