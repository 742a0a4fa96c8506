"""The errors of the mind. Each says itself whether repeating helps and what a person may read."""


class TracuuError(Exception):
    """Base of all errors that the service raises on purpose; ``str(error)`` is a sentence for a person."""


class ContentError(TracuuError):
    """A file under ``data/`` or a settings file is wrong; stops the start. Names file, line or key, and reason."""

    def __init__(self, file: str, key: str, reason: str, *, line: int = 0) -> None:
        place = f"{file}: line {line}" if line else file
        super().__init__(f"{place}: {key}: {reason}")
        self.file, self.key, self.reason, self.line = file, key, reason, line


class StoreError(TracuuError):
    """The database cannot be used as asked (wrong key, newer schema, second owner)."""


class StoreUnavailableError(StoreError):
    """The database could not commit now (locked, full, down). Nothing was written; repeating helps."""


class ConflictError(TracuuError):
    """Somebody else changed the row between reading and writing. Repeating helps."""


class LeaseLostError(ConflictError):
    """The lease ended while its holder was working; another worker has the row. The work is abandoned."""
