"""States of an outgoing message and its parts, and the lanes in which messages wait."""

from enum import IntEnum, StrEnum


class Lane(IntEnum):
    """Order of sending: every answer goes before every bulk message."""

    ANSWER = 0
    INCIDENT = 1
    REMINDER = 2
    BROADCAST = 3


BULK = frozenset({Lane.REMINDER, Lane.BROADCAST})
"""Lanes in which nobody waits for the next message."""


class DeliveryState(IntEnum):
    """What is known of one part. The order is the ladder: a later report may only move a part up.

    A provider may report a failure and correct itself afterwards, so *delivered* stands above *failed*; *unknown* is a
    call that timed out after it left, so anything that is heard later outranks it.
    """

    UNKNOWN = 0
    SENT = 1
    BUFFERED = 2
    EXPIRED = 3
    FAILED = 4
    DELIVERED = 5
    READ = 6


class OutboxState(StrEnum):
    """Where an outgoing message stands. Only QUEUED rows are ever claimed; ELSEWHERE has gone on as another row."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"
    EXPIRED = "expired"
    DEAD = "dead"
    ELSEWHERE = "elsewhere"


def climb(known: DeliveryState, heard: DeliveryState) -> DeliveryState:
    """The state after a report: reports may come late, twice and in any order, the result is always the highest."""
    return max(known, heard)
