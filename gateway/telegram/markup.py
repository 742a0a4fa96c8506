"""How an answer looks on Telegram: a text that is never refused, and buttons under it.

Whatever stands in a text was written by anybody, so all of it is escaped; the markup is ours alone.
"""

import html
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yarl import URL

from bot.core.messages import Choice
from bot.core.paging import paginate
from bot.core.text import clean, count_units
from bot.wording.speech import clip
from gateway.channel import Part
from gateway.render import shorten

TEXT = 4096
CAPTION = 1024
"""Bot API, sendMessage and sendPhoto: characters after the markup was read. We count UTF-16 units, as apps do: never
fewer."""
DATA = 64
"""Bytes that a button may carry (Bot API, InlineKeyboardButton)."""

_BUTTONS, _KEYBOARD = 100, 9000
_LABEL, _SHORT_LABEL = 60, 30
_ADDRESS = 1000
_NOTHING = "–"
_MORE = "…"
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs of which nothing is seen
_FRAME = len('{"text":"","callback_data":""},')


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """What stands on it, and what it carries or where it leads."""

    label: str
    data: str | None = None
    url: str | None = None

    @property
    def weight(self) -> int:
        """About the bytes that it takes in a keyboard."""
        return _FRAME + sum(len(text.encode()) for text in (self.label, self.data or "", self.url or ""))


def write_text(part: Part, limit: int = TEXT) -> str:
    """The words of ``part`` as HTML, at most ``limit`` long for Telegram and never empty.

    A link stands in it when it cannot be a button.
    """
    tail = ""
    if part.link and read_address(part.link) is None:
        tail = f"\n{clean(part.link)[:_ADDRESS]}" if part.link not in part.text else ""
    return html.escape(fit(part.text, limit - count_units(tail)) + tail, quote=False)


def fits_caption(part: Part) -> bool:
    """Whether the words of ``part`` can stand under a picture as they are."""
    return count_units(clean(part.text)) + (1 + count_units(part.link) if part.link else 0) <= CAPTION


def fit(text: str, limit: int) -> str:
    """``text`` without what cannot be shown, cut between words to ``limit``; a dash when nothing can be seen."""
    text = clean(text)
    if not any(_is_seen(character) for character in text):
        return _NOTHING
    if count_units(text) <= limit:
        return text
    return f"{paginate(text, lambda beginning: count_units(beginning) + len(_MORE) <= limit)[0]}{_MORE}"


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _UNSEEN


def long_values(part: Part) -> tuple[str, ...]:
    """The values of buttons that are too long to be carried."""
    choices = (*part.choices, *part.actions)
    return tuple(dict.fromkeys(choice.value for choice in choices if len(choice.value.encode()) > DATA))


def arrange(part: Part, short: Mapping[str, str]) -> tuple[tuple[Button, ...], ...]:
    """The rows of buttons under ``part``: a choice each, actions in pairs, the link.

    ``short`` is what to carry in place of the values that :func:`long_values` gave. Telegram takes a hundred buttons
    and some 10 kB: rows beyond that are left out, the number of an entry chooses it as well.
    """
    rows: list[tuple[Button, ...]] = []
    room, weight = _BUTTONS, _KEYBOARD
    for row in _rows(part, short):
        room, weight = room - len(row), weight - sum(button.weight for button in row)
        if room < 0 or weight < 0:
            break
        rows.append(row)
    return tuple(rows)


def _rows(part: Part, short: Mapping[str, str]) -> Iterator[tuple[Button, ...]]:
    for label, choice in zip(shorten([_named(choice) for choice in part.choices], _LABEL), part.choices, strict=True):
        yield (Button(label=label, data=short.get(choice.value, choice.value)),)
    actions = [
        Button(label=clip(_named(action), _SHORT_LABEL), data=short.get(action.value, action.value))
        for action in part.actions
    ]
    for first in range(0, len(actions), 2):
        yield tuple(actions[first : first + 2])
    address = read_address(part.link) if part.link else None
    if address is not None:
        yield (Button(label=clip(part.link_label or address.host or "", _LABEL), url=str(address)),)


def _named(choice: Choice) -> str:
    return fit(choice.label, TEXT)


def read_address(link: str) -> URL | None:
    """``link`` as a button may hold it; None for what Telegram refuses there: other schemes, names without a dot."""
    try:
        address = URL(link)
    except ValueError:
        return None
    host = address.host or ""
    named = "." in host.strip(".") and clean(host) == host
    return address if named and address.scheme in ("http", "https") and len(str(address)) <= _ADDRESS else None
