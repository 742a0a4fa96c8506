"""The way to a provider's servers: one relay each, all of which share the trouble that the panel makes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from aiohttp import web

from simulator.stage.line import Surroundings
from simulator.stage.relay import Crossing, Relay
from simulator.stage.trouble import Trouble

Judge = Callable[[Crossing], tuple[str, str, bool]]
"""What a call was (no token, no number), what it was answered in a few words, and whether that is good."""
Namer = Callable[[Crossing], str]
"""The id of the message that a call made, as its answer says; empty where it says none."""


@dataclass(kw_only=True)
class Gate:
    """Everything that the service may call of one provider.

    ``untold``: the messages that were taken while the service heard no answer.
    """

    line: str
    surroundings: Surroundings
    judge: Judge
    refuse: Callable[[web.Request], web.Response]
    name: Namer = lambda _: ""
    untold: set[str] = field(default_factory=set)
    trouble: Trouble = field(default_factory=Trouble)
    relays: list[Relay] = field(default_factory=list)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def add(self, target: str) -> str:
        """Put a relay before ``target``; the address by which the service reaches it."""
        relay = Relay(
            target=target,
            session=self.surroundings.session,
            saw=self._note,
            trouble=lambda: self.trouble,
            refuse=self.refuse,
        )
        await relay.listen()
        self.relays.append(relay)
        return relay.url

    async def suffer(self, trouble: Trouble) -> None:
        """Let that be so from now on."""
        async with self._changing:
            self.trouble = trouble
            for relay in self.relays:
                await (relay.hang_up() if trouble.down else relay.listen())

    def note_rule(self, rule: str, detail: str) -> None:
        """The service broke a rule of the provider's."""
        self.surroundings.log.note(self.line, "rule", rule, detail, good=False)

    def _note(self, crossing: Crossing) -> None:
        what, verdict, good = self.judge(crossing)
        if crossing.status is None:
            verdict, good = "no answer", False
        elif not crossing.told:
            verdict, good = f"{verdict} – not told", False
            self.untold.add(self.name(crossing))
        self.surroundings.log.note(self.line, "call", what, verdict, good=good)


@contextlib.asynccontextmanager
async def open_gate(
    line: str,
    surroundings: Surroundings,
    *,
    judge: Judge,
    refuse: Callable[[web.Request], web.Response],
    name: Namer = lambda _: "",
) -> AsyncIterator[Gate]:
    """A gate without relays; those that are added end with the block."""
    gate = Gate(line=line, surroundings=surroundings, judge=judge, refuse=refuse, name=name)
    try:
        yield gate
    finally:
        for relay in gate.relays:
            await relay.hang_up()
