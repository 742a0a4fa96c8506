"""What a job may do with its connection, the same on both engines."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable

from bot.core.errors import StoreError

T = TypeVar("T")


class Transaction(Protocol):
    """An open transaction: the part of SQLAlchemy's AsyncConnection that jobs use."""

    @property
    def dialect(self) -> Dialect:
        """Which SQL is spoken."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        """Run a statement, once for each of several ``parameters``."""

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any:
        """The first column of the first row, None without rows."""

    async def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> CursorResult[Any]:
        """Run the driver's own SQL."""

    async def run_sync(self, work: Callable[..., T], /, *arguments: Any, **named: Any) -> T:
        """Call ``work`` with the plain connection."""


Job = Callable[[Transaction], Awaitable[T]]
"""Statements that belong together. It awaits nothing but its transaction, and may be run again after a roll-back."""


class ThreadedTransaction:
    """A plain connection that answers at once, so that a job runs through in the writer's own thread.

    A hop to the thread and back for each statement would cost three times the statement.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        """Which SQL is spoken."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        """Run a statement."""
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any:
        """The first column of the first row."""
        return self._connection.scalar(statement, parameters)

    async def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> CursorResult[Any]:
        """Run the driver's own SQL."""
        return self._connection.exec_driver_sql(statement, parameters)

    async def run_sync(self, work: Callable[..., T], /, *arguments: Any, **named: Any) -> T:
        """Call ``work`` with the plain connection."""
        return work(self._connection, *arguments, **named)


def run_through(job: Awaitable[T]) -> T:
    """The result of a job on a :class:`ThreadedTransaction`. Raises StoreError when it awaited anything else."""
    steps = job.__await__()
    try:
        next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    raise StoreError("a job must await nothing but its transaction")
