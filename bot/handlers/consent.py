"""Consent to notices: ĐK gives it for one topic, HỦY, NGỪNG, TỪ CHỐI and STOP withdraw it; what was typed is kept."""

from bot.answering import aside, speech_of, tell
from bot.core.effects import RecordConsent
from bot.core.messages import Choice, Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.speech import opening


async def handle(ctx: Context) -> Outcome:
    """Withdraw, give, or show what can be agreed to."""
    if ctx.command is not None and ctx.command.name == "withdraw":
        return await _withdraw(ctx, ctx.command.argument)
    topic = ctx.command.argument if ctx.command else ctx.choice or ""
    if not topic:
        return _topics(ctx)
    if topic not in ctx.content.topics[ctx.conversation.language]:
        return tell(ctx.say("consent.unknown"))
    return _give(ctx, topic)


async def _withdraw(ctx: Context, topic: str) -> Outcome:
    speech = speech_of(ctx)
    back = speech.invite(speech.say("consent.back", topic=_name(ctx, topic) if topic else "").strip())
    if topic:
        what = ctx.content.topic(speech.language, topic)
        text = speech.say("consent.withdrawn_topic", topic=what, invite=back)
    elif followed := await ctx.reads.followed(ctx.conversation.address):
        text = speech.say("consent.withdrawn_follows", count=len(followed), invite=back)
    else:
        text = speech.say("consent.withdrawn", invite=back)
    return _recorded(ctx, text, topic=topic or None, given=False)


def _give(ctx: Context, topic: str) -> Outcome:
    speech = speech_of(ctx)
    way_out = speech.invite(speech.say("consent.out", topic=_name(ctx, topic)))
    text = speech.say("consent.given", topic=ctx.content.topic(speech.language, topic), invite=way_out)
    return _recorded(ctx, text, topic=topic, given=True)


def _topics(ctx: Context) -> Outcome:
    texts = ctx.content.topics[ctx.conversation.language]
    choices = tuple(Choice(label=opening(text), value=f"consent:{topic}") for topic, text in texts.items())
    return tell(ctx.say("consent.topics"), choices=choices)


def _name(ctx: Context, topic: str) -> str:
    return ctx.content.topic_names[topic]


def _recorded(ctx: Context, text: str, *, topic: str | None, given: bool) -> Outcome:
    evidence = ctx.message.text or ctx.message.choice or ""
    effect = RecordConsent(topic=topic, given=given, evidence=evidence)
    return aside(ctx, Reply(text=text), effects=(effect,))


HANDLER = Handler(name="consent", handle=handle, commands=("withdraw", "agree"))
