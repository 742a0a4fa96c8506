"""What there is to say to a hook once what it carries is durable, where its provider wants to hear more than a word."""

from collections.abc import Callable

from bot.store import inbox
from bot.store.engine import Store
from gateway.channel import Heard, Outcome, Parsed, Presence
from gateway.holding import await_reply

TAKEN = Outcome(heard=Heard.TAKEN)


async def outcome_of(store: Store, presence: Presence, parsed: Parsed, *, gone: Callable[[], bool]) -> Outcome:
    """What became of a hook whose messages are stored: the reply itself, where the provider waits for it.

    ``gone`` tells whether it does not any more. Raises StoreUnavailableError.
    """
    channel, account = presence.channel, presence.account
    if not parsed.messages:
        return TAKEN
    message = parsed.messages[0]
    seconds = channel.holds(account)
    if seconds is not None:
        text = await await_reply(store, message, seconds=seconds, gone=gone)
        return Outcome(heard=Heard.LATE) if text is None else Outcome(heard=Heard.REPLY, text=text)
    if channel.tells_repetitions(account):
        address = message.address
        first = await inbox.came_at(store, address.channel, address.account, message.external_id)
        if first is not None and first != message.received_at:
            return Outcome(heard=Heard.REPEATED)
    return TAKEN
