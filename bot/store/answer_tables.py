"""The table of the answers that were given, each opened again by its code."""

from sqlalchemy import BigInteger, Column, Table, Text

from bot.store.metadata import metadata
from bot.store.types import Instant, Json

answers = Table(
    "answers",
    metadata,
    Column("code", Text, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("dataset", Text, nullable=False),
    Column("reply", Json, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("table_hash", Text, nullable=False, server_default=""),  # whose rows were given; empty = none
    Column("row_numbers", Json, nullable=False, server_default="[]"),
    Column("row_total", BigInteger, nullable=False, server_default="0"),
    Column("asked", Json, nullable=False, server_default="[]"),  # columns
    Column("chart", Json),  # what its picture shows
)
