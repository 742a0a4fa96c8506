"""Every table and index. The migrations beside it create exactly these; a test compares the two on both engines."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.types import BigId, Instant, Json

metadata = MetaData()

migrations = Table(
    "migrations", metadata, Column("name", Text, primary_key=True), Column("applied_at", Instant, nullable=False)
)

facts = Table("facts", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

conversations = Table(
    "conversations",
    metadata,
    Column("person", Text, primary_key=True),  # keyed hash of the address
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the address itself, encrypted
    Column("state", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("choices", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("updated_at", Instant),
    Column("version", BigInteger, nullable=False),
    Column("mail_count", BigInteger, nullable=False),
    Column("flooded_at", Instant),
    Column("accents", Integer, nullable=False, server_default="0"),  # 1 = with diacritics where a part costs money
    # the head of this person's inbox: set while rows wait, whatever their number
    Column("due_at", Instant),
    Column("waiting_since", Instant),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
)
Index(
    "conversations_due",
    conversations.c.due_at,
    sqlite_where=conversations.c.due_at.is_not(None),
    postgresql_where=conversations.c.due_at.is_not(None),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("body", Json, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # pending | done | capped | dead
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("finished_at", Instant),
    UniqueConstraint("channel", "account", "external_id", name="inbox_once"),
)
Index(
    "inbox_pending",
    inbox.c.person,
    inbox.c.id,
    sqlite_where=inbox.c.state == "pending",
    postgresql_where=inbox.c.state == "pending",
)
Index("inbox_dead", inbox.c.id, sqlite_where=inbox.c.state == "dead", postgresql_where=inbox.c.state == "dead")

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("reply", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("state", Text, nullable=False),  # OutboxState
    Column("attempts", Integer, nullable=False),
    Column("resends", Integer, nullable=False),  # repeats after an unknown result
    Column("error", Text),
    Column("finished_at", Instant),
)
Index(
    "outbox_queued",
    outbox.c.person,
    outbox.c.lane,
    outbox.c.id,
    sqlite_where=outbox.c.state == "queued",
    postgresql_where=outbox.c.state == "queued",
)
Index(
    "outbox_given_up",
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(["dead", "parked"]),
    postgresql_where=outbox.c.state.in_(["dead", "parked"]),
)
Index(
    "outbox_expiring",
    outbox.c.expires_at,
    sqlite_where=outbox.c.expires_at.is_not(None) & (outbox.c.state == "queued"),
    postgresql_where=outbox.c.expires_at.is_not(None) & (outbox.c.state == "queued"),
)

outbox_heads = Table(
    "outbox_heads",
    metadata,
    Column("person", Text, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("due_at", Instant),
    Column("waiting_since", Instant),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
)
Index(
    "outbox_heads_due",
    outbox_heads.c.channel,
    outbox_heads.c.account,
    outbox_heads.c.lane,
    outbox_heads.c.due_at,
    sqlite_where=outbox_heads.c.due_at.is_not(None),
    postgresql_where=outbox_heads.c.due_at.is_not(None),
)

sender_leases = Table(
    "sender_leases",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
)

outbox_parts = Table(
    "outbox_parts",
    metadata,
    Column("outbox_id", BigId, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("provider_id", Text),
    Column("state", Integer, nullable=False),  # DeliveryState
    Column("at", Instant, nullable=False),
)
Index("outbox_parts_provider", outbox_parts.c.provider_id)

receipts = Table(
    "receipts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("state", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("joined", Integer, nullable=False),
    UniqueConstraint("channel", "account", "provider_id", "state", name="receipts_once"),
)
Index(
    "receipts_unjoined",
    receipts.c.id,
    sqlite_where=receipts.c.joined == 0,
    postgresql_where=receipts.c.joined == 0,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("person", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("part", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("topic", Text),
    Column("given", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("code", Text, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("dataset", Text, nullable=False),
    Column("reply", Json, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("subject", Json),
    Column("chart", Json),
)

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
