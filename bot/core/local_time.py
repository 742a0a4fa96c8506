"""The time of day in Việt Nam, which has one offset all year and keeps no summer time."""

from datetime import date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "ICT")

_MORNING, _NIGHT = time(7), time(22)


def local_day(now: datetime) -> date:
    """Which day it is there at ``now`` (aware)."""
    return now.astimezone(VIETNAM).date()


def when_awake(now: datetime) -> datetime:
    """``now``, or the next 07:00 there when it is night (22:00 to 07:00): what is not urgent disturbs nobody."""
    local = now.astimezone(VIETNAM)
    if _MORNING <= local.time() < _NIGHT:
        return now
    day = local.date() + timedelta(days=local.time() >= _NIGHT)
    return datetime.combine(day, _MORNING, tzinfo=VIETNAM)
