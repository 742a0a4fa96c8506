"""How somebody is invited to activate, and what a member is called."""

from collections.abc import Sequence

from bot.core.members import Invitation, Role
from bot.core.messages import Reply
from bot.wording.speech import Speech, clip

_LONGEST = 60
_LONGEST_BRIEF = 36


def how_to_activate(speech: Speech) -> str:
    """The whole invitation, as it is to be typed on this account."""
    return speech.invite(speech.say("activation.example"))


def word_role(speech: Speech, role: Role) -> str:
    """The name of a role."""
    match role:
        case Role.OFFICER:
            return speech.say("activation.officer")
        case Role.STAFF:
            return speech.say("activation.staff")


def word_activated(speech: Speech, invitation: Invitation, agencies: Sequence[str]) -> Reply:
    """What somebody hears who is bound now: whose officer, what will come here, and how to stop it.

    Without ``agencies`` nothing will come; it only says who is who.
    """
    if not agencies:
        role = word_role(speech, invitation.role)
        return Reply(text=speech.say("activation.done", name=invitation.name, role=role))
    tasks = speech.invite(speech.say("activation.tasks"))
    stop = speech.invite(speech.say("activation.stop"))
    name, agency = clip(invitation.name, _LONGEST), _name(speech, agencies, _LONGEST)
    text = speech.say("activation.reminders", name=name, agency=agency, tasks=tasks, stop=stop)
    name, agency = clip(invitation.name, _LONGEST_BRIEF), _name(speech, agencies, _LONGEST_BRIEF)
    brief = speech.say("activation.reminders_brief", name=name, agency=agency, tasks=tasks, stop=stop)
    return Reply(text=text, brief=brief)


def _name(speech: Speech, agencies: Sequence[str], longest: int) -> str:
    first, *others = agencies
    agency = clip(first, longest)
    return speech.say("activation.agencies", agency=agency, count=len(others)) if others else agency
