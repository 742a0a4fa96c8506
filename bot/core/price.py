"""What an SMS will cost, known before it leaves: the parts that the carrier bills and their price."""

from dataclasses import dataclass
from typing import Literal

from bot.core.sms import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """``segments`` are billed; ``price`` is what they cost us in đồng, None where nobody has said what one costs."""

    encoding: Literal["gsm7", "ucs2"]
    segments: int
    price: int | None


def foresee(text: str, *, each: int | None) -> Cost:
    """The cost of ``text`` as it is sent, where a segment costs ``each`` đồng."""
    counted = count(text)
    price = None if each is None else each * counted.segments
    return Cost(encoding=counted.encoding, segments=counted.segments, price=price)
