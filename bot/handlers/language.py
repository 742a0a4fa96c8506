"""The language of the answers: EN, VI."""

from dataclasses import replace

from bot.answering import aside, speech_of
from bot.core.effects import SetLanguage
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome

_LANGUAGES = {"vietnamese": "vi", "english": "en"}


async def handle(ctx: Context) -> Outcome:
    """Change the language and say so in it; without a command, say how to change it."""
    chosen = _LANGUAGES[ctx.command.name] if ctx.command else ctx.conversation.language
    speech = replace(speech_of(ctx), language=chosen)
    text = speech.say("language.changed", invite=speech.invite("VI" if chosen == "en" else "EN"))
    return aside(ctx, Reply(text=text), effects=(SetLanguage(language=chosen),))


HANDLER = Handler(name="language", handle=handle, commands=tuple(_LANGUAGES))
