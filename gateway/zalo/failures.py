"""What Zalo's error numbers mean for us, by host and number: ``data/zalo/errors.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import bot
from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from gateway.errors import (
    DeferredError,
    ElsewhereError,
    MisconfiguredError,
    OptedOutError,
    RefusedError,
    SendError,
    ThrottledError,
    UnreachableError,
)

FILE = Path(bot.__file__).parents[1] / "data" / "zalo" / "errors.toml"
MORNING = time(6, 5)
"""From then on people may be sent what Zalo does not take at night."""
JITTER = timedelta(minutes=10)
"""Over so long is spread what waits for the morning."""
_KEYS = {"code", "meaning", "action", "says"}


class Host(StrEnum):
    """Where a call goes; each has numbers of its own."""

    OPEN_API = "openapi"
    TEMPLATES = "templates"
    GRAPH = "graph"


class TokenRefusedError(MisconfiguredError):
    """The access token is dead."""


class UploadExpiredError(UnreachableError):
    """What was uploaded is gone; it may be uploaded again."""


class FailedError(ElsewhereError):
    """Zalo failed to send; the same may go well in a moment, or when its trouble is over."""

    retry, again = True, 2


class SpentError(ElsewhereError):
    """No more may be sent for now: the account's quota, or the person's, is used up."""

    retry = True


class WindowClosedError(ElsewhereError):
    """The person has not turned to us lately enough."""


class AlarmingError(RefusedError):
    """Refused for what is our own mistake, or for its words: somebody has to look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One entry of the table. ``says``: words of Zalo's message, folded, one of which it needs."""

    meaning: str
    action: str
    says: tuple[str, ...] = ()


Failures = Mapping[tuple[Host, int], tuple[Failure, ...]]

_ERRORS: Mapping[str, type[SendError]] = {
    "retry": UnreachableError,
    "twice": FailedError,
    "refresh": TokenRefusedError,
    "upload": UploadExpiredError,
    "window": WindowClosedError,
    "elsewhere": ElsewhereError,
    "spent": SpentError,
    "opted_out": OptedOutError,
    "contact": RefusedError,
    "drop": AlarmingError,
    "review": AlarmingError,
    "stop": MisconfiguredError,
}
_WAITS = {"minute", "morning", "tomorrow"}


@cache
def load_failures(file: Path = FILE) -> Failures:
    """The table. Raises ContentError with the entry and what is wrong with it."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(file.name, "file", f"cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(file.name, "TOML", str(error)) from error
    if unknown := sorted(document.keys() - {host.value for host in Host}):
        raise ContentError(file.name, unknown[0], f"is not one of {', '.join(Host)}")
    table: dict[tuple[Host, int], tuple[Failure, ...]] = {}
    for host in Host:
        for number, entry in enumerate(document.get(host.value, []), 1):
            place = f"{host.value}[{number}]"
            code, failure = _read(file.name, place, entry)
            before = table.get((host, code), ())
            if any(not known.says for known in before):
                raise ContentError(file.name, place, f"{code} is there already, for any words")
            table[host, code] = (*before, failure)
    return table


def judge(host: Host, code: int, message: str, *, now: datetime, spread: float) -> SendError:
    """The error that ``code`` of ``host`` stands for. ``message`` is looked at, never quoted: it may name a person.

    ``spread`` (0 to 1) is where in :data:`JITTER` this one waits for the morning.
    """
    said = message.casefold()
    for failure in load_failures().get((host, code), ()):
        if not failure.says or any(word in said for word in failure.says):
            return _error(failure, f"{failure.meaning} ({code})", now=now, spread=spread)
    return AlarmingError(f"Zalo refuses it with a number that is not in the table ({host} {code})")


def _error(failure: Failure, reason: str, *, now: datetime, spread: float) -> SendError:
    if failure.action == "minute":
        next_minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return ThrottledError(reason, after=max(1.0, (next_minute - now).total_seconds() + spread))
    if failure.action == "morning":
        return DeferredError(reason, until=_morning(now) + JITTER * spread)
    if failure.action == "tomorrow":
        midnight = datetime.combine(now.astimezone(VIETNAM).date() + timedelta(days=1), time(), tzinfo=VIETNAM)
        return DeferredError(reason, until=_morning(midnight) + JITTER * spread)
    return _ERRORS[failure.action](reason)


def _morning(now: datetime) -> datetime:
    """The next 06:05 in Việt Nam."""
    local = now.astimezone(VIETNAM)
    day = local.date() + timedelta(days=local.time() >= MORNING)
    return datetime.combine(day, MORNING, tzinfo=VIETNAM)


def _read(file: str, place: str, entry: Any) -> tuple[int, Failure]:
    """One entry, checked."""
    if not isinstance(entry, dict) or not entry.keys() <= _KEYS:
        raise ContentError(file, place, f"holds other keys than {', '.join(sorted(_KEYS))}")
    code, meaning, action, says = entry.get("code"), entry.get("meaning"), entry.get("action"), entry.get("says", [])
    if not isinstance(code, int) or code >= 0:
        raise ContentError(file, f"{place}.code", "must be a number below 0")
    if not isinstance(meaning, str) or not meaning.strip():
        raise ContentError(file, f"{place}.meaning", "must be a text")
    if action not in _ERRORS.keys() | _WAITS:
        raise ContentError(file, f"{place}.action", f"is not one of {', '.join(sorted(_ERRORS.keys() | _WAITS))}")
    if not isinstance(says, list) or not all(isinstance(word, str) and word for word in says):
        raise ContentError(file, f"{place}.says", "must be a list of words")
    return code, Failure(meaning=meaning.strip(), action=action, says=tuple(word.casefold() for word in says))
