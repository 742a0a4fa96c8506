"""The tables of what was downloaded: files with their validators, hidden columns, what the columns of tables hold."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from bot.store.metadata import metadata
from bot.store.types import Instant, Json

downloads = Table(
    "downloads",
    metadata,
    Column("source_id", BigInteger, primary_key=True),
    Column("address_hash", Text, primary_key=True),  # an address may be longer than PostgreSQL's longest key
    Column("address", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", Text, nullable=False),  # SHA-256 of the last body that was read
    Column("resources", Json, nullable=False),  # title, note, format, fields, row_count, table of each of its tables
    Column("notices", Json, nullable=False),
    Column("made_by", Text, nullable=False),  # fingerprint of the loader and of the masking rules
    Column("read_at", Instant),  # when its body was read last, not merely asked for
    Column("checked_at", Instant, nullable=False),
    Column("changed_at", Instant),  # since when its tables are as they are
    Column("error", Text, nullable=False),  # why the last check failed; empty = it did not
)

masks = Table(
    "masks",
    metadata,
    Column("hash", Text, primary_key=True),  # of the table as it is kept
    Column("position", Integer, primary_key=True),
    Column("heading", Text, nullable=False),
    Column("kind", Text, nullable=False),  # bot.core.personal.MaskedColumn
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cells", BigInteger, nullable=False),
)

table_schemas = Table(
    "table_schemas",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("columns", Json, nullable=False),  # bot.core.drift.ColumnShape of each
)
