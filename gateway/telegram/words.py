"""What a person means who writes to a bot: commands with a slash, and the bot's name in a group."""

import re

from bot.core.answer_code import is_code, normalise_code

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,64})(?:@(?P<bot>\w{1,64}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_START = "start"


def own_words(text: str, bot: str) -> str | None:
    """``text`` as the grammar understands it: "/danh_muc@tracuu_bot" is "danh muc"; None when it is for another bot.

    ``bot`` is our user name in lower case, empty when it is not known. What follows ``/start`` is put there by the link
    that was tapped (Bot API, deep linking): the code of an answer opens that answer, anything else is no words of the
    person.
    """
    text = _without_mentions(text.strip(), bot)
    command = _COMMAND.fullmatch(text)
    if command is None:
        return text
    if bot and command["bot"] and command["bot"].lower() != bot:
        return None
    name, rest = command["name"], (command["rest"] or "").strip()
    if name.lower() == _START:
        return rest if is_code(normalise_code(rest)) else name
    return " ".join(filter(None, (name.replace("_", " ").strip(), rest))) or text


def _without_mentions(text: str, bot: str) -> str:
    return re.sub(rf"(?<!\S)@{re.escape(bot)}(?!\w)[\s:,]*", "", text, flags=re.IGNORECASE).strip() if bot else text
