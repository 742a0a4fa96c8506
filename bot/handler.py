"""The contract of a handler: what it is given, and what it may decide.

A handler cannot send and cannot write: it returns an :class:`Outcome`, which the dispatcher applies in one transaction.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.content import Content
from bot.core.accounts import Account
from bot.core.conversation import Conversation
from bot.core.duty_grammar import DutyWord
from bot.core.effects import Effect
from bot.core.grammar import Command
from bot.core.messages import InboundMessage, Reply

if TYPE_CHECKING:  # numpy behind it changes the environment; importing a plug-in must have no effect
    from bot.reads import Reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One message in its surroundings.

    ``command`` is set when the whole message is a command this handler is triggered by, ``choice`` is the argument of
    the entry that was chosen (the part of ``Choice.value`` behind the colon). ``duty`` is what an officer said of one.
    """

    now: datetime
    account: Account
    message: InboundMessage
    conversation: Conversation
    content: Content
    reads: "Reads"
    command: Command | None = None
    choice: str | None = None
    duty: DutyWord | None = None

    def say(self, key: str, **fields: object) -> str:
        """The wording ``key`` in the person's language, its placeholders filled with ``fields``."""
        return self.content.say(self.conversation.language, key, **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a handler decided.

    ``state`` and ``data`` replace the old ones; the choices of the last reply that has any are those on offer.
    """

    replies: tuple[Reply, ...]
    state: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A topic a person can talk about.

    ``commands`` are names of forms in ``data/replies/commands.toml``; ``states`` the conversation states in which plain
    text comes here before it becomes a look-up. ``duties`` are names of the officers' words in
    ``data/replies/duties.toml``, which exist for nobody else. ``name`` also prefixes the values of its choices
    (``name:argument``). With ``strangers`` it also answers whoever is no member where only members are answered.
    """

    name: str
    handle: Callable[[Context], Awaitable[Outcome]]
    commands: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    strangers: bool = False
