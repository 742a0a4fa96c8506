"""The contract of a line: one channel of the service with its provider's double and the phones on it.

A line is one file in ``simulator/stage/lines/`` that exposes ``open_line``.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from simulator.stage.log import Log
from simulator.stage.trouble import Trouble

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a line is given: the address before the service to which providers post, a client, the log."""

    front: str
    session: aiohttp.ClientSession
    log: Log


@dataclass(kw_only=True, eq=False)
class Bubble:
    """A message as the phone shows it; ``at`` is Unix time in ms.

    ``state``: of what the person wrote ``waiting``, ``taken`` or ``refused``; of the service's ``sent``, ``delivered``,
    ``read``, ``lost`` (its report) or ``unknown`` (the service was not told). ``parts`` are those of an SMS.
    ``buttons`` have ``label`` and ``data`` or ``url``; ``meta`` is what it cost; ``picture`` names one that
    :meth:`Line.picture` gives.
    """

    id: str
    mine: bool
    text: str
    at: int
    state: str = ""
    parts: Sequence[str] = ()
    buttons: Sequence[Mapping[str, str]] = ()
    meta: Json = field(default_factory=dict)
    picture: str = ""
    edited: bool = False

    def as_json(self) -> Json:
        """For the page."""
        return {**vars(self), "parts": list(self.parts), "buttons": [dict(button) for button in self.buttons]}


@dataclass(kw_only=True, eq=False)
class Phone:
    """Somebody's phone; ``address`` is who they are on this line."""

    id: int
    line: str
    name: str
    address: str
    bubbles: list[Bubble] = field(default_factory=list)


class Line(Protocol):
    """One channel."""

    @property
    def name(self) -> str:
        """What the page and the log call it."""

    @property
    def controls(self) -> tuple[str, ...]:
        """The names of what its panel can do."""

    @property
    def trouble(self) -> Trouble:
        """How it fares at the moment."""

    def account(self) -> Json:
        """The ``[[accounts]]`` table for the service."""

    def connect(self) -> None:
        """The service is up: have the provider post to it, and what waits tried again."""

    def join(self, phone: Phone, number: int) -> None:
        """Give the ``number``-th phone of this line its address."""

    async def say(self, phone: Phone, text: str) -> None:
        """The person writes; does not wait for the service. Raises NonsenseError."""

    async def press(self, phone: Phone, message: str, data: str) -> None:
        """The person presses a button. Raises NonsenseError where there is none."""

    async def act(self, phone: Phone, action: str) -> None:
        """One of the actions that :meth:`look` offers. Raises NonsenseError for another."""

    def look(self, phone: Phone) -> Json:
        """What is on the phone now: ``messages``, ``actions``, and what else its kind shows."""

    def picture(self, name: str) -> bytes | None:
        """A PNG or JPEG; None when there is none of this name."""

    async def suffer(self, trouble: Trouble) -> None:
        """Let that be so from now on."""


class OpenLine(Protocol):
    """``open_line`` of a file in ``simulator/stage/lines/``."""

    def __call__(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Line]:
        """The line as long as the block lasts."""


def now_ms() -> int:
    """Unix time in ms, as the page shows times."""
    return int(time.time() * 1000)
