"""Structured logs: one JSON line per event on stderr, with names and numbers, never texts, tokens or addresses."""

import contextlib
import logging
import sys
from types import TracebackType

import structlog

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "debug": logging.DEBUG}


def set_up_logs(level: str) -> None:
    """Send events of ``level`` and above to stderr as JSON lines.

    Libraries speak from WARNING on only: at INFO some of them print addresses with the tokens in them.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Kind("%(levelname)s %(name)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Lines:
    """Writes lines to stderr while it can be written: a full disk under the log must not stop the service."""

    def __init__(self, *_names: object) -> None:
        """structlog offers the names that the caller gave."""

    def msg(self, line: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _Kind(logging.Formatter):
    """Level, library and kind of error. What libraries say, and their traces, quote statements, addresses and texts."""

    def formatException(  # noqa: N802 – logging's own name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return ei[0].__name__ if ei[0] else ""
