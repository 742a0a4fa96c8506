"""What the service is and how to use it."""

from collections.abc import Sequence

from bot.core.messages import Reply
from bot.core.obligations.profile import ProfileStatus, RuleSet
from bot.core.obligations.rule import Bearer
from bot.wording.speech import Speech


def word_welcome(
    speech: Speech, *, first_contact: bool, officer: bool = False, decisions: Sequence[RuleSet] = ()
) -> Reply:
    """The help, with the tariff and the way out; whoever writes for the first time is told what is kept about them,
    an ``officer`` the words that only officers have. Of ``decisions`` that are not in force it says so, and who answers
    for the portal now; a brief help has no room for that.
    """
    first, second = speech.ask(speech.say("start.example_1")), speech.ask(speech.say("start.example_2"))
    standing = [_authority(speech, rules) for rules in decisions if rules.status is not ProfileStatus.IN_FORCE]
    text = "\n".join((speech.say("start.text", first=first, second=second), *standing))
    keyword = speech.account.keyword
    brief = speech.say("start.brief", first=first, before=f"{keyword} " if keyword else "")
    if officer:  # who has a post may ask as everybody, but comes for their duties
        return Reply(text=f"{text}\n{speech.say('duty.help')}", brief=speech.say("duty.brief_help"))
    if not first_contact:
        return Reply(text=text, brief=brief)
    privacy = speech.say("start.privacy")
    return Reply(text=f"{text}\n{privacy}", brief=f"{brief}\n{privacy}")


def _authority(speech: Speech, rules: RuleSet) -> str:
    """How a decision that is not in force stands, and who answers for the portal now."""
    authority = rules.roles.get(Bearer.PORTAL_AUTHORITY)
    now = (authority.name_now or authority.name_in_text) if authority else ""
    said = word_standing(speech, rules)
    return f"{said} {speech.say('start.authority', name=now)}" if now else said


def word_standing(speech: Speech, rules: RuleSet) -> str:
    """How a decision that is not in force stands."""
    status = {
        ProfileStatus.PRESUMED_IN_FORCE_TERRITORIAL: speech.say("start.presumed_in_force_territorial"),
        ProfileStatus.DRAFT_UNCONFIRMED: speech.say("start.draft_unconfirmed"),
        ProfileStatus.SUPERSEDED: speech.say("start.superseded"),
        ProfileStatus.REPEALED: speech.say("start.repealed"),
    }[rules.status]
    number, draft = rules.decision.number, speech.say("start.draft", name=rules.name)
    rule = speech.say("start.decision", number=number, name=rules.name) if number else draft
    return speech.say("start.standing", rule=rule, status=status)
