"""Zalo's Bot Platform, for officers and staff: a bot of its own, few people, few messages, no buttons and no receipts.

``POST /hooks/zalo-bot/{account}`` is one update, with the account's ``secret`` in the header that setWebhook promises.
``docs/zalo-bot-contract.md`` holds the rules of the provider, one a line.
"""

import hmac
from datetime import datetime

from gateway.channel import Channel, Hook, Pace, Parsed, Window
from gateway.errors import BadSignatureError
from gateway.forms import ZALO_BOT
from gateway.zalo_bot.account import NAME, ZaloBotAccount
from gateway.zalo_bot.polling import listen
from gateway.zalo_bot.sending import send
from gateway.zalo_bot.updates import read_update

SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105 – where it stands, not what it is
WITHIN = 5.0
"""What Zalo grants is not documented, nor that it posts again (B14): what is not stored by then goes to the disk."""
PER_SECOND = 5
"""Messages; Zalo names no rate, and a budget of 3,000 a month needs none that is higher."""


def _verify(hook: Hook, account: ZaloBotAccount) -> None:
    given = hook.headers.get(SECRET_HEADER, "")
    expected = account.secret.get_secret_value() if account.secret is not None else ""
    same = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
    if not expected or not same:
        raise BadSignatureError("the secret token is missing or not ours")


def _parse(hook: Hook, account: ZaloBotAccount, now: datetime) -> Parsed:
    return read_update(hook.body, account, now)


CHANNEL: Channel[ZaloBotAccount] = Channel(
    name=NAME,
    capabilities=ZALO_BOT,
    settings=ZaloBotAccount,
    verify=_verify,
    parse=_parse,
    send=send,
    peers=lambda account: (account.api_base,),
    pace=lambda _: Pace(windows=(Window(units=PER_SECOND),)),  # one sender at a time, which the budget counts on
    listen=listen,
    within=lambda _: WITHIN,
)
