"""The tables of catalogue decisions: their items, what people said of items and datasets, what agencies propose."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from bot.store.metadata import metadata
from bot.store.types import BigId, Instant, Json

decisions = Table(
    "decisions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("province", Text, nullable=False),
    Column("key", Text, nullable=False),  # the number as numbers are compared
    Column("document", Json, nullable=False),  # bot.core.items.Decision
    Column("digest", Text, nullable=False),  # of the decision with its items
    Column("file", Text, nullable=False),
    Column("imported_at", Instant, nullable=False),
    UniqueConstraint("province", "key", name="decisions_once"),
)

items = Table(
    "items",
    metadata,
    Column("decision_id", BigInteger, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("document", Json, nullable=False),  # bot.core.items.CatalogueItem
    UniqueConstraint("decision_id", "lineage", name="items_lineage"),
)

item_links = Table(
    "item_links",
    metadata,
    Column("province", Text, primary_key=True),
    Column("lineage", Text, primary_key=True),
    Column("dataset", Text, primary_key=True),
    Column("state", Text, nullable=False),  # bot.core.items.LinkState
    Column("said_by", Text, nullable=False),  # an office, not a number
    Column("at", Instant, nullable=False),
)

item_proposals = Table(
    "item_proposals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("province", Text, nullable=False),
    Column("kind", Text, nullable=False),  # bot.core.item_proposals.ProposalKind
    Column("item", Text, nullable=False),
    Column("document", Json, nullable=False),  # what stands there and what is to stand there
    Column("agency", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # bot.core.item_proposals.ProposalState
    Column("submitted_in", Text, nullable=False),
    Column("settled_by", Text, nullable=False),
    Column("settled_at", Instant),
)
Index("item_proposals_state", item_proposals.c.province, item_proposals.c.state)
