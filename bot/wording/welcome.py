"""What the service is and how to use it."""

from bot.core.messages import Reply
from bot.wording.speech import Speech


def word_welcome(speech: Speech, *, first_contact: bool, officer: bool = False) -> Reply:
    """The help, with the tariff and the way out; whoever writes for the first time is told what is kept about them,
    an ``officer`` the words that only officers have.
    """
    first, second = speech.ask(speech.say("start.example_1")), speech.ask(speech.say("start.example_2"))
    text = speech.say("start.text", first=first, second=second)
    keyword = speech.account.keyword
    brief = speech.say("start.brief", first=first, before=f"{keyword} " if keyword else "")
    if officer:  # who has a post may ask as everybody, but comes for their duties
        return Reply(text=f"{text}\n{speech.say('duty.help')}", brief=speech.say("duty.brief_help"))
    if not first_contact:
        return Reply(text=text, brief=brief)
    privacy = speech.say("start.privacy")
    return Reply(text=f"{text}\n{privacy}", brief=f"{brief}\n{privacy}")
