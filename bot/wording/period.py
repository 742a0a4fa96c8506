"""How the period of a duty is said: "tháng 11/2026", "quý 3/2026", "6 tháng cuối năm 2026"."""

import re
from datetime import date

from bot.wording.speech import Speech

_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_HALF = re.compile(r"(\d{4})-H([12])")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def say_period(speech: Speech, label: str) -> str:
    """The period with that label (of the fixed interface) in the person's language; one of another kind as it is."""
    if found := _MONTH.fullmatch(label):
        return speech.say("period.month", number=int(found[2]), year=found[1])
    if found := _QUARTER.fullmatch(label):
        return speech.say("period.quarter", number=found[2], year=found[1])
    if found := _HALF.fullmatch(label):
        first, year = found[2] == "1", found[1]
        return speech.say("period.half_1", year=year) if first else speech.say("period.half_2", year=year)
    if _YEAR.fullmatch(label):
        return speech.say("period.year", year=label)
    if _DAY.fullmatch(label):
        return speech.say("period.day", day=say_day(date.fromisoformat(label)))
    return label


def say_day(day: date) -> str:
    """A day in full: 01/12/2026."""
    return day.strftime("%d/%m/%Y")
