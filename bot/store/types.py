"""How values are kept, the same on both engines."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 UTC so that both engines compare and index it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 – fixed signature
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 – fixed signature
        return None if value is None else from_micros(value)


class Day(TypeDecorator[date]):
    """A calendar day, kept as ISO text: ordered and compared as it reads."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002 – fixed signature
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002 – fixed signature
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A JSON document kept as text: the same bytes on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002 – fixed signature
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 – fixed signature
        return None if value is None else json.loads(value)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment that :func:`to_micros` was given, in UTC."""
    return EPOCH + timedelta(microseconds=micros)


def to_json(value: object) -> str:
    """Compact JSON, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


BigId = BigInteger().with_variant(Integer, "sqlite")
"""The engine's own growing key: SQLite grows only an INTEGER."""
