"""How fast one of our accounts may send: in memory, for the one sender that holds the account."""

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bot.core.messages import Address
from gateway.channel import Pace, Presence, Window
from gateway.windows import Silence, Tally

_MANY = 1000
"""So many people are remembered before those are forgotten to whom nothing went lately."""
_NO_TIME = timedelta(0)


def pace_of(presence: Presence) -> Pace:
    """How fast an account may send: what its channel says, and the ``rate`` of the account or of the channel."""
    channel, account = presence.channel, presence.account
    pace = channel.pace(account) if channel.pace is not None else Pace()
    rate = channel.rate if account.rate is None else account.rate
    return pace if rate is None else replace(pace, windows=(window_of(rate), *pace.windows))


def window_of(rate: float) -> Window:
    """``rate`` units a second as a window: any second has at most as many whole ones; below one a second, one unit in
    1/``rate`` seconds."""
    return Window(units=max(1, int(rate)), seconds=max(1.0, 1 / rate))


@dataclass(slots=True)
class _Ticket:
    """A part under way: its units, and every window that it counts in."""

    cost: int
    tallies: tuple[Tally, ...]


class Bucket:
    """Lets through what all windows of a :class:`Pace` allow, whenever they begin; bursts and pauses included.

    A unit is a part, or a segment where these are paid. ``bulk`` units have room in their share of each window only,
    others in the whole of it. A part counts from its beginning until a window after its :meth:`done`, however long the
    provider takes to answer: it may have been on its way all the while.
    """

    def __init__(self, pace: Pace) -> None:
        self._all = tuple(Tally(window) for window in pace.windows)
        shares = tuple(Tally(window, share=pace.bulk) for window in pace.windows) if pace.bulk < 1 else ()
        self._bulk = shares + tuple(Tally(window) for window in pace.steady)
        # what everybody has sent, as bulk sees it: full before the window is
        self._seen = tuple(Tally(window, share=1 - pace.spare) for window in pace.windows) if pace.spare else ()
        self._people = People(pace)
        self._tickets = count(1)
        self._under_way: dict[int, _Ticket] = {}
        self._silence = Silence()

    def room(self, now: datetime, *, bulk: bool = False) -> int | None:
        """How many units may go now; None = any number."""
        if self._silence.left(now):
            return 0
        return min((tally.room(now) for tally in self._counting(bulk=bulk)), default=None)

    def wait(self, now: datetime, cost: int = 1, *, bulk: bool = False) -> timedelta:
        """How long there is no room for ``cost`` units, if nothing else goes meanwhile."""
        if silent := self._silence.left(now):
            return silent
        return max((tally.wait(now, cost) for tally in self._counting(bulk=bulk)), default=_NO_TIME)

    def fullness(self, now: datetime) -> float:
        """The share of the account's fullest window that is taken, from 0 to 1."""
        return max((tally.fullness(now) for tally in self._all), default=0.0)

    def rest(self, now: datetime, address: Address, cost: int = 1) -> timedelta:
        """How long nothing of ``cost`` units may go to ``address``, whatever the account may send."""
        return self._people.rest(now, address, cost)

    def take(self, now: datetime, cost: int = 1, *, bulk: bool = False, to: Address | None = None) -> int:
        """Account for a part of ``cost`` units that goes now; returns its ticket for :meth:`done`."""
        ticket = next(self._tickets)
        seen = () if bulk else self._seen  # bulk counts there already
        tallies = self._counting(bulk=bulk) + seen + (self._people.tallies(now, to) if to is not None else ())
        if tallies:
            self._under_way[ticket] = _Ticket(cost, tallies)
            for tally in tallies:
                tally.begin(cost)
        return ticket

    def done(self, ticket: int, now: datetime) -> None:
        """The provider has answered, or never will."""
        part = self._under_way.pop(ticket, None)
        if part is not None:
            for tally in part.tallies:
                tally.end(part.cost, now)

    def fill(self, moment: datetime) -> None:
        """Take it that somebody else sent as much as is allowed until ``moment``: to everybody, and to each person."""
        for tally in (*self._all, *self._bulk, *self._seen):
            tally.fill(moment)
        self._people.fill(moment)

    def close(self, now: datetime, length: timedelta, address: Address | None = None) -> None:
        """The provider asks for silence, towards ``address`` only if that is given."""
        if address is None:
            self._silence.keep(now, length)
        else:
            self._people.close(now, length, address)

    def _counting(self, *, bulk: bool) -> tuple[Tally, ...]:
        return self._all + self._bulk + self._seen if bulk else self._all


class People:
    """What each person may get. Only those are remembered to whom something went within their windows, or who are to be
    left in peace."""

    def __init__(self, pace: Pace) -> None:
        self._windows = pace.person
        self._tallies: dict[Address, tuple[Tally, ...]] = {}
        self._silences: dict[Address, Silence] = {}
        self._filled: datetime | None = None
        self._many = _MANY

    def __len__(self) -> int:
        return len(self._tallies) + len(self._silences)

    def rest(self, now: datetime, address: Address, cost: int) -> timedelta:
        """How long nothing of ``cost`` units may go to ``address``."""
        silence = self._silences.get(address)
        waits = [tally.wait(now, cost) for tally in self.tallies(now, address)]
        return max(waits if silence is None else [*waits, silence.left(now)], default=_NO_TIME)

    def tallies(self, now: datetime, address: Address) -> tuple[Tally, ...]:
        """The windows of ``address``."""
        known = self._tallies.get(address)
        if known is None:
            known = tuple(Tally(window) for window in self._windows(address))
            if known:
                self._remember(now, address, known)
        return known

    def close(self, now: datetime, length: timedelta, address: Address) -> None:
        """Leave ``address`` in peace for ``length``."""
        self._silences = {whose: silence for whose, silence in self._silences.items() if silence.left(now)}
        self._silences.setdefault(address, Silence()).keep(now, length)

    def fill(self, moment: datetime) -> None:
        """Take it that everybody got as much as is allowed until ``moment``."""
        self._filled = moment
        for tallies in self._tallies.values():
            for tally in tallies:
                tally.fill(moment)

    def _remember(self, now: datetime, address: Address, tallies: tuple[Tally, ...]) -> None:
        if len(self._tallies) >= self._many:
            self._tallies = {
                whose: kept for whose, kept in self._tallies.items() if not all(tally.is_idle(now) for tally in kept)
            }
            self._many = max(_MANY, 2 * len(self._tallies))
        if self._filled is not None:
            for tally in tallies:
                tally.fill(min(self._filled, now))
        self._tallies[address] = tallies


class Slots:
    """How many queues are worked at once. Each holds a slot until its last part has been handed over."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: set[object] = set()
        self._freed = asyncio.Event()

    @property
    def free(self) -> int:
        """How many more may begin."""
        return self._size - len(self._held)

    def hold(self, work: object) -> None:
        """``work`` begins."""
        self._held.add(work)

    def release(self, work: object) -> None:
        """``work`` needs its slot no more; safe to repeat."""
        self._held.discard(work)
        self._freed.set()

    async def wait(self, seconds: float) -> None:
        """Return when a slot was released, or after ``seconds``."""
        self._freed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._freed.wait()
