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
)
"""The database is locked, full, stopped or out of reach: nothing was written, repeating helps."""

_REPEATABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


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
        away = isinstance(error, UNAVAILABLE) or isinstance(_driver_error(error), UNAVAILABLE)
        if away and not is_repeatable(error):
            raise unavailable(error) from error
        raise


def is_repeatable(error: BaseException) -> bool:
    """Whether PostgreSQL rolled back because of others, so that the very same statements may succeed now."""
    return isinstance(_driver_error(error), _REPEATABLE)


def unavailable(error: BaseException) -> StoreUnavailableError:
    """The sentence for an error of :data:`UNAVAILABLE`; the driver's own may hold what a person wrote."""
    return StoreUnavailableError(f"the database cannot be used now ({type(_driver_error(error)).__name__})")


def _driver_error(error: BaseException) -> BaseException:
    """What the driver itself raised, under the wrappings."""
    inner: BaseException = getattr(error, "orig", None) or error
    return inner.__cause__ if isinstance(inner.__cause__, asyncpg.PostgresError) else inner
