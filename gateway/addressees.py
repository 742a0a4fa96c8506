"""For which of our accounts a hook is: a provider may have one address for several of them."""

from dataclasses import replace

from bot.core.messages import Address, Receipt
from gateway.channel import Parsed, Presence, Presences


def ours(parsed: Parsed, presence: Presence, presences: Presences) -> Parsed:
    """What of ``parsed``, which came to ``presence``, is for it or for an account that may share its address.

    The rest is for accounts that the settings do not name, or that belong to somebody else.
    """

    def belongs(to: Address | Receipt) -> bool:
        if (to.channel, to.account) == (presence.channel.name, presence.account.account):
            return True
        other = presences.get((to.channel, to.account))
        if other is None:
            return False
        return other.channel is not presence.channel or presence.channel.shares(presence.account, other.account)

    everybody: list[Address | Receipt] = [message.address for message in parsed.messages]
    everybody += [*(sign.address for sign in parsed.signs), *parsed.receipts]
    if all(map(belongs, everybody)):  # as nearly always
        return parsed
    return replace(
        parsed,
        messages=tuple(one for one in parsed.messages if belongs(one.address)),
        signs=tuple(one for one in parsed.signs if belongs(one.address)),
        receipts=tuple(one for one in parsed.receipts if belongs(one)),
    )


def is_empty(parsed: Parsed) -> bool:
    """Whether there is nothing to store."""
    return not (parsed.messages or parsed.signs or parsed.receipts)
