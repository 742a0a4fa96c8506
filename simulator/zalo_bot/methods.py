"""What a bot may ask for. Each takes the state, the bot and the call, and returns the result or raises ApiError."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from simulator.zalo.clock import millis
from simulator.zalo_bot.answers import ApiError
from simulator.zalo_bot.state import State
from simulator.zalo_bot.world import Bot, Call, Json, Sent, Webhook

LONGEST_TEXT = 2000
SECRET = range(8, 257)
ACTIONS = frozenset({"typing"})
MODES = frozenset({"", "markdown", "html"})
POLL_SECONDS = 30.0


def get_me(_state: State, bot: Bot, _call: Call) -> Json:
    """``getMe``."""
    return {"id": bot.id, "account_name": bot.name, "account_type": "BASIC", "can_join_groups": False}


def set_webhook(state: State, bot: Bot, call: Call) -> Json:
    """``setWebhook``: a public https address and a secret (B10, B11)."""
    url, secret = call.text("url"), call.text("secret_token")
    if len(secret) not in SECRET:
        raise ApiError(400, "secret_token must have 8 to 256 characters", rule="B11")
    bot.webhook = Webhook(url=url, address=_address(state, url), secret=secret, updated_at=state.clock())
    bot.changed.set()
    return {"url": url, "updated_at": int(millis(bot.webhook.updated_at))}


def delete_webhook(_state: State, bot: Bot, _call: Call) -> Json:
    """``deleteWebhook``."""
    bot.webhook = None
    bot.changed.set()
    return {"url": ""}


def get_webhook_info(_state: State, bot: Bot, _call: Call) -> Json:
    """``getWebhookInfo`` (B15)."""
    if bot.webhook is None:
        return {"url": ""}
    return {"url": bot.webhook.url, "updated_at": int(millis(bot.webhook.updated_at))}


async def get_updates(state: State, bot: Bot, call: Call) -> Json:
    """``getUpdates``: one update, which is thereby gone (B20 to B24)."""
    if bot.webhook is not None:
        raise ApiError(400, "getUpdates cannot be used while a webhook is set", rule="B20")
    if bot.polls:
        state.note("B24", "a second getUpdates beside one that waits", method=call.method)
    if "offset" in call.values or "limit" in call.values:
        state.note("B22", "there is no offset and no limit", method=call.method)
    bot.polls += 1
    try:
        async with asyncio.timeout(_seconds(state, call)):
            while not bot.waiting and not state.faults.released.is_set():
                bot.changed.clear()
                await bot.changed.wait()
    except TimeoutError:
        pass
    finally:
        bot.polls -= 1
    if not bot.waiting:
        raise ApiError(408, "Request timeout", rule="B21", foreseeable=False)
    update = bot.waiting.popleft()
    update.taken = True
    update.ended.set()
    state.news.set()
    return update.content


def send_message(state: State, bot: Bot, call: Call) -> Json:
    """``sendMessage``."""
    text = call.text("text")
    if not text or len(text) > LONGEST_TEXT:
        raise ApiError(400, f"text must have 1 to {LONGEST_TEXT} characters", rule="B31")
    if call.text("parse_mode") not in MODES:
        raise ApiError(400, "parse_mode is markdown or html", rule="B36")
    if "reply_markup" in call.values:
        state.note("B38", "there are no buttons", method=call.method)
    return _deliver(state, bot, call, text=text, photo="")


def send_photo(state: State, bot: Bot, call: Call) -> Json:
    """``sendPhoto``: the address of a picture, which Zalo fetches itself."""
    photo, caption = call.text("photo"), call.text("caption")
    if not _is_public(photo, state):
        raise ApiError(400, "photo must be a public address", rule="B32")
    if len(caption) > LONGEST_TEXT:
        raise ApiError(400, f"caption has at most {LONGEST_TEXT} characters", rule="B33")
    return _deliver(state, bot, call, text=caption, photo=photo)


def send_chat_action(state: State, bot: Bot, call: Call) -> bool:
    """``sendChatAction``: shows that somebody writes; counts for nothing (B43)."""
    if call.text("action") not in ACTIONS:
        raise ApiError(400, "unknown action", rule="B34")
    state.typing.append(_chat(bot, call))
    return True


def _deliver(state: State, bot: Bot, call: Call, *, text: str, photo: str) -> Json:
    chat = _chat(bot, call)
    if chat in bot.users and not state.seat(bot, chat):
        raise ApiError(429, "quota exceeded: users", rule="B40")
    if state.used(bot) >= state.limits.messages:
        raise ApiError(429, "quota exceeded: messages", rule="B41")
    state.count(bot)
    at = state.clock()
    sent = Sent(bot=bot.id, chat_id=chat, message_id=f"{next(state.numbers):016x}", text=text, photo=photo, at=at)
    state.sent.append(sent)
    state.news.set()
    return {"message_id": sent.message_id, "date": int(millis(at))}


def _chat(bot: Bot, call: Call) -> str:
    """The chat that is meant, which must have written before and not have closed the door."""
    chat = call.text("chat_id")
    if not chat:
        raise ApiError(400, "chat_id is missing or no string", rule="B30")
    if chat not in bot.chats:
        raise ApiError(404, "chat not found", rule="B30")
    if chat in bot.closed:
        told = bot.closed[chat]
        bot.closed[chat] = True
        raise ApiError(403, "the user has blocked the bot", rule="B35", foreseeable=told)
    return chat


def _seconds(state: State, call: Call) -> float:
    timeout = call.values.get("timeout", "")
    if not isinstance(timeout, str):
        state.note("B23", "timeout is a string", method=call.method)
    try:
        return min(POLL_SECONDS, max(0.0, float(timeout or POLL_SECONDS)))
    except (TypeError, ValueError):
        return POLL_SECONDS


def _address(state: State, url: str) -> str:
    """Where ``url`` is answered on this machine. Raises ApiError where Zalo would not post."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        raise ApiError(400, "url is invalid", rule="B10") from None
    if origin in state.fronts and parts.scheme == "https":
        return state.fronts[origin] + url.removeprefix(origin)
    if parts.scheme != "https" and not (state.loopback and parts.scheme == "http"):
        raise ApiError(400, "url must be https", rule="B10")
    if not _is_public(url, state):
        raise ApiError(400, "url must be public", rule="B10")
    return url


def _is_public(url: str, state: State) -> bool:
    """Whether ``url`` can be reached from the Internet."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host:
        return False
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return ("." in host and not host.endswith(".local")) or (state.loopback and host == "localhost")
    return number.is_global or (state.loopback and number.is_loopback)
