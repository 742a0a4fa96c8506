"""Official Accounts of Zalo (Open API 3.0): people write to the account of the authority, we answer there.

``POST /hooks/zalo/{account}`` takes the events of the account and of every other account of the same app: an app has
one address only. ``docs/zalo-contract.md`` holds the rules of the provider, one a line.
"""

from functools import partial

from bot.core.messages import Address
from gateway.channel import Channel, Part, Wire
from gateway.forms import ZALO
from gateway.zalo.event import NAME
from gateway.zalo.events import parse
from gateway.zalo.pages import verification_pages
from gateway.zalo.person import known_as
from gateway.zalo.sending import cost, pace, send
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.signature import verify
from gateway.zalo.templates import send_by_uid

WITHIN = 2.0
"""Zalo repeats what is not answered 200 in this time, and after five tries switches the webhook off (Z91, Z95)."""


async def _by_template(part: Part, to: Address, _key: str, account: ZaloAccount, wire: Wire) -> str | None:
    """Send the template of a message that may not go in free words; None where the account has none or may not pay."""
    if part.form is None or not account.paid or part.form.name not in account.templates:
        return None
    return await send_by_uid(part.form, to.user, account, wire, ids=account.templates)


CHANNEL: Channel[ZaloAccount] = Channel(
    name=NAME,
    capabilities=ZALO,
    settings=ZaloAccount,
    verify=verify,
    parse=parse,
    send=partial(send, by_template=_by_template),
    pace=pace,
    cost=cost,
    peers=lambda account: (account.api_base, account.oauth_base),
    pages=verification_pages,
    shares=lambda account, other: account.app_id == other.app_id,
    known_as=known_as,
    within=lambda _: WITHIN,
)
