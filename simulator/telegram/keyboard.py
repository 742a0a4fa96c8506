"""Reply markup: which buttons may stand under a message."""

import json
from typing import Any

from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call
from simulator.telegram.world import Json

MOST_BUTTONS = 100
LONGEST_MARKUP = 10_000
LONGEST_DATA = 64
_OTHERS = frozenset({"keyboard", "remove_keyboard", "force_reply"})
_ACTIONS = frozenset(
    {"url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"}
)


def read_markup(call: Call) -> Json | None:
    """The ``reply_markup`` of ``call``; None without one. Raises ApiError for one that Telegram refuses."""
    markup = call.parsed("reply_markup", "reply keyboard markup", rule="T45")
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise ApiError(400, "object expected as reply markup", rule="T45")
    if "inline_keyboard" not in markup:
        if not _OTHERS.intersection(markup):
            raise ApiError(400, "object expected as reply markup", rule="T45")
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ApiError(400, 'field "inline_keyboard" must be an Array of Arrays', rule="T45")
    buttons = [_checked(button) for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or len(json.dumps(markup, ensure_ascii=False).encode()) > LONGEST_MARKUP:
        raise ApiError(400, "reply markup is too long", rule="T47")
    return {"inline_keyboard": rows} if buttons else None


def _checked(button: Any) -> Json:
    wrong = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise ApiError(400, f"{wrong}InlineKeyboardButton must be an Object", rule="T45")
    if not isinstance(button.get("text"), str):
        raise ApiError(400, f'{wrong}Can\'t find field "text"', rule="T45")
    if not button["text"].strip():
        raise ApiError(400, "inline keyboard button text must be non-empty", rule="T45")
    if len(_ACTIONS.intersection(name for name, value in button.items() if value != "")) != 1:
        raise ApiError(400, f"{wrong}Text buttons are unallowed in the inline keyboard", rule="T45")
    data = button.get("callback_data")
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= LONGEST_DATA):
        raise ApiError(400, "BUTTON_DATA_INVALID", rule="T46")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise ApiError(400, f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL", rule="T45")
    return button
