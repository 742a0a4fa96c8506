"""Read single values out of a package, which may hold anything."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from gateway.cell import CellError, read_date, tidy
from gateway.ckan.naming import fold_name

VIETNAM = timezone(timedelta(hours=7))


class SchemaError(CellError):
    """A package that is not as CKAN gives them; the sentence says what is wrong with it."""


def text_of(package: Mapping[str, Any], key: str) -> str:
    """The text at ``key`` on one line, empty where there is none. Raises SchemaError for anything but a text."""
    value = package.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise SchemaError(f"{key} is no text")
    return tidy(value)


def needed(package: Mapping[str, Any], key: str) -> str:
    """The text at ``key``. Raises SchemaError where there is none."""
    text = text_of(package, key)
    if not text:
        raise SchemaError(f"the {key} is empty" if key in package else f"it has no {key}")
    return text


def tables_of(package: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """The list of objects at ``key``, empty where there is none. Raises SchemaError for anything else."""
    value = package.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise SchemaError(f"{key} is no list of objects")
    return value


def instant_of(package: Mapping[str, Any], key: str) -> datetime | None:
    """The time at ``key``: CKAN gives UTC without saying so. None where there is none, or what stands there is none."""
    value = package.get(key)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(moment: datetime | None) -> date | None:
    """The day on which that was in Vietnam."""
    try:
        return moment and moment.astimezone(VIETNAM).date()
    except (OverflowError, ValueError):
        return None


class Extras:
    """What a package says by names of the portal's own: among its fields, then among its extras."""

    def __init__(self, package: Mapping[str, Any]) -> None:
        self._values: dict[str, str] = {}
        for name, value in _pairs(package):
            told = _told(value)
            if told:
                self._values.setdefault(fold_name(name), told)

    def first(self, names: Sequence[str]) -> tuple[str, str]:
        """The first of ``names`` (folded) that has a value, and that value; both empty for none."""
        return next(((name, self._values[name]) for name in names if name in self._values), ("", ""))

    def day(self, names: Sequence[str]) -> date | None:
        """The first of ``names`` that has a day; what is no day does not count."""
        for name in names:
            try:
                found = read_date(self._values.get(name, ""))
            except CellError:
                continue
            if found:
                return found
        return None


def _told(value: Any) -> str:
    """What an extra says: portals give a choice of several as a list."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_told, value)))
    return tidy(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _pairs(package: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from package.items()
    for extra in tables_of(package, "extras"):
        if isinstance(extra.get("key"), str):
            yield extra["key"], extra.get("value")
