"""Zalo's ZBS Template Message (once ZNS): an approved text with slots, to a phone number or a user id of the account.

People never write here: events about these messages come to ``/hooks/zalo/{account}``, the address of the Official
Account, whose tokens this channel shares. A user is a number, ``84901000001``, or ``uid:`` and the id of the account.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import Field, SecretStr

from bot.core.messages import Address
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Parsed, Part, Wire
from gateway.errors import BadPayloadError, BadSignatureError, RefusedError
from gateway.phone import read_mobile, write_number
from gateway.zalo.person import UID, known_as
from gateway.zalo.settings import Digits, HttpAddress
from gateway.zalo.templates import TemplateIds, send_by_phone, send_by_uid, tracking_id

NAME = "zalo-template"


class ZaloTemplateAccount(AccountSettings):
    """The templates of one Official Account; ``account`` is its id.

    ``templates`` says which number Zalo gave to each of ``data/templates``; those without one are not sent.
    ``mode = "development"``: only administrators of app and account get them, and only by phone.
    """

    account: Digits
    app_id: Digits
    app_secret: SecretStr = Field(min_length=1)
    secret_proof: bool = False
    api_base: HttpAddress = "https://openapi.zalo.me"
    oauth_base: HttpAddress = "https://oauth.zaloapp.com"
    template_base: HttpAddress = "https://business.openapi.zalo.me"
    templates: TemplateIds = {}
    mode: Literal["", "development"] = ""


def _verify(_hook: Hook, _account: ZaloTemplateAccount) -> None:
    raise BadSignatureError("nothing is posted to this channel: events come to the account of channel zalo")


def _parse(_hook: Hook, _account: ZaloTemplateAccount, _now: datetime) -> Parsed:
    raise BadPayloadError("nothing is posted to this channel: events come to the account of channel zalo")


async def _send(part: Part, to: Address, key: str, account: ZaloTemplateAccount, wire: Wire) -> str:
    if part.form is None:
        raise RefusedError("free words cannot be sent here: the message has no template")
    if to.user.startswith(UID):
        if account.mode:
            raise RefusedError("a template by user id has no development mode: it would reach people and cost money")
        return await send_by_uid(part.form, to.user.removeprefix(UID), account, wire, ids=account.templates)
    phone = read_mobile(to.user)
    if phone is None:
        raise RefusedError("this is no mobile number and no user id")
    number = write_number(phone, "84")
    return await send_by_phone(part.form, number, account, wire, key=key, ids=account.templates, mode=account.mode)


def _known_as(address: Address) -> tuple[Address, ...]:
    phone = None if address.user.startswith(UID) else read_mobile(address.user)
    if phone is None:
        return known_as(address)
    return tuple(replace(address, user=user) for user in dict.fromkeys((write_number(phone, "84"), phone)))


CHANNEL: Channel[ZaloTemplateAccount] = Channel(
    name=NAME,
    capabilities=Capabilities(limit=2000, pages=1, receipts=True, reports_key=True, paid=True),
    settings=ZaloTemplateAccount,
    verify=_verify,
    parse=_parse,
    send=_send,
    in_flight=16,
    paths=(),
    peers=lambda account: (account.api_base, account.oauth_base, account.template_base),
    reported=tracking_id,
    known_as=_known_as,
)
