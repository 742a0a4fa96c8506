"""Official Accounts of Zalo (Open API 3.0): people write to the account of the authority, we answer there.

``POST /hooks/zalo/{account}`` takes the events of the account and of every other account of the same app: an app has
one address only. ``docs/zalo-contract.md`` holds the rules of the provider, one a line.
"""

from datetime import datetime

from bot.core.messages import Address
from gateway.channel import Channel, Hook, Parsed, Part, Wire
from gateway.forms import ZALO
from gateway.zalo.settings import ZaloAccount

NAME = "zalo"


def _verify(hook: Hook, account: ZaloAccount) -> None:
    raise NotImplementedError


def _parse(hook: Hook, account: ZaloAccount, now: datetime) -> Parsed:
    raise NotImplementedError


async def _send(part: Part, to: Address, key: str, account: ZaloAccount, wire: Wire) -> str:
    raise NotImplementedError


CHANNEL: Channel[ZaloAccount] = Channel(
    name=NAME,
    capabilities=ZALO,
    settings=ZaloAccount,
    verify=_verify,
    parse=_parse,
    send=_send,
    peers=lambda account: (account.api_base, account.oauth_base),
    shares=lambda account, other: account.app_id == other.app_id,
)
