"""What a reply will cost on an account, before it is sent: without diacritics, and with them."""

from dataclasses import dataclass

from bot.core.messages import Reply
from bot.core.price import Cost, foresee
from bot.wording.speech import Speech
from gateway.channel import Capabilities, Encoding
from gateway.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """``accented`` is the cost for those who want diacritics: where they would cut the reply, it goes without them."""

    unaccented: Cost
    accented: Cost


def foresee_reply(reply: Reply, capabilities: Capabilities, speech: Speech, *, each: int | None) -> Foreseen:
    """The cost of ``reply`` on an account whose segments cost ``each`` đồng. Raises ValueError for what is no SMS."""
    if capabilities.encoding is not Encoding.SMS:
        raise ValueError("only SMS are billed by their segments")

    def cost(*, accents: bool) -> Cost:
        (part,) = render(reply, capabilities, speech, accents=accents)
        return foresee(part.text, each=each)

    return Foreseen(unaccented=cost(accents=False), accented=cost(accents=True))
