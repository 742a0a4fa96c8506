"""The tables of what must reach somebody, and of the accounts that stand in for each other."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from bot.store.index import partial_index
from bot.store.metadata import metadata
from bot.store.types import BigId, Instant, Json

ladders = Table(
    "ladders",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", Text, nullable=False),  # the dedupe_key of the message as it was queued first
    Column("rung", Integer, nullable=False),  # the last that was taken
    Column("confirm_within", BigInteger, nullable=False),  # microseconds
    Column("due_at", Instant, nullable=False),  # when to look at it at the latest
    Column("state", Text, nullable=False),  # LadderState
    Column("reason", Text, nullable=False, server_default=""),  # why it ended as it did
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
Index("ladders_key", ladders.c.key)
partial_index("ladders_open", ladders.c.due_at, where=ladders.c.state == "open")
partial_index("ladders_ended", ladders.c.ended_at, where=ladders.c.ended_at.is_not(None))

rungs = Table(
    "rungs",
    metadata,
    Column("ladder", BigId, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True),
    Column("outbox_id", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("queued_at", Instant, nullable=False),
)
Index("rungs_outbox", rungs.c.outbox_id)
Index("rungs_person", rungs.c.person)

pools = Table(
    "pools",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),  # grows with every step: two looks take one step
    Column("shares", Json, nullable=False),
    Column("errors_at", Instant),
    Column("slow_at", Instant),
    Column("moved_at", Instant),
)

pool_steps = Table(
    "pool_steps",
    metadata,
    Column("pool", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("shares", Json, nullable=False),
)

send_troubles = Table(
    "send_troubles",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("count", BigInteger, nullable=False),  # tries that failed by the provider's fault, since the row before
)
