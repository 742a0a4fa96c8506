"""Telegram, by the Bot API: updates come by webhook or are fetched, answers are messages with buttons and charts.

``POST /hooks/telegram/{account}`` is one update, with the account's ``secret`` in the header that setWebhook promises.
What an update means is read in ``gateway/telegram/updates.py``, sending is in ``gateway/telegram/calls.py``.
"""

import asyncio
import hmac
import importlib
import sys
from datetime import datetime

from bot.core.messages import Address
from gateway.channel import Channel, Hook, Pace, Parsed, Part, Window, Wire
from gateway.errors import BadSignatureError
from gateway.forms import TELEGRAM
from gateway.telegram.account import NAME, TelegramAccount
from gateway.telegram.polling import listen
from gateway.telegram.updates import read_update

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 – where it stands, not what it is
_CALLS = "gateway.telegram.calls"

_OVERALL = (Window(units=30),)
_CHAT = (Window(units=1),)
_GROUP = (*_CHAT, Window(units=20, seconds=60.0))
"""Bots FAQ, "My bot is hitting limits, how do I avoid this?"."""


def _verify(hook: Hook, account: TelegramAccount) -> None:
    given = hook.headers.get(SECRET_HEADER, "")
    expected = account.secret.get_secret_value() if account.secret is not None else ""
    same = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
    if not expected or not same:
        raise BadSignatureError("the secret token is missing or not ours")


def _parse(hook: Hook, account: TelegramAccount, now: datetime) -> Parsed:
    return read_update(hook.body, account, now)


async def _send(part: Part, to: Address, _key: str, account: TelegramAccount, wire: Wire) -> str:
    if _CALLS not in sys.modules:
        # python-telegram-bot takes a third of a second to load: not at every start, and beside what goes on meanwhile
        await asyncio.to_thread(importlib.import_module, _CALLS)
    from gateway.telegram.calls import send_part  # noqa: PLC0415 – as above

    return await send_part(part, to, account, wire)


def _pace(_account: TelegramAccount) -> Pace:
    return Pace(windows=_OVERALL, person=lambda to: _GROUP if to.user.startswith("-") else _CHAT)


CHANNEL: Channel[TelegramAccount] = Channel(
    name=NAME,
    capabilities=TELEGRAM,
    settings=TelegramAccount,
    verify=_verify,
    parse=_parse,
    send=_send,
    peers=lambda account: (account.api_base,),
    pace=_pace,
    listen=listen,
)
