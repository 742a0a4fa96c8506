"""Which handler gets a message. Pure: the same message in the same conversation always takes the same way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from bot.answering import TASKS
from bot.content import Content
from bot.core.accounts import Account
from bot.core.answer_code import is_code, normalise_code
from bot.core.conversation import Conversation
from bot.core.duty_grammar import DutyWord
from bot.core.errors import TracuuError
from bot.core.grammar import ENTRY, MAX_QUESTION, Command, own_words
from bot.core.intents import Alarm
from bot.core.messages import InboundMessage
from bot.core.phrases import words
from bot.handler import Handler

_MENU_DIGITS = 2

LOOKUP, FALLBACK, EMERGENCY, ANSWER, ATTACHMENT = "lookup", "fallback", "emergency", "answer", "attachment"
STRANGER = "stranger"
"""The handlers that are reached otherwise than by a command, a choice or a state; all must exist."""
_DUTY = "duty"
_DUTY_DIGITS = 3


class Route(NamedTuple):
    """A handler and what :class:`bot.handler.Context` is to carry for it."""

    handler: Handler
    command: Command | None = None
    choice: str | None = None
    duty: DutyWord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The ways from messages to handlers, checked once by :meth:`build`."""

    handlers: Mapping[str, Handler]
    by_command: Mapping[str, Handler]
    by_state: Mapping[str, Handler]
    by_duty: Mapping[str, Handler]
    content: Content

    @classmethod
    def build(cls, handlers: Iterable[Handler], content: Content) -> Self:
        """The router of ``handlers``. Raises TracuuError, naming both, when two claim one name, command or state, and
        when a command belongs to nobody.
        """
        handlers = tuple(handlers)
        router = cls(
            handlers=_unique("name", ((handler.name, handler) for handler in handlers)),
            by_command=_unique("command", ((name, handler) for handler in handlers for name in handler.commands)),
            by_state=_unique("state", ((state, handler) for handler in handlers for state in handler.states)),
            by_duty=_unique("duty", ((name, handler) for handler in handlers for name in handler.duties)),
            content=content,
        )
        usages = content.grammar.usages
        spoken = {name for name, usage in usages.items() if usage.chooses is None}
        for name in sorted(spoken ^ router.by_command.keys()):
            raise TracuuError(f"command {name} has no {'handler' if name in spoken else 'form'}")
        for name in sorted(content.duties.names ^ router.by_duty.keys()):
            raise TracuuError(f"duty {name} has no {'handler' if name in content.duties.names else 'form'}")
        for name, usage in usages.items():
            beginnings = usage.chooses if isinstance(usage.chooses, tuple) else ()
            for owner in (beginning.partition(":")[0] for beginning in beginnings):
                if owner not in router.handlers:
                    raise TracuuError(f"command {name} chooses an entry of {owner}, which is no handler")
        for name in sorted({LOOKUP, FALLBACK, EMERGENCY, ANSWER, ATTACHMENT, STRANGER} - router.handlers.keys()):
            raise TracuuError(f"there is no handler {name}")
        return router

    def route(self, *, message: InboundMessage, conversation: Conversation, account: Account) -> Route:
        """The way of ``message`` in a ``conversation`` as it counts now (:meth:`Conversation.as_of`).

        Order: stop words · calls for help · an offered choice · a command that this situation offers · the handler of
        the state · other commands · a bare answer code · a report · look-up; what cannot be looked up falls back. What
        comes without words is none of these: it never ends a dialogue or fills it in.
        """
        if message.choice is not None:
            return self._of_value(message.choice) or self._to(FALLBACK)
        text = own_words(message.text, account)
        if message.attachment is not None and not text:
            return self._to(ATTACHMENT)
        command = self.content.grammar.read(text)
        return (
            self._always(command)
            or self._emergency(text)
            or self._offered(command or self.content.grammar.read_spelled(text), conversation)
            or self._of_state(conversation)
            or self._of_command(command, conversation)
            or self._bare_code(text)
            or self._opened(text)
            or self._plain(text, command)
        )

    def route_of_officer(
        self, *, message: InboundMessage, conversation: Conversation, account: Account
    ) -> Route | None:
        """The way of ``message`` if it is an officer's, by the words that only officers have; None when it has none of
        them, or is something that comes first for everybody: a stop word, a call for help, an offered entry.
        """
        text = own_words(message.text, account)
        if message.choice is not None or message.attachment is not None:
            return None
        grammar = self.content.grammar
        said = self.content.duties.read(text, grammar.without_tail) or self._numbered(text, conversation)
        if said is None or self._always(grammar.read(text)) or self._emergency(text):
            return None
        return Route(self.by_duty[said.name], duty=said)

    def _numbered(self, text: str, conversation: Conversation) -> DutyWord | None:
        """The duty whose bare number ``text`` is, unless that is on offer for something else."""
        number = text.strip(" .()")
        if not (number.isascii() and number.isdigit()) or len(number) > _DUTY_DIGITS or number.startswith("0"):
            return None
        offered = conversation.state != TASKS and self._offered(self.content.grammar.read(text), conversation)
        return None if offered else DutyWord(name=_DUTY, numbers=(int(number),))

    def for_stranger(self, route: Route, message: InboundMessage, account: Account) -> Route:
        """The way of somebody who is no member where only members are answered: theirs if it is open to all."""
        return route if route.handler.strangers or self.always_counts(message, account) else self._to(STRANGER)

    def always_counts(self, message: InboundMessage, account: Account) -> bool:
        """Whether ``message`` is heard before anything else, in any situation: words like STOP."""
        return self._always(self.content.grammar.read(own_words(message.text, account))) is not None

    def calls_for_help(self, message: InboundMessage, account: Account) -> bool:
        """Whether ``message`` is certainly a call for help, which nothing keeps from its answer."""
        return message.choice is None and self._emergency(own_words(message.text, account)) is not None

    def _always(self, command: Command | None) -> Route | None:
        if command is None or not self.content.grammar.usages[command.name].always:
            return None
        return Route(self.by_command[command.name], command=command)

    def _emergency(self, text: str) -> Route | None:
        return self._to(EMERGENCY) if self.content.intents.emergencies.heard_in(text) is Alarm.CERTAIN else None

    def _offered(self, command: Command | None, conversation: Conversation) -> Route | None:
        if command is None:
            return None
        usage = self.content.grammar.usages[command.name]
        if usage.states and conversation.state not in usage.states:
            return None
        if usage.chooses is None:
            return Route(self.by_command[command.name], command=command) if usage.states else None
        value = chosen_value(usage.chooses, command, conversation)
        return None if value is None else self._of_value(value)

    def _of_state(self, conversation: Conversation) -> Route | None:
        handler = self.by_state.get(conversation.state)
        return None if handler is None else Route(handler)

    def _of_command(self, command: Command | None, conversation: Conversation) -> Route | None:
        if command is None or command.name not in self.by_command:
            return None
        states = self.content.grammar.usages[command.name].states
        return None if states and conversation.state not in states else Route(self.by_command[command.name], command)

    def _bare_code(self, text: str) -> Route | None:
        typed = words(text)
        if len(typed) != 1 or not is_code(normalise_code(typed[0])):
            return None
        return Route(self.handlers[ANSWER], choice=typed[0])

    def _opened(self, text: str) -> Route | None:
        command = self.content.grammar.read_opening(text)
        return None if command is None else Route(self.by_command[command.name], command=command)

    def _plain(self, text: str, command: Command | None) -> Route:
        typed = words(text)
        usage = self.content.grammar.usages[command.name] if command else None
        missed = usage is not None and usage.chooses is not None and not usage.states
        number = len(typed) == 1 and typed[0].isdecimal() and len(typed[0]) <= _MENU_DIGITS
        return self._to(FALLBACK if missed or number or not typed or len(text) > MAX_QUESTION else LOOKUP)

    def _of_value(self, value: str) -> Route | None:
        """The way of ``<handler>:<argument>``; it comes from outside, so it may name anything."""
        name, colon, argument = value.partition(":")
        handler = self.handlers.get(name)
        return None if handler is None or not colon else Route(handler, choice=argument)

    def _to(self, name: str) -> Route:
        return Route(self.handlers[name])


def chosen_value(chooses: int | str | tuple[str, ...], command: Command, conversation: Conversation) -> str | None:
    """The value of the entry that ``command`` stands for (:class:`bot.core.grammar.Usage`), None unless on offer."""
    values = [choice.value for choice in conversation.choices]
    if isinstance(chooses, tuple):
        return next((value for value in values if value.startswith(chooses)), None)
    place = int(command.argument) if chooses == ENTRY else int(chooses)
    return values[place - 1] if 0 < place <= len(values) else None


def _unique(kind: str, entries: Iterable[tuple[str, Handler]]) -> dict[str, Handler]:
    found: dict[str, Handler] = {}
    for key, handler in entries:
        if key in found:
            raise TracuuError(f"{kind} {key} belongs to two handlers: {found[key].name} and {handler.name}")
        found[key] = handler
    return found
