"""Structured logs: one JSON line per event on stderr, with names and numbers, never texts, tokens or addresses."""

import logging
import sys

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
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s", force=True)
