"""Who answers which address, and how many are answered at once: the chat must never wait for the API."""

import json
from collections.abc import Awaitable, Callable, Mapping

from bot.library import Library
from bot.store.engine import Store
from gateway.api.admission import Admission
from gateway.api.asked import Asked, Told
from gateway.api.limits import Gate
from gateway.api.news import News
from gateway.api.published import Published
from gateway.api.questions import Questions
from gateway.api.routes import Route
from gateway.api.showing import addressing

LOOKUPS = 1
"""Look-ups at once, half of the time: the chat has the other half."""
REST = 1.0
READINGS = 2
"""Other answers at once."""
WAITING = 40
"""So many stand in line …"""
PATIENCE = 4.0
"""… for at most so many seconds."""

Answer = Callable[[Asked], Awaitable[Told]]


class Desk:
    """Answers for one ``store``. ``prefix`` is the path under which people reach the service."""

    def __init__(
        self, store: Store, library: Library, admission: Admission, *, description: Mapping[str, object], prefix: str
    ) -> None:
        published = Published(store, admission, addressing(prefix))
        questions = Questions(store, library, admission, published, addressing(prefix))
        news = News(store, admission, prefix)
        self._description = json.dumps(description, ensure_ascii=False).encode()
        self._asked: dict[str, Answer] = {"search": questions.search, "rows": questions.rows}
        self._read: dict[str, Answer] = {
            "datasets": published.datasets,
            "dataset": published.dataset,
            "rows": published.rows,
            "changes": news.changes,
            "feed": news.feed,
            "description": self._describe,
        }
        self._lookups = Gate(LOOKUPS, waiting=WAITING, seconds=PATIENCE, rest=REST)
        self._readings = Gate(READINGS, waiting=WAITING, seconds=PATIENCE)

    async def answer(self, route: Route, asked: Asked) -> Told:
        """The answer of ``route``. Raises ProblemError, StoreUnavailableError, TableGoneError."""
        is_question = asked.values.get("q") is not None
        gate, answers = (self._lookups, self._asked) if is_question else (self._readings, self._read)
        async with gate.entered():
            return await answers[route.name](asked)

    async def _describe(self, _asked: Asked) -> Told:
        return Told(body=self._description)
