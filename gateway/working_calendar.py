"""The calendar of days off that counts here: what is shipped, and the operator's own years in their place."""

from bot.calendars import load_calendar
from bot.core.working_days import WorkCalendar
from gateway.deployment import DATA
from gateway.settings import Settings


def read_calendar(settings: Settings) -> WorkCalendar:
    """The calendar as the files say it now. Raises ContentError with file, key and reason."""
    return load_calendar(DATA, settings.calendar_folder)
