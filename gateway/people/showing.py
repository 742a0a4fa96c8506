"""Agencies, officers and what is missing among them, for people to read. Numbers are masked."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.core.members import Invitation, Member
from bot.core.obligations.agency import Agency, Officer, Post
from bot.core.obligations.roster import UNDETERMINED
from bot.core.obligations.staffing import Staffing
from bot.store.officers import BoundAddress
from bot.store.roster import Written
from gateway.people.documents import mask_email, mask_phone
from gateway.people.reading import PeopleReading
from gateway.people.survey import Survey

Say = Callable[[str], object]
_NAMED = 20


def show_import(
    reading: PeopleReading,
    notices: Sequence[tuple[int, str]],
    written: Written,
    survey: Survey,
    say: Say,
    *,
    dry_run: bool,
) -> None:
    """What an import did, or in a dry run would do."""
    if reading.unused:
        say(f"columns that are not used: {', '.join(reading.unused)}")
    for one in reading.rejected:
        place = f"sheet {one.sheet}, line" if one.sheet else "line"
        say(f"rejected: {place} {one.line}: {one.reason}")
    for line, text in notices:
        say(f"look at line {line}: {text}")
    say(
        f"agencies: {written.agencies_added} new, {written.agencies_changed} changed; "
        f"officers: {written.people_added} new, {written.people_changed} changed; "
        f"posts: {written.posts_added} new, {written.posts_changed} changed"
        + (f"; addresses unbound with an old number: {written.unbound}" if written.unbound else "")
        + (" (dry run: nothing was written)" if dry_run else "")
    )
    show_survey(survey, say)


def show_survey(survey: Survey, say: Say) -> None:
    """What is missing, a line each."""
    _list(say, "no officer", [agency.name for agency in survey.vacant])
    _list(say, "officers whom no message reaches", [agency.name for agency in survey.unreachable])
    _list(say, "nobody can be reminded", [agency.name for agency in survey.silent])
    _list(say, "the last officer leaves", [f"{one.agency.name} on {one.until.isoformat()}" for one in survey.leaving])
    _list(say, f"rule set {UNDETERMINED}, no deadline", [agency.name for agency in survey.without_rule_set])
    _list(say, "no document says which rule set applies", [agency.name for agency in survey.without_document])
    _list(say, "not bound yet", [officer.name for officer in survey.unbound])
    _list(say, "bound, but refusing us", [officer.name for officer in survey.refused])
    printed = [f"{one.name} ({one.territory}: {one.items} items, {one.datasets} datasets)" for one in survey.unmatched]
    _list(say, "printed in a catalogue, but no known agency", printed)


def show_agency(agency: Agency, staffing: Staffing, say: Say) -> None:
    """An agency on one line."""
    bound_by = f"{agency.rule_set} ({agency.applied_by})" if agency.applied_by else agency.rule_set
    gaps = f"\t{', '.join(sorted(staffing.gaps))}" if staffing.gaps else ""
    say(f"{agency.name}\t{agency.kind}\t{agency.province}\t{bound_by or UNDETERMINED}{gaps}")


def show_officer(
    officer: Officer,
    post: Post,
    contact: tuple[str, str],
    bound: Mapping[int, Sequence[BoundAddress]],
    say: Say,
) -> None:
    """An officer in one post on one line."""
    phone, email = contact
    span = f"{post.since or '…'} – {post.until or '…'}" if post.since or post.until else ""
    reach = ", ".join(
        one.address.channel + ("" if one.reachable else " (refuses us)") for one in bound.get(officer.id, ())
    )
    cells = (post.unit, mask_phone(phone), mask_email(email), span, reach or "not bound")
    say(f"  {officer.id}\t{officer.name}\t{post.role}\t" + "\t".join(filter(None, cells)))


def show_member(member: Member, say: Say) -> None:
    """A membership on one line."""
    state = f"left {member.unbound_at:%Y-%m-%d}" if member.unbound_at else "bound"
    say(f"{member.number}\t{member.name}\t{member.role}\t{member.channel}/{member.account}\t{state}")


def show_invitation(one: Invitation, say: Say) -> None:
    """An open invitation on one line."""
    where = f"{one.channel}/{one.account}" if one.channel else "anywhere"
    tried = f"\t{one.wrong} wrong attempts" if one.wrong else ""
    say(f"–\t{one.name}\t{one.role}\t{where}\tinvited until {one.expires_at:%Y-%m-%d}\tno. {one.number}{tried}")


def _list(say: Say, what: str, names: Iterable[str]) -> None:
    known = list(names)
    if known:
        shown = "; ".join(known[:_NAMED]) + (" …" if len(known) > _NAMED else "")
        say(f"{what} ({len(known)}): {shown}")
