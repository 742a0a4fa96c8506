"""Everything that handling a message needs, put together once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.content import Content
from bot.core.accounts import Account
from bot.core.conversation import Conversation
from bot.core.findings import Findings
from bot.core.messages import Address, InboundMessage
from bot.handler import Context, Outcome
from bot.library import Library
from bot.reads import Reads
from bot.routing import Route, Router
from bot.rulebook import Rulebook
from bot.store import members, officers
from bot.store.engine import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about a message, by which handler, and what the look-ups behind it found."""

    handler: str
    outcome: Outcome
    found: tuple[Findings, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What the service knows and how it decides. ``clock`` tells aware time, ``rulebook`` what duties follow
    by the files of that moment."""

    store: Store
    router: Router
    content: Content
    library: Library
    accounts: Mapping[tuple[str, str], Account]
    clock: Callable[[], datetime]
    rulebook: Callable[[], Rulebook] = Rulebook

    def account(self, address: Address) -> Account:
        """Our account that was written to; one without keyword or limits when it is no longer configured."""
        known = self.accounts.get((address.channel, address.account))
        return known or Account(channel=address.channel, name=address.account)

    def always_counts(self, message: InboundMessage, conversation: Conversation) -> bool:
        """Whether ``message`` is to be heard whatever else goes on in the conversation."""
        return self.router.always_counts(message, self.account(conversation.address))

    def calls_for_help(self, message: InboundMessage, conversation: Conversation) -> bool:
        """Whether ``message`` is to be answered whatever else goes on in the conversation."""
        return self.router.calls_for_help(message, self.account(conversation.address))

    async def decide(self, message: InboundMessage, conversation: Conversation) -> Decided:
        """Route ``message`` and let its handler decide. Writes nothing."""
        account = self.account(conversation.address)
        masked = self.content.say(conversation.language, "dataset.hidden_entry")
        conversation = conversation.masking(self.library.hidden, masked)
        route = self.router.route(message=message, conversation=conversation, account=account)
        if account.members_only and await members.find_member(self.store, conversation.address) is None:
            route = self.router.for_stranger(route, message, account)
        else:
            route = await self._of_officer(message, conversation, account) or route
        reads = Reads(self.store, self.library, provinces=account.provinces, rulebook=self.rulebook)
        context = Context(
            now=self.clock(),
            account=account,
            message=message,
            conversation=conversation,
            content=self.content,
            reads=reads,
            command=route.command,
            choice=route.choice,
            duty=route.duty,
        )
        outcome = await route.handler.handle(context)
        return Decided(handler=route.handler.name, outcome=outcome, found=tuple(reads.found))

    async def _of_officer(self, message: InboundMessage, conversation: Conversation, account: Account) -> Route | None:
        """The way of what only an officer may say, None for everything and everybody else."""
        route = self.router.route_of_officer(message=message, conversation=conversation, account=account)
        if route is None or await officers.find_officer(self.store, conversation.address) is None:
            return None
        return route
