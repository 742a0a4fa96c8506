"""Official Accounts of Zalo (Open API 3.0): people write to the account of the authority, we answer there.

``POST /hooks/zalo/{account}`` takes the events of the account and of every other account of the same app: an app has
one address only. ``docs/zalo-contract.md`` holds the rules of the provider, one a line.
"""

from bot.core.messages import Address
from gateway.channel import Channel, Part, Wire
from gateway.forms import ZALO
from gateway.zalo.event import NAME
from gateway.zalo.events import parse
from gateway.zalo.pages import verification_pages
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.signature import verify


async def _send(part: Part, to: Address, key: str, account: ZaloAccount, wire: Wire) -> str:
    raise NotImplementedError


CHANNEL: Channel[ZaloAccount] = Channel(
    name=NAME,
    capabilities=ZALO,
    settings=ZaloAccount,
    verify=verify,
    parse=parse,
    send=_send,
    peers=lambda account: (account.api_base, account.oauth_base),
    pages=verification_pages,
    shares=lambda account, other: account.app_id == other.app_id,
)
