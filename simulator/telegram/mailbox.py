"""The updates that a bot has not taken yet, and the webhook that they go to."""

import asyncio
import json
from dataclasses import dataclass, field

from simulator.telegram.world import Json

DAY = 86400.0
CALLBACK_SECONDS = 150.0
"""A press that could not be delivered for so long is dropped."""
FURTHEST = 10
"""How far beyond the next update an offset may lie."""
KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)
DEFAULT_KINDS = frozenset(KINDS) - {"chat_member", "message_reaction"}


@dataclass(kw_only=True, eq=False)
class Update:
    """One update. Those with the same ``queue`` are delivered one after the other; ``expires`` is in provider time."""

    id: int
    kind: str
    content: Json
    queue: tuple[str, int]
    expires: float
    attempts: int = 0

    def written(self) -> str:
        """As Telegram writes it, byte for byte: escapes beyond ASCII, one line break after the id."""
        return f'{{"update_id":{self.id},\n"{self.kind}":{json.dumps(self.content, separators=(",", ":"))}}}'


@dataclass(kw_only=True)
class Webhook:
    """Where updates go. ``address`` is where the public ``url`` is answered here; ``gone``: another took its place."""

    url: str
    address: str
    secret: str = ""
    max_connections: int = 40
    error: str = ""
    error_date: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(kw_only=True)
class Poll:
    """A getUpdates that waits."""

    ended: asyncio.Future[str]


@dataclass(kw_only=True)
class Mailbox:
    """Everything that waits for one bot. ``changed`` is set whenever something came, left or was re-routed.

    ``mishear`` is how many answers of the bot to its next updates get lost on their way, ``next_id`` the id of the
    next update, ``unbelieved`` the last offset that lay too far beyond it.
    """

    next_id: int
    unbelieved: int = 0
    updates: dict[int, Update] = field(default_factory=dict)
    allowed: frozenset[str] = DEFAULT_KINDS
    webhook: Webhook | None = None
    poll: Poll | None = None
    mishear: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, kind: str, content: Json, *, queue: tuple[str, int], now: float) -> Update | None:
        """Keep an update until it is taken or too old; None when the bot wants none of its kind."""
        if kind not in self.allowed:
            return None
        seconds = CALLBACK_SECONDS if kind == "callback_query" else DAY
        update = Update(id=self.next_id, kind=kind, content=content, queue=queue, expires=now + seconds)
        self.next_id += 1
        self.updates[update.id] = update
        self.changed.set()
        return update

    def route(self, webhook: Webhook | None) -> None:
        """Deliver to ``webhook`` from now on, or to nobody; what was waiting for another try is tried at once."""
        if self.webhook is not None:
            self.webhook.gone.set()
        self.webhook = webhook
        self.changed.set()

    def drop(self, update: Update) -> None:
        """Forget an update that was taken or is too old."""
        self.updates.pop(update.id, None)
        self.changed.set()

    def expire(self, now: float) -> None:
        """Forget what nobody took in time."""
        for update in [update for update in self.updates.values() if update.expires < now]:
            self.drop(update)

    def confirm(self, offset: int) -> None:
        """Forget every update below ``offset``; a negative one counts from the end, one too far ahead does nothing."""
        ids = sorted(self.updates)
        self.unbelieved = offset if offset > self.next_id + FURTHEST else 0
        if self.unbelieved:
            return
        if offset < 0 and ids:
            offset = max(ids[0], ids[-1] + 1 + offset)
        for number in [number for number in ids if number < offset]:
            self.drop(self.updates[number])
