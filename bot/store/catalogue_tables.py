"""The tables of the catalogue: sources, their datasets, and the rows of these."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, UniqueConstraint

from bot.store.metadata import metadata
from bot.store.types import BigId, Instant, Json

sources = Table(
    "sources",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("sample", Integer, nullable=False),  # 1 = the embedded sample, which never competes with a configured source
    Column("version", BigInteger, nullable=False),  # the version of its datasets that counts; 0 = never synced
    Column("synced_at", Instant),
    Column("mark", Text, nullable=False, server_default=""),  # where its next reading may go on; empty = anew
    Column("whole_at", Instant),  # when it was last read as a whole
    UniqueConstraint("kind", "name", "province", name="sources_once"),
)

datasets = Table(
    "datasets",
    metadata,
    Column("source_id", BigId, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("document", Json, nullable=False),  # bot.core.catalogue.Dataset
)

tables = Table(
    "tables",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("columns", Json, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

table_chunks = Table(
    "table_chunks",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rows", Json, nullable=False),
)

takedowns = Table(
    "takedowns",
    metadata,
    Column("code", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)
