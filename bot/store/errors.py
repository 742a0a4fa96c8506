"""Which errors of drivers mean "not now", and which "try once more"."""

import contextlib
import sqlite3
from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.core.errors import StoreUnavailableError, TracuuError

UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
    OSError,
    sqlite3.OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.InternalClientError,  # the connection was cut in the middle of a statement
)
"""The database is locked, full, read-only, damaged, stopped or out of reach: nothing was written, repeating helps."""

_ASYNCPG = (asyncpg.PostgresError, asyncpg.InternalClientError)
_REPEATABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_REASONS = {
    "SQLITE_BUSY": "another program has locked it",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk has trouble",
    "SQLITE_NOTADB": "its file is no database, or the header is damaged",
    "SQLITE_READONLY": "it may not be written to",
    "ConnectionRefusedError": "nobody listens at its address",
    "DiskFullError": "the disk is full",
    "InvalidCatalogNameError": "there is no database of that name",
    "InvalidPasswordError": "it does not take this name and password",
    "PermissionError": "permission denied",
    "TimeoutError": "no answer in time",
    "gaierror": "the name of its host is unknown here",
}
"""What the commonest kinds mean to an administrator; SQLite's longer ones begin with these."""


@contextlib.contextmanager
def translating() -> Iterator[None]:
    """Turn whatever a driver raises because the database is away into StoreUnavailableError.

    What may succeed at once when repeated (:func:`is_repeatable`) and what the statements themselves did wrong is left.
    """
    try:
        yield
    except (TracuuError, GeneratorExit):
        raise
    except Exception as error:
        if _is_away(error) and not is_repeatable(error):
            raise unavailable(error) from error
        raise


def _is_away(error: BaseException) -> bool:
    inner = _driver_error(error)
    if getattr(inner, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False  # sqlite3 calls a wrong statement "operational" as well; repeating it helps nobody
    # a damaged file is sqlite3's plain DatabaseError; what the statements did wrong is one of its subclasses
    return isinstance(error, UNAVAILABLE) or isinstance(inner, UNAVAILABLE) or type(inner) is sqlite3.DatabaseError


def is_repeatable(error: BaseException) -> bool:
    """Whether PostgreSQL rolled back because of others, so that the very same statements may succeed now."""
    return isinstance(_driver_error(error), _REPEATABLE)


def unavailable(error: BaseException) -> StoreUnavailableError:
    """The sentence for an error after which repeating helps; the driver's own may hold what a person wrote."""
    return StoreUnavailableError(f"the database cannot be used now ({kind_of(_driver_error(error))})")


def kind_of(error: BaseException) -> str:
    """The kind of a driver's error, such as ``SQLITE_FULL``, and where we know it what it means."""
    kind = getattr(error, "sqlite_errorname", None) or type(error).__name__
    reason = _REASONS.get("_".join(kind.split("_")[:2]))
    return f"{reason}; {kind}" if reason else kind


def _driver_error(error: BaseException) -> BaseException:
    """What the driver itself raised, under the wrappings."""
    inner: BaseException = getattr(error, "orig", None) or error
    return inner.__cause__ if isinstance(inner.__cause__, _ASYNCPG) else inner
