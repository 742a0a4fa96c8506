"""The Bot API as HTTP: ``/bot<token>/<method>``."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator.telegram import menu, reception, sending
from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call, read_call
from simulator.telegram.fault import Fault
from simulator.telegram.state import State
from simulator.telegram.world import Bot

METHODS: dict[str, Callable[[State, Bot, Call], Any]] = {
    "answercallbackquery": reception.answer_callback_query,
    "deletemessage": sending.delete_message,
    "deletemycommands": menu.delete_my_commands,
    "deletewebhook": reception.delete_webhook,
    "editmessagecaption": sending.edit_message_caption,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "editmessagetext": sending.edit_message_text,
    "editmessagemedia": sending.edit_message_media,
    "getme": reception.get_me,
    "getmycommands": menu.get_my_commands,
    "getupdates": reception.get_updates,
    "getwebhookinfo": reception.get_webhook_info,
    "sendchataction": sending.send_chat_action,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "setmycommands": menu.set_my_commands,
    "setwebhook": reception.set_webhook,
}
NOT_IN_AN_ANSWER = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
"""Methods that Telegram ignores in the answer to an update, besides all that get something."""
_TOKEN = re.compile(r"[1-9]\d*:[A-Za-z0-9_-]{20,}")


class Api:
    """Answers calls over ``state``."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Do what ``request`` asks, or refuse it with the words of Telegram, or fail as it was planned."""
        method, chat_id = request.match_info["method"].lower(), 0
        try:
            bot = self._bot(request.match_info["token"])
            call = await read_call(request)
            chat_id = call.integer("chat_id")
            fault = self._state.faults.take(method, chat_id)
            if fault is not None and not fault.taken:
                return await self._fail(request, fault, bot, chat_id)
            result = await self.execute(bot, call)
        except ApiError as error:
            gone = request.transport is None or request.transport.is_closing()
            if not (error.status == 409 and gone):  # nobody is there to be in conflict
                self._state.refuse(error, method=method, chat_id=chat_id or None)
            return web.json_response(error.body, status=error.status)
        except (OSError, web.RequestPayloadError):
            raise  # the client went away
        except Exception as error:
            self._state.broken.append(error)
            raise
        if fault is not None:
            return await self._fail(request, fault, bot, chat_id)
        return web.json_response({"ok": True, "result": result})

    async def execute(self, bot: Bot, call: Call) -> Any:
        """The result of ``call``. Raises ApiError."""
        method = METHODS.get(call.method)
        if method is None:
            raise ApiError(404, "", rule="T3")
        self._state.calls.append(call.method)
        result = method(self._state, bot, call)
        return await result if inspect.isawaitable(result) else result

    async def reply(self, bot: Bot, call: Call) -> None:
        """Do what the answer to an update asks; the bot never learns how it went."""
        if call.method in NOT_IN_AN_ANSWER or call.method.startswith("get"):
            self._state.note("T21", f"{call.method} in the answer to an update is ignored", method=call.method)
            return
        try:
            await self.execute(bot, call)
        except ApiError as error:
            self._state.refuse(error, method=call.method, chat_id=call.integer("chat_id") or None)

    async def _fail(self, request: web.Request, fault: Fault, bot: Bot, chat_id: int) -> web.StreamResponse:
        state = self._state
        if fault.retry_after:
            chat = None if fault.everywhere else bot.chats.get(chat_id)
            now = state.pace.now()
            raise state.windows.too_many(bot, chat, fault.retry_after, now=now, rule="T63", foreseeable=False)
        return await state.faults.spoil(request, fault, real_seconds=state.pace.real(fault.hang))

    def _bot(self, token: str) -> Bot:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "", rule="T1")
        if token not in self._state.bots:
            raise ApiError(401, "", rule="T2")
        return self._state.bots[token]
