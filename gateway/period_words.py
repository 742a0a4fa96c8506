"""Periods in words, for what is written to nobody in particular: letters and calendars."""

from collections.abc import Callable
from functools import partial

from bot.content import load_content
from bot.core.accounts import Account
from bot.wording.period import say_period
from bot.wording.speech import Speech
from gateway.deployment import DATA


def read_periods(language: str) -> Callable[[str], str]:
    """What says a period by its label, in that language: 2026-11 is "tháng 11/2026". Raises ContentError."""
    return partial(
        say_period,
        Speech(content=load_content(DATA), language=language, account=Account(channel="file", name="file")),
    )
