"""One user of an Official Account has two addresses with us: for words and, by the same id, for templates."""

from dataclasses import replace

from bot.core.messages import Address
from gateway.zalo.event import NAME
from gateway.zalo.reports import TEMPLATE

UID = "uid:"
"""Before a user id where a telephone number might stand as well."""


def known_as(address: Address) -> tuple[Address, ...]:
    """``address`` and the other one of the same user, where there is one."""
    if address.channel == NAME:
        return address, replace(address, channel=TEMPLATE, user=f"{UID}{address.user}")
    if address.user.startswith(UID):
        return address, replace(address, channel=NAME, user=address.user.removeprefix(UID))
    return (address,)
