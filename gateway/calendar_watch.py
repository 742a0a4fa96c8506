"""Tell an operator in time what the calendar of days off lacks: a finding, a log event a day, a metric."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import ContentError
from bot.core.local_time import local_day
from bot.notify.alarm import Alarm
from bot.store.engine import Store
from bot.store.fact import renew_fact
from gateway.calendar_state import CalendarState, look_at
from gateway.finding import Finding, Verdict
from gateway.settings import Settings
from gateway.working_calendar import read_calendar

LOOKED_EVERY = timedelta(hours=1)
TOLD = "calendar.told"
"""The day on which the alarms were last told, by whichever process."""

log = structlog.get_logger()


def examine_calendar(settings: Settings, *, now: datetime) -> Finding:
    """How far the calendar reaches and what must be looked up. A file that is wrong stops the start."""
    try:
        state = _look(settings, now)
    except ContentError as error:
        return Finding(name="calendar", verdict=Verdict.FAIL, detail=str(error))
    if state.alarms:
        detail = "; ".join(alarm.sentence for alarm in state.alarms)
        return Finding(name="calendar", verdict=Verdict.WARN, detail=detail)
    detail = f"known until {state.until:%d/%m/%Y}, {len(state.provisional)} days off not announced yet"
    return Finding(name="calendar", verdict=Verdict.OK, detail=detail)


def count_days_left(settings: Settings, clock: Callable[[], datetime]) -> float:
    """For how many days from today the days off are known; not a number while a file is wrong."""
    try:
        return _look(settings, clock()).left
    except ContentError:
        return float("nan")


def schedule_calendar(alarm: Alarm, store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> None:
    """Set the alarm. Raises ContentError for a calendar that is wrong: nobody should start by that."""
    read_calendar(settings)
    alarm.every(LOOKED_EVERY, "calendar", lambda: tell_calendar(store, settings, now=clock()))


async def tell_calendar(store: Store, settings: Settings, *, now: datetime) -> None:
    """Log what must be looked up, once a day whoever asks. Raises ContentError, StoreUnavailableError."""
    alarms = _look(settings, now).alarms
    if alarms and await renew_fact(store, TOLD, local_day(now).isoformat()):
        for each in alarms:
            log.error(each.event, days=each.left, advice=each.sentence)


def _look(settings: Settings, now: datetime) -> CalendarState:
    return look_at(read_calendar(settings), local_day(now))
