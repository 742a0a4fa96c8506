"""How fast a bot may send: sliding windows over what was accepted, and the quiet that a 429 asks for."""

import math
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.telegram.answers import ApiError
from simulator.telegram.world import Bot, Chat


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Messages within a sliding window, of a bot: in all, to one chat, to one group.

    ``slack`` is by how many seconds of the provider each window is shorter for the client's sake: what left in time
    may arrive a little closer together.
    """

    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20
    slack: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message that was accepted (``method`` says how; an edit counts too) at ``at``, in seconds of the provider."""

    at: float
    bot_id: int
    chat_id: int
    in_group: bool
    method: str
    message_id: int


@dataclass(kw_only=True)
class Windows:
    """Counts what was accepted against the limits and refuses what would exceed them."""

    limits: Limits
    sent: list[Sent] = field(default_factory=list)
    _recent: dict[tuple[int, str, int], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _quiet: dict[tuple[int, int], float] = field(default_factory=dict)

    def admit(self, bot: Bot, chat: Chat, *, now: float, edit: bool) -> None:
        """Raise ApiError when ``bot`` may write nothing to ``chat`` at ``now``."""
        self.check_quiet(bot, chat, now=now)
        for rule, key, most, seconds in self._windows(bot, chat, edit=edit):
            recent = self._recent[key]
            while recent and recent[0] <= now - (seconds - self.limits.slack):
                recent.popleft()
            if len(recent) >= most:
                wait = recent[len(recent) - most] + seconds - now
                raise self.too_many(bot, chat if rule != "T60" else None, math.ceil(wait), now=now, rule=rule)

    def count(self, bot: Bot, chat: Chat, *, now: float, edit: bool, method: str, message_id: int) -> None:
        """Note an accepted message."""
        for _, key, _, _ in self._windows(bot, chat, edit=edit):
            self._recent[key].append(now)
        in_group = chat.is_group
        self.sent.append(
            Sent(at=now, bot_id=bot.id, chat_id=chat.id, in_group=in_group, method=method, message_id=message_id)
        )

    def too_many(
        self, bot: Bot, chat: Chat | None, seconds: int, *, now: float, rule: str, foreseeable: bool = True
    ) -> ApiError:
        """The 429 after which ``bot`` must be quiet for ``seconds``: towards ``chat``, or everywhere."""
        seconds = max(1, seconds)
        key = (bot.id, chat.id if chat else 0)
        self._quiet[key] = max(self._quiet.get(key, 0.0), now + seconds)
        return ApiError(
            429, f"retry after {seconds}", rule=rule, foreseeable=foreseeable, parameters={"retry_after": seconds}
        )

    def check_quiet(self, bot: Bot, chat: Chat | None, *, now: float) -> None:
        """Raise ApiError when ``bot`` was told to wait and does not."""
        until = max(self._quiet.get((bot.id, place), 0.0) for place in (0, chat.id if chat else 0))
        if now < until:
            seconds = math.ceil(until - now)
            raise ApiError(429, f"retry after {seconds}", rule="T63", parameters={"retry_after": seconds})

    def _windows(self, bot: Bot, chat: Chat, *, edit: bool) -> Iterable[tuple[str, tuple[int, str, int], int, float]]:
        limits = self.limits
        yield "T60", (bot.id, "all", 0), limits.per_second, 1.0
        if not edit:
            yield "T61", (bot.id, "chat", chat.id), limits.per_chat_second, 1.0
        if chat.is_group:
            yield "T62", (bot.id, "group", chat.id), limits.per_group_minute, 60.0


def fullest(moments: Iterable[float], seconds: float) -> int:
    """The most moments that lie in any half-open window of ``seconds``."""
    ordered = sorted(moments)
    return max((index + 1 - bisect_right(ordered, at - seconds) for index, at in enumerate(ordered)), default=0)
