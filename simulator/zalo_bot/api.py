"""The Bot Platform as HTTP: ``/bot<token>/<method>``."""

import inspect
import json
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator.zalo_bot import methods
from simulator.zalo_bot.answers import ApiError
from simulator.zalo_bot.state import State
from simulator.zalo_bot.world import Bot, Call

METHODS: dict[str, Callable[[State, Bot, Call], Any]] = {
    "deleteWebhook": methods.delete_webhook,
    "getMe": methods.get_me,
    "getUpdates": methods.get_updates,
    "getWebhookInfo": methods.get_webhook_info,
    "sendChatAction": methods.send_chat_action,
    "sendMessage": methods.send_message,
    "sendPhoto": methods.send_photo,
    "setWebhook": methods.set_webhook,
}
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class Api:
    """Answers calls over ``state``."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Do what ``request`` asks, or refuse it – with HTTP 200 (B4) –, or fail as it was planned."""
        method = request.match_info["method"]
        try:
            fault = self._state.faults.take(method)
            if fault is not None and fault.code:
                return self._refuse(ApiError(fault.code, "planned", rule="B4", foreseeable=False), method)
            if fault is not None and not fault.taken:
                return await self._state.faults.spoil(request, fault)
            bot = self._bot(request.match_info["token"])
            result = await self._execute(bot, await _read_call(request))
        except ApiError as error:
            return self._refuse(error, method)
        except (OSError, web.RequestPayloadError):
            raise  # the client went away
        except Exception as error:
            self._state.broken.append(error)
            raise
        if fault is not None:
            return await self._state.faults.spoil(request, fault)
        return web.json_response({"ok": True, "result": result})

    def _refuse(self, error: ApiError, method: str) -> web.Response:
        self._state.refuse(error, method=method)
        return web.json_response(error.body)

    async def _execute(self, bot: Bot, call: Call) -> Any:
        method = METHODS.get(call.method)
        if method is None:
            raise ApiError(404, "method not found", rule="B2")
        self._state.calls.append(call.method)
        result = method(self._state, bot, call)
        return await result if inspect.isawaitable(result) else result

    def _bot(self, token: str) -> Bot:
        if not _TOKEN.fullmatch(token) or token not in self._state.bots:
            raise ApiError(401, "Unauthorized", rule="B1")
        return self._state.bots[token]


async def _read_call(request: web.Request) -> Call:
    """The call in ``request``: parameters of the address and of the body. Raises ApiError when the body is no such."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        values.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    elif body := await request.read():
        values.update(_from_json(body))
    return Call(method=request.match_info["method"], values=values)


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ApiError(400, "the body must be a JSON object", rule="B3")
    return values
