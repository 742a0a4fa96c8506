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
class PersonEntry:
    """A person of the roster, with the phone (E.164) and e-mail by which they are the same in another row."""

    id: int
    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEntry:
    """A post: ``person`` and ``agency`` are positions in the roster."""

    id: int
    person: int
    agency: int
    role: PostRole
    unit: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody by position; an ``id`` below zero is of what is not stored yet. ``version`` grows with every change of
    the store."""

    agencies: tuple[Agency, ...] = ()
    people: tuple[PersonEntry, ...] = ()
    posts: tuple[PostEntry, ...] = ()
    version: int = 0

    def officers_by_id(self, reachable: Collection[int]) -> dict[int, Officer]:
        """The people with their posts. ``reachable`` are ids."""
        held: dict[int, list[Post]] = {one.id: [] for one in self.people}
        for one in self.posts:
            post = Post(
                officer=self.people[one.person].id,
                agency=self.agencies[one.agency].id,
                role=one.role,
                unit=one.unit,
                since=one.since,
                until=one.until,
            )
            held[post.officer].append(post)
        return {
            one.id: Officer(id=one.id, name=one.name, posts=tuple(held[one.id]), reachable=one.id in reachable)
            for one in self.people
        }
