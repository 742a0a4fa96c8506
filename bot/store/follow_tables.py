"""The tables of who follows which dataset, and of what was taken down by whom."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from bot.store.metadata import metadata
from bot.store.types import BigId, Instant, Json

follows = Table(
    "follows",
    metadata,
    Column("person", Text, primary_key=True),  # keyed hash of the address
    Column("code", Text, primary_key=True),
    Column("title", Text, nullable=False),  # as it was known last: what is gone has no other
    Column("since", Instant, nullable=False),
    Column("publication", BigInteger, nullable=False),  # the person knows everything up to this one
    Column("hidden", Integer, nullable=False),  # 1 = the person was told that it is not offered now
)

followers = Table(
    "followers",
    metadata,
    Column("person", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),
    Column("told", Json, nullable=False),  # the codes of the datasets in the order in which they were told
)

takedown_log = Table(
    "takedown_log",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),  # hide | unhide
    Column("code", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
