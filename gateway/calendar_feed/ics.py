"""A calendar as iCalendar (RFC 5545), with the names and the pace of refreshing that RFC 7986 adds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from bot.content import LANGUAGES
from bot.core.errors import ContentError
from bot.core.obligations.progress import SETTLED, Status
from bot.store.feed_stamps import Stamp
from bot.toml_file import read_toml
from gateway.calendar_feed.entries import Entry, Which, title_of

REFRESH = timedelta(hours=6)
"""How often a calendar program should look again."""
_ZONE = "Asia/Ho_Chi_Minh"
_TEXTS = frozenset(
    {"name_officer", "name_agency", "done", "cite", "state", "late_after", "no_term", "provisional", "status"}
    | {str(which) for which in Which}
)

FeedWords = Mapping[str, Any]
"""The texts by name; ``status`` holds one for each status."""
SayPeriod = Callable[[str], str]
"""A period in words, by its label."""


def load_feed_words(data: Path) -> Mapping[str, FeedWords]:
    """The wording by language. Raises ContentError with the entry and what is wrong with it."""
    file = data / "calendar_feed" / "words.toml"
    document = read_toml(file)
    for language in LANGUAGES:
        words = document.get(language, {})
        for name in sorted(_TEXTS ^ {*words}):
            raise ContentError(file.name, f"{language}.{name}", "is missing or unknown")
        for status in sorted({*map(str, Status)} - {*words["status"], Status.INFORMATION}):
            raise ContentError(file.name, f"{language}.status.{status}", "is missing")
    return document


def write_calendar(
    name: str, entries: Sequence[Entry], stamps: Mapping[str, Stamp], words: FeedWords, say_period: SayPeriod
) -> bytes:
    """The calendar with that ``name``. The same entries at the same versions are the same bytes."""
    from icalendar import Calendar  # noqa: PLC0415 – loading it takes longer than a start may

    calendar = Calendar()
    calendar.add("prodid", "-//tracuu//deadlines//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for field in ("name", "x-wr-calname"):
        calendar.add(field, name)
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(hours=1)}H")
    for entry in entries:
        calendar.add_component(_event(entry, stamps[entry.uid], words, say_period))
    return bytes(calendar.to_ical())


def _event(entry: Entry, stamp: Stamp, words: FeedWords, say_period: SayPeriod) -> Any:
    from icalendar import Event  # noqa: PLC0415 – as above

    event, changed = Event(), stamp.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("uid", f"{entry.uid}@tracuu")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", stamp.sequence)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", _summary(entry, words, say_period))
    event.add("description", "\n".join(_description(entry, words)))
    event.add("status", "CANCELLED" if entry.status is Status.CLOSED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if entry.link:
        event.add("url", entry.link)
    return event


def _summary(entry: Entry, words: FeedWords, say_period: SayPeriod) -> str:
    duty = entry.obligation
    period = say_period(duty.period)
    summary = str(words[entry.which]).format(title=title_of(duty), period=period, agency=entry.agency)
    done = entry.status in SETTLED and entry.status is not Status.CLOSED
    return str(words["done"]).format(summary=summary) if done else summary


def _description(entry: Entry, words: FeedWords) -> list[str]:
    duty = entry.obligation
    lines = [
        words["cite"].format(cite=entry.cite),
        words["state"].format(status=words["status"][entry.status]),
        words["late_after"].format(day=_day(duty.late_after)) if duty.late_after else words["no_term"],
    ]
    lines += [words["provisional"]] if duty.provisional else []
    return [*lines, entry.link] if entry.link else lines


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
