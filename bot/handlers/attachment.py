"""What is no text: a picture, a sticker, a voice message, a place on the map."""

from bot.answering import aside, speech_of
from bot.core.messages import AttachmentKind, Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.speech import Speech


async def handle(ctx: Context) -> Outcome:
    """Say what cannot be read here and how to ask instead; the dialogue stays where it stands."""
    speech = speech_of(ctx)
    if ctx.message.attachment is AttachmentKind.PLACE:
        near = speech.ask(speech.say("attachment.place_example"))
        return aside(ctx, Reply(text=speech.say("attachment.place", example=near)))
    example = speech.ask(speech.say("start.example_1"))
    what = _name(speech, ctx.message.attachment)
    return aside(ctx, Reply(text=speech.say("attachment.unread", what=what, example=example)))


def _name(speech: Speech, kind: AttachmentKind | None) -> str:
    """What a person calls ``kind``, as part of a sentence."""
    match kind:
        case AttachmentKind.PICTURE:
            name = speech.say("attachment.picture")
        case AttachmentKind.STICKER:
            name = speech.say("attachment.sticker")
        case AttachmentKind.VOICE:
            name = speech.say("attachment.voice")
        case AttachmentKind.VIDEO:
            name = speech.say("attachment.video")
        case AttachmentKind.FILE:
            name = speech.say("attachment.file")
        case AttachmentKind.CONTACT:
            name = speech.say("attachment.contact")
        case _:
            name = speech.say("attachment.other")
    return name


HANDLER = Handler(name="attachment", handle=handle)
