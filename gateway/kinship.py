"""Under which addresses one person is known: on every account of ours that reads telephone numbers, by the same one."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.balance import Member
from bot.core.messages import Address
from bot.store.vault import Kin
from gateway.channel import Channel
from gateway.phone import read_mobile

_DIALLED, _KEPT = "0901000001", "+84901000001"


def kin_of(channels: Mapping[str, Channel[Any]], accounts: Iterable[Member]) -> Kin:
    """How to find all addresses of whoever is at one, itself the first, among these ``accounts`` of ours.

    Whatever its channel says (:attr:`Channel.known_as`), and where that is a telephone number, the same number
    everywhere else.
    """
    names = {name for name, channel in channels.items() if _reads_numbers(channel)}
    numbered = [place for place in dict.fromkeys(accounts) if place[0] in names]

    def kin(address: Address) -> tuple[Address, ...]:
        own = channels[address.channel].known_as(address) if address.channel in channels else ()
        phone = read_mobile(address.user) if address.channel in names else None
        if phone is None:
            return tuple(dict.fromkeys((address, *own)))
        others = (
            one
            for channel, account in numbered
            for one in channels[channel].known_as(Address(channel=channel, account=account, user=phone))
        )
        return tuple(dict.fromkeys((address, *own, *others)))

    return kin


def _reads_numbers(channel: Channel[Any]) -> bool:
    """Whether a person is a telephone number there: then one that is written in another way is the same."""
    dialled = Address(channel=channel.name, account="", user=_DIALLED)
    return any(one.user == _KEPT for one in channel.known_as(dialled))
