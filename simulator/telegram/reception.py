"""The methods with which a bot gets its updates, and answers presses of buttons."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlsplit

from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call
from simulator.telegram.mailbox import DEFAULT_KINDS, KINDS, Mailbox, Poll, Webhook
from simulator.telegram.state import QUERY_SECONDS, State
from simulator.telegram.world import Bot, Json

PORTS = frozenset({443, 80, 88, 8443})
LONGEST_POLL = 50
LONGEST_ANSWER = 200
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_CONFLICT = "terminated by other getUpdates request; make sure that only one bot instance is running"


def set_webhook(state: State, bot: Bot, call: Call) -> bool:
    """``setWebhook``; with an empty address the webhook goes."""
    mailbox = state.mailbox(bot)
    url = call.text("url")
    if not url:
        return delete_webhook(state, bot, call)
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise ApiError(400, "secret token is too long", rule="T12")
    if not _SECRET.fullmatch(secret):
        raise ApiError(400, "secret token contains unallowed characters", rule="T12")
    address = _address(state, url)
    connections = _within(state, call, "max_connections", default=40, most=100, rule="T13")
    _allow(state, mailbox, call)
    if call.flag("drop_pending_updates"):
        mailbox.updates.clear()
    _end_poll(mailbox, "terminated by setWebhook request", rule="T31")
    mailbox.route(Webhook(url=url, address=address, secret=secret, max_connections=connections))
    return True


def delete_webhook(state: State, bot: Bot, call: Call) -> bool:
    """``deleteWebhook``."""
    mailbox = state.mailbox(bot)
    if call.flag("drop_pending_updates"):
        mailbox.updates.clear()
    mailbox.route(None)
    return True


def get_webhook_info(state: State, bot: Bot, _call: Call) -> Json:
    """``getWebhookInfo``."""
    mailbox = state.mailbox(bot)
    mailbox.expire(state.pace.now())
    webhook = mailbox.webhook
    known: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(mailbox.updates)}
    if webhook is None:
        return known
    known |= {"url": webhook.url, "max_connections": webhook.max_connections, "ip_address": "192.0.2.10"}
    if webhook.error:
        known |= {"last_error_date": webhook.error_date, "last_error_message": webhook.error}
    if mailbox.allowed != DEFAULT_KINDS:
        known["allowed_updates"] = [kind for kind in KINDS if kind in mailbox.allowed]
    return known


async def get_updates(state: State, bot: Bot, call: Call) -> list[Any]:
    """``getUpdates``: what was not confirmed yet; waits up to ``timeout`` for something. A newer call ends an older."""
    mailbox = state.mailbox(bot)
    if mailbox.webhook is not None:
        reason = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        raise ApiError(409, reason, rule="T30")
    limit = _within(state, call, "limit", default=100, most=100, rule="T33")
    _allow(state, mailbox, call)
    _end_poll(mailbox, _CONFLICT, rule="T31")
    deadline = state.pace.now() + min(LONGEST_POLL, max(0, call.integer("timeout")))
    poll = mailbox.poll = Poll(ended=asyncio.get_running_loop().create_future())
    state.news.set()
    try:
        offset, unbelieved = call.integer("offset"), mailbox.unbelieved
        mailbox.confirm(offset)
        if mailbox.unbelieved and mailbox.unbelieved == unbelieved and mailbox.updates:
            state.note("T38", "the same offset again, though updates of lower ids came", method=call.method)
        while True:
            mailbox.changed.clear()
            mailbox.expire(state.pace.now())
            ready = [mailbox.updates[number] for number in sorted(mailbox.updates)][:limit]
            left = deadline - state.pace.now()
            if ready or left <= 0 or state.faults.released.is_set():
                return [json.loads(update.written()) for update in ready]
            await _wait(mailbox, poll, state.pace.real(left))
    finally:
        if mailbox.poll is poll:
            mailbox.poll = None


def answer_callback_query(state: State, bot: Bot, call: Call) -> bool:
    """``answerCallbackQuery``: once for each press, and soon."""
    gone = "query is too old and response timeout expired or query ID is invalid"
    press = state.presses.get(call.text("callback_query_id"))
    if press is None or press.bot is not bot or press.answer is not None:
        raise ApiError(400, gone, rule="T57")
    if state.pace.now() - press.at > QUERY_SECONDS:
        raise ApiError(400, gone, rule="T57", foreseeable=False)
    if len(call.text("text")) > LONGEST_ANSWER:
        raise ApiError(400, "MESSAGE_TOO_LONG", rule="T58")
    press.answer = {"text": call.text("text"), "show_alert": call.flag("show_alert"), "url": call.text("url")}
    state.news.set()
    return True


def get_me(_state: State, bot: Bot, _call: Call) -> Json:
    """``getMe``."""
    abilities = {"can_join_groups": True, "can_read_all_group_messages": not bot.private}
    return {**bot.as_json(), **abilities, "supports_inline_queries": False}


def _address(state: State, url: str) -> str:
    """Where ``url`` is answered on this machine."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError:
        raise ApiError(400, "invalid webhook URL specified", rule="T10") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ApiError(400, "invalid webhook URL specified", rule="T10")
    if parts.scheme != "https":
        raise ApiError(400, "bad webhook: An HTTPS URL must be provided for webhook", rule="T10")
    if port not in PORTS:
        raise ApiError(400, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", rule="T11")
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in state.fronts:
        raise ApiError(400, "bad webhook: Failed to resolve host: Name or service not known", rule="T10")
    return state.fronts[origin] + url.removeprefix(origin)


def _allow(state: State, mailbox: Mailbox, call: Call) -> None:
    """Take over ``allowed_updates``; when it is missing the earlier choice stands."""
    try:
        kinds = call.parsed("allowed_updates", "allowed updates", rule="T15")
    except ApiError:
        kinds = {}  # Telegram does not mind
    if kinds is None:
        return
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        state.note("T15", "allowed_updates is no list of strings", method=call.method)
        return
    known = {kind.lower() for kind in kinds} & set(KINDS)
    mailbox.allowed = frozenset(known) if known else DEFAULT_KINDS


def _within(state: State, call: Call, name: str, *, default: int, most: int, rule: str) -> int:
    """A number from 1 on, moved into its span in silence; outside it the call is noted as a violation."""
    number = call.integer(name, default)
    if not 1 <= number <= most:
        state.note(rule, f"{name} is not within 1–{most}", method=call.method)
    return min(most, max(1, number))


def _end_poll(mailbox: Mailbox, reason: str, *, rule: str) -> None:
    if mailbox.poll is not None and not mailbox.poll.ended.done():
        mailbox.poll.ended.set_exception(ApiError(409, reason, rule=rule))
        mailbox.poll = None


async def _wait(mailbox: Mailbox, poll: Poll, seconds: float) -> None:
    """Until something changed, the time is over, or – as ApiError – another call took the place of this one."""
    changed = asyncio.create_task(mailbox.changed.wait())
    waiting: set[asyncio.Future[Any]] = {changed, poll.ended}
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        changed.cancel()
    if poll.ended.done():
        poll.ended.result()
