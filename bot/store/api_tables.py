"""The table of the keys with which programs read the public API."""

from sqlalchemy import Column, Integer, Table, Text

from bot.store.metadata import metadata
from bot.store.types import BigId, Instant

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False),  # what the operator calls its holder
    Column("hash", Text, nullable=False, unique=True),  # keyed; the key itself is nowhere
    Column("rate", Integer, nullable=False),  # units a minute
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("used_on", Text),  # the last day in Việt Nam, ISO
)
