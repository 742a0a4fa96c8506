"""When a portal could not be reached, and which days that spoils for whoever should have uploaded something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.core.local_time import VIETNAM, local_day

LAPSE = timedelta(hours=26)
"""An outage that nobody has seen for longer counts only as long as it was seen: a source is read once a day at least,
and one that is configured no more is never read again."""
LEAST = timedelta(hours=1)
"""How much of its office hours a day must have lost: one failed reading between two good ones may have been our own
fault, and a portal that is away at night hinders nobody."""
_OPENS, _CLOSES = time(7, 30), time(17)
_DAY = timedelta(days=1)
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """That a portal was down from ``began_at`` on, last seen so at ``seen_at``; ``ended_at`` None = it still is."""

    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """Until when it is known to have been down."""
        return self.seen_at if self.ended_at is None else self.ended_at

    def lasts_at(self, now: datetime) -> bool:
        """Whether the portal is taken to be down at ``now``."""
        end = self.seen_at + LAPSE if self.ended_at is None else self.ended_at
        return self.began_at <= now < end


def days_down(outages: Iterable[Outage], first: date, last: date) -> tuple[date, ...]:
    """The days from ``first`` to ``last`` (both included) on which the portal was down.

    A day counts when :data:`LEAST` of its office hours, 07:30 to 17:00 in Việt Nam, was lost, in one piece or several.
    Clocks run meanwhile and are only marked "Cổng gián đoạn": a day that counts excuses nobody by itself.
    Outages that overlap, as those of two sources of one province, count once. Days off count like any other.
    """
    spans = _merged((outage.began_at, outage.until) for outage in outages)
    days = {local_day(began) + number * _DAY for began, ended in spans for number in range(_nights(began, ended) + 1)}
    return tuple(sorted(day for day in days if first <= day <= last and _lost(day, spans) >= LEAST))


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for began, ended in sorted(spans):
        if merged and began <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ended))
        else:
            merged.append((began, ended))
    return merged


def _nights(began: datetime, ended: datetime) -> int:
    return (local_day(ended) - local_day(began)).days


def _lost(day: date, spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    opens, closes = (datetime.combine(day, hour, tzinfo=VIETNAM) for hour in (_OPENS, _CLOSES))
    return sum((max(min(ended, closes) - max(began, opens), _NONE) for began, ended in spans), _NONE)
