"""The answer "no" to "did you mean …?"; "yes" opens what was meant by itself."""

from bot.answering import speech_of, tell
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """Ask for other words."""
    speech = speech_of(ctx)
    return tell(speech.say("menu.rephrase", invite=speech.invite(speech.say("catalogue.word"))))


HANDLER = Handler(name="confirm", handle=handle)
