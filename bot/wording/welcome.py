"""What the service is and how to use it."""

from bot.core.messages import Reply
from bot.wording.speech import Speech


def word_welcome(speech: Speech, *, first_contact: bool) -> Reply:
    """The help, with the tariff and the way out; whoever writes for the first time is told what is kept about them."""
    first, second = speech.ask(speech.say("start.example_1")), speech.ask(speech.say("start.example_2"))
    text = speech.say("start.text", first=first, second=second)
    keyword = speech.account.keyword
    brief = speech.say("start.brief", first=first, before=f"{keyword} " if keyword else "")
    if not first_contact:
        return Reply(text=text, brief=brief)
    privacy = speech.say("start.privacy")
    return Reply(text=f"{text}\n{privacy}", brief=f"{brief}\n{privacy}")
