"""A people file is taken over into the roster, row by row. Pure.

Whoever has the same phone, or the same name and e-mail, is the same person; the same name alone is not, except within
one agency where one of the two has no phone and no e-mail. What a row leaves blank it does not say: nothing that is
known goes by it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.core.errors import TracuuError
from bot.core.obligations.agency import Agency, name_key, same_name
from bot.core.obligations.roster import UNDETERMINED, PersonEntry, PersonRow, PostEntry, Roster

_DAY = timedelta(days=1)


class RowError(TracuuError):
    """A row that cannot be used; the sentence says why and holds no number."""


class Enrolment:
    """A file on its way into ``roster``, on the day ``today``.

    Afterwards ``notices`` are what somebody should look at, with the line.
    """

    def __init__(self, roster: Roster, *, today: date) -> None:
        self.notices: list[tuple[int, str]] = []
        self._today = today
        self._version = roster.version
        self._agencies, self._people, self._posts = [*roster.agencies], [*roster.people], [*roster.posts]
        self._told_in: dict[tuple[str, int], int] = {}

    @property
    def roster(self) -> Roster:
        """The roster with everything that was taken over so far."""
        return Roster(
            agencies=tuple(self._agencies),
            people=tuple(self._people),
            posts=tuple(self._posts),
            version=self._version,
        )

    def take(self, row: PersonRow) -> None:
        """Take ``row`` over. Raises RowError, with nothing changed by it."""
        before = self._agencies[:], self._people[:], self._posts[:], dict(self._told_in), self.notices[:]
        try:
            agency = self._take_agency(row)
            if row.name:
                self._take_post(row, self._take_person(row, agency), agency)
        except RowError:
            self._agencies, self._people, self._posts, self._told_in, self.notices = before
            raise

    def _take_agency(self, row: PersonRow) -> int:
        at = self._find_agency(row)
        if at is None:
            if row.kind is None:
                raise RowError("agency_kind is empty and the agency is not known yet")
            self._check_names(row, len(self._agencies))
            self._agencies.append(
                Agency(
                    id=-1 - len(self._agencies),
                    province=row.province,
                    name=row.agency,
                    kind=row.kind,
                    rule_set=row.rule_set or "",
                    applied_by=row.applied_by,
                    aliases=row.aliases,
                )
            )
            self._told_in["agency", len(self._agencies) - 1] = row.line
            return len(self._agencies) - 1
        self._check_names(row, at)
        self._update_agency(row, at)
        self._told_in.setdefault(("agency", at), row.line)
        return at

    def _find_agency(self, row: PersonRow) -> int | None:
        """The agency of that name, else the one that the name without all its diacritics can only mean."""
        here = [(at, one) for at, one in enumerate(self._agencies) if one.province == row.province]
        for at, one in here:
            if name_key(one.name) == name_key(row.agency):
                return at
        like = [(at, one) for at, one in here if same_name(row.agency, one.name)]
        if len(like) > 1:
            raise RowError(f"{row.agency} may be {' or '.join(one.name for _, one in like)}: write the diacritics")
        return like[0][0] if like else self._find_renamed(row, here)

    def _find_renamed(self, row: PersonRow, here: Sequence[tuple[int, Agency]]) -> int | None:
        """The one known agency whose name is an alias in the row, and of which the file said nothing before: it is
        called otherwise now."""
        former = {name_key(alias) for alias in row.aliases}
        found = [at for at, one in here if name_key(one.name) in former and one.id > 0]
        return found[0] if len(found) == 1 and ("agency", found[0]) not in self._told_in else None

    def _check_names(self, row: PersonRow, at: int) -> None:
        """No two agencies of a province share a name or an alias: whose an item is, must be certain."""
        mine = {name_key(name) for name in (row.agency, *row.aliases)}
        for place, other in enumerate(self._agencies):
            if place == at or other.province != row.province:
                continue
            if mine & {name_key(name) for name in (other.name, *other.aliases)}:
                raise RowError(f"a name or alias of {row.agency} is one of {other.name} as well")

    def _update_agency(self, row: PersonRow, at: int) -> None:
        known, line = self._agencies[at], self._told_in.get(("agency", at))
        said = {"kind": row.kind, "rule_set": row.rule_set, "applied_by": row.applied_by or None}
        news = {name: value for name, value in said.items() if value is not None and value != getattr(known, name)}
        if line is not None:
            for name in news:
                if getattr(known, name):
                    raise RowError(f"{name} of {row.agency} is {getattr(known, name)} in line {line}")
        if row.rule_set is None and known.rule_set and line is None and known.id > 0:
            self.notices.append(
                (row.line, f"{row.agency} stays bound by {known.rule_set}; write “{UNDETERMINED}” to end that")
            )
        name = known.name if same_name(row.agency, known.name) else row.agency
        if name != known.name:
            self.notices.append((row.line, f"{known.name} is now called {name}: the old name stays as an alias"))
        aliases = tuple(one for one in dict.fromkeys((*known.aliases, *row.aliases)) if name_key(one) != name_key(name))
        since = None if "rule_set" in news else known.recorded_on
        changed: dict[str, Any] = {**news, "name": name, "aliases": aliases, "recorded_on": since}
        self._agencies[at] = replace(known, **changed)

    # people

    def _take_person(self, row: PersonRow, agency: int) -> int:
        at = self._find_person(row, agency)
        if at is None:
            self._people.append(PersonEntry(id=-1 - len(self._people), name=row.name, phone=row.phone, email=row.email))
            at = len(self._people) - 1
        else:
            self._update_person(row, at)
        self._told_in.setdefault(("person", at), row.line)
        return at

    def _find_person(self, row: PersonRow, agency: int) -> int | None:
        people = list(enumerate(self._people))
        by_phone = next((at for at, one in people if row.phone and one.phone == row.phone), None)
        mine = (at for at, one in people if row.email and one.email == row.email and same_name(one.name, row.name))
        by_email = next(mine, None)
        if by_phone is not None and by_email is not None and by_phone != by_email:
            raise RowError("the phone is one person's, the name and e-mail are another's")
        if by_phone is not None or by_email is not None:
            return by_phone if by_phone is not None else by_email
        return self._find_colleague(row, agency)

    def _find_colleague(self, row: PersonRow, agency: int) -> int | None:
        """Who is called so in the same agency, where the row or what is known has no phone and no e-mail."""
        here = dict.fromkeys(post.person for post in self._posts if post.agency == agency)
        alike = [at for at in here if same_name(self._people[at].name, row.name)]
        silent = not row.phone and not row.email
        same = [at for at in alike if silent or not (self._people[at].phone or self._people[at].email)]
        if len(same) > 1:
            raise RowError(f"several people of {row.agency} are called {row.name}: give the phone or e-mail")
        if not same and alike:
            other = "there is one of that name with another phone or e-mail"
            self.notices.append((row.line, f"{row.name} of {row.agency} is taken for somebody else: {other}"))
        return same[0] if same else None

    def _update_person(self, row: PersonRow, at: int) -> None:
        known, line = self._people[at], self._told_in.get(("person", at))
        if not same_name(known.name, row.name):
            if line is not None:
                raise RowError(f"the phone is that of {known.name} in line {line}")
            self.notices.append((row.line, f"{known.name} is now called {row.name}: the phone is the same"))
        if line is not None and row.phone and known.phone and row.phone != known.phone:
            raise RowError(f"{row.name} has another phone in line {line}")
        self._people[at] = replace(known, name=row.name, phone=row.phone or known.phone, email=row.email or known.email)

    # posts

    def _take_post(self, row: PersonRow, person: int, agency: int) -> None:
        start = row.since or (self._today if row.replaces else None)
        if row.replaces:
            self._end_predecessor(row, person, agency, start or self._today)
        at = self._find_post(row, person, agency)
        if at is None:
            self._posts.append(
                PostEntry(
                    id=-1 - len(self._posts),
                    person=person,
                    agency=agency,
                    role=row.role,
                    unit=row.unit,
                    since=start,
                    until=row.until,
                )
            )
            return
        known = self._posts[at]
        if row.since is None and row.until is None and known.until and known.until < self._today:
            self.notices.append(
                (row.line, f"{row.name} left this post on {known.until.isoformat()}; give “from” for a new one")
            )
        self._posts[at] = replace(
            known,
            unit=row.unit or known.unit,
            since=row.since or known.since,
            until=row.until or known.until,
        )

    def _find_post(self, row: PersonRow, person: int, agency: int) -> int | None:
        """The post that the row speaks of: of several one after another the one at that time, else the last."""
        mine = [
            at
            for at, post in enumerate(self._posts)
            if (post.person, post.agency, post.role) == (person, agency, row.role)
            and (not row.unit or not post.unit or same_name(post.unit, row.unit))
        ]
        if row.since is None:
            return mine[-1] if mine else None
        for at in mine:
            if _overlap(self._posts[at], row.since, row.until):
                return at
        return None

    def _end_predecessor(self, row: PersonRow, person: int, agency: int, start: date) -> None:
        held = [
            at
            for at, post in enumerate(self._posts)
            if (post.agency, post.role) == (agency, row.role)
            and post.person != person
            and same_name(self._people[post.person].name, row.replaces)
        ]
        if not held:
            raise RowError(f"nobody called {row.replaces} is or was {row.role} of {row.agency}")
        open_ = [at for at in held if (until := self._posts[at].until) is None or until >= start]
        if len(open_) > 1:
            raise RowError(f"several people called {row.replaces} are {row.role} of {row.agency}")
        for at in open_:
            last = start - _DAY
            if (since := self._posts[at].since) and since > last:
                raise RowError(f"{row.replaces} is in that post only since {since.isoformat()}")
            self._posts[at] = replace(self._posts[at], until=last)


def _overlap(post: PostEntry, since: date, until: date | None) -> bool:
    return (post.until is None or post.until >= since) and (until is None or post.since is None or post.since <= until)
