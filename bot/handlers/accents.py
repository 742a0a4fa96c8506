"""Diacritics where each part costs money: CÓ DẤU, KHÔNG DẤU."""

from bot.answering import aside, speech_of
from bot.core.effects import SetAccents
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome

_WISHES = {"with_accents": True, "without_accents": False}


async def handle(ctx: Context) -> Outcome:
    """Remember the wish and say its price and the way back; without a command, say which it is now."""
    accents = _WISHES[ctx.command.name] if ctx.command else ctx.conversation.accents
    speech = speech_of(ctx)
    if accents:
        brief = speech.say("accents.on", invite=speech.invite(speech.say("accents.word_off")))
    else:
        brief = speech.say("accents.off", invite=speech.invite(speech.say("accents.word_on")))
    reply = Reply(text=speech.say("accents.free"), brief=brief)
    return aside(ctx, reply, effects=(SetAccents(accents=accents),))


HANDLER = Handler(name="accents", handle=handle, commands=tuple(_WISHES))
