"""The tables of what changed: publications of sources, and the datasets that each of them changed."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from bot.store.metadata import metadata
from bot.store.types import BigId, Instant, Json

publications = Table(
    "publications",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("source_id", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("source_id", "version", name="publications_once"),
)

changes = Table(
    "changes",
    metadata,
    Column("source_id", BigInteger, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # bot.core.changes.ChangeKind
    Column("title", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("detail", Json, nullable=False),
)
Index("changes_code", changes.c.code)
