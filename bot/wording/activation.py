"""How somebody is invited to activate, and what a member is called."""

from bot.core.members import Role
from bot.wording.speech import Speech


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
