"""Agencies, officers and what is missing among them as JSON documents. No phone, no e-mail is whole in any of them."""

from collections.abc import Sequence
from typing import Any

from bot.core.members import Invitation, Member
from bot.core.obligations.agency import Agency, Officer
from bot.core.obligations.staffing import Staffing
from bot.store.officers import BoundAddress
from bot.store.roster import Written
from gateway.people.reading import PeopleReading
from gateway.people.survey import Survey
from gateway.phone import write_number

_SHOWN = 3  # digits at the beginning of a number, and at its end


def mask_phone(phone: str) -> str:
    """A number (E.164) as lists show it: "091•••••78"; empty for none."""
    dialled = write_number(phone, "0") if phone else ""
    hidden = len(dialled) - 2 * _SHOWN + 1
    return f"{dialled[:_SHOWN]}{'•' * hidden}{dialled[-_SHOWN + 1 :]}" if hidden > 0 else "•" * len(dialled)


def mask_email(email: str) -> str:
    """An e-mail as lists show it: its first letter and where it is; empty for none."""
    name, at, host = email.partition("@")
    return f"{name[:1]}•••{at}{host}" if email else ""


def describe_agency(agency: Agency, staffing: Staffing | None = None) -> dict[str, Any]:
    """The document of an agency, with who stands behind it."""
    document = {
        "id": agency.id,
        "name": agency.name,
        "province": agency.province,
        "agency_kind": agency.kind,
        "rule_set": agency.rule_set or None,
        "applied_by": agency.applied_by,
        "agency_aliases": list(agency.aliases),
    }
    if staffing is None:
        return document
    return document | {
        "reminded": [officer.id for officer in staffing.officers],
        "silent": [officer.id for officer in staffing.silent],
        "heads": [officer.id for officer in staffing.heads],
        "approvers": [officer.id for officer in staffing.approvers],
        "ends_on": staffing.ends_on.isoformat() if staffing.ends_on else None,
        "gaps": sorted(staffing.gaps),
    }


def describe_officer(
    officer: Officer, contact: tuple[str, str], bound: Sequence[BoundAddress], invited: Invitation | None
) -> dict[str, Any]:
    """The document of an officer: ``contact`` are phone and e-mail, which are masked."""
    phone, email = contact
    return {
        "id": officer.id,
        "name": officer.name,
        "phone": mask_phone(phone),
        "email": mask_email(email),
        "posts": [
            {
                "agency": post.agency,
                "role": post.role,
                "unit": post.unit,
                "from": post.since.isoformat() if post.since else None,
                "to": post.until.isoformat() if post.until else None,
            }
            for post in officer.posts
        ],
        "bound": [
            {"channel": one.address.channel, "account": one.address.account, "reachable": one.reachable}
            for one in bound
        ],
        "reachable": officer.reachable,
        "invited_until": invited.expires_at.isoformat() if invited else None,
    }


def describe_member(member: Member) -> dict[str, Any]:
    """The document of a member. The address is not in it."""
    return {
        "number": member.number,
        "name": member.name,
        "role": member.role,
        "officer": member.officer,
        "channel": member.channel,
        "account": member.account,
        "bound_at": member.bound_at.isoformat(),
        "unbound_at": member.unbound_at.isoformat() if member.unbound_at else None,
    }


def describe_invitation(invitation: Invitation) -> dict[str, Any]:
    """The document of an invitation; its code is known to nobody here."""
    return {
        "number": invitation.number,
        "name": invitation.name,
        "role": invitation.role,
        "officer": invitation.officer,
        "channel": invitation.channel,
        "account": invitation.account,
        "invited_at": invitation.invited_at.isoformat(),
        "expires_at": invitation.expires_at.isoformat(),
        "wrong": invitation.wrong,
    }


def describe_survey(survey: Survey) -> dict[str, Any]:
    """What is missing."""
    return {
        "agencies": survey.agencies,
        "officers": survey.officers,
        "unmatched": [
            {"province": one.territory, "name": one.name, "items": one.items, "datasets": one.datasets}
            for one in survey.unmatched
        ],
        "without_rule_set": _names(survey.without_rule_set),
        "without_document": _names(survey.without_document),
        "vacant": _names(survey.vacant),
        "unreachable": _names(survey.unreachable),
        "nobody_to_remind": _names(survey.silent),
        "ending": [{"agency": one.agency.name, "to": one.until.isoformat()} for one in survey.leaving],
        "unbound": _names(survey.unbound),
        "refused": _names(survey.refused),
    }


def describe_import(
    reading: PeopleReading, notices: Sequence[tuple[int, str]], written: Written, survey: Survey, *, dry_run: bool
) -> dict[str, Any]:
    """What an import did, or in a dry run would do."""
    return {
        "dry_run": dry_run,
        "rows": len(reading.rows) + len(reading.rejected),
        "agencies": {"added": written.agencies_added, "changed": written.agencies_changed},
        "officers": {"added": written.people_added, "changed": written.people_changed},
        "posts": {"added": written.posts_added, "changed": written.posts_changed},
        "unbound": written.unbound,
        "rejected": [{"sheet": one.sheet, "line": one.line, "reason": one.reason} for one in reading.rejected],
        "notices": [{"line": line, "text": text} for line, text in notices],
        "unused": list(reading.unused),
        "report": describe_survey(survey),
    }


def _names(named: Sequence[Agency] | Sequence[Officer]) -> list[dict[str, Any]]:
    return [{"id": one.id, "name": one.name} for one in named]
