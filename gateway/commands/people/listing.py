"""``tracuu people list``: agencies with who stands behind them, officers, staff, and open invitations."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bot.core.members import Invitation, Member
from bot.core.obligations.staffing import Gap, Staff
from bot.store import members
from gateway.commands.people.importing import survey_everybody
from gateway.commands.people.options import AsJson, Everybody, Province, read_everybody, today
from gateway.people.documents import (
    describe_agency,
    describe_invitation,
    describe_member,
    describe_officer,
    describe_survey,
)
from gateway.people.showing import show_agency, show_invitation, show_member, show_officer, show_survey
from gateway.people.survey import Survey
from gateway.terminal import Terminal, now, print_json, run

_MISSING = frozenset({Gap.VACANT, Gap.UNREACHABLE, Gap.ENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What is listed."""

    everybody: Everybody
    bound: list[Member]
    invited: list[Invitation]
    survey: Survey


def add_listing(family: typer.Typer) -> None:
    """Add ``list`` to ``family``."""
    family.command("list", help="Agencies and officers; who is or was bound, and which invitations are open.")(
        list_command
    )


def list_command(
    context: typer.Context,
    province: Province = "",
    vacant: Annotated[bool, typer.Option(help="Only agencies without an officer whom a message reaches.")] = False,
    as_json: AsJson = False,
) -> None:
    """List agencies, officers, members and open invitations. Numbers are masked."""
    listed = run(_read(context.obj, province))
    staff = Staff(listed.everybody.officers.values())
    staffed = [(agency, staff.of(agency.id, today())) for agency in listed.everybody.agencies.values()]
    shown = [(agency, staffing) for agency, staffing in staffed if not vacant or staffing.gaps & _MISSING]
    here = {agency.id for agency, _ in shown}
    officers = [
        officer
        for officer in listed.everybody.officers.values()
        if not vacant or any(post.agency in here for post in officer.posts)
    ]
    known = listed.everybody.officers if province or vacant else None
    bound = [one for one in listed.bound if known is None or one.officer in known]
    invited = [one for one in listed.invited if known is None or one.officer in known]
    contacts = _contacts(listed.everybody)
    invitations = {one.officer: one for one in listed.invited if one.officer is not None}
    if as_json:
        print_json(
            {
                "agencies": [describe_agency(agency, staffing) for agency, staffing in shown],
                "officers": [
                    describe_officer(
                        one, contacts[one.id], listed.everybody.bound.get(one.id, ()), invitations.get(one.id)
                    )
                    for one in officers
                ],
                "members": [describe_member(member) for member in bound],
                "invitations": [describe_invitation(one) for one in invited],
                "report": describe_survey(listed.survey),
            }
        )
        return
    for agency, staffing in shown:
        show_agency(agency, staffing, typer.echo)
        for officer in officers:
            for post in officer.posts:
                if post.agency == agency.id:
                    show_officer(officer, post, contacts[officer.id], listed.everybody.bound, typer.echo)
    for member in bound:
        show_member(member, typer.echo)
    for one in invited:
        show_invitation(one, typer.echo)
    if listed.everybody.agencies:
        show_survey(listed.survey, typer.echo)
    elif not bound and not invited:
        typer.echo("nobody")


async def _read(terminal: Terminal, province: str) -> _Listed:
    async with terminal.store() as store:
        everybody = (await read_everybody(store)).of_province(province)
        return _Listed(
            everybody=everybody,
            bound=await members.list_members(store),
            invited=await members.list_invitations(store, now=now()),
            survey=await survey_everybody(store, everybody),
        )


def _contacts(everybody: Everybody) -> dict[Any, tuple[str, str]]:
    """Phone and e-mail by the id of an officer."""
    return {one.id: (one.phone, one.email) for one in everybody.roster.people}
