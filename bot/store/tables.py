"""Every table and index. The migrations beside it create exactly these; a test compares the two on both engines."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.answer_tables import answers
from bot.store.api_tables import api_keys
from bot.store.catalogue_tables import datasets, sources, table_chunks, tables, takedowns
from bot.store.change_tables import changes, publications
from bot.store.channel_tables import long_choices, standings, tokens, uploads
from bot.store.download_tables import downloads, masks, table_schemas
from bot.store.duty_tables import (
    acts,
    agencies,
    confirmations,
    digests,
    feed_stamps,
    feed_tokens,
    officers,
    outages,
    posts,
    record,
    reminders,
    task_numbers,
)
from bot.store.follow_tables import followers, follows, takedown_log
from bot.store.index import partial_index
from bot.store.item_tables import decisions, item_links, item_proposals, items
from bot.store.member_tables import (
    budget_messages,
    budget_months,
    budget_users,
    invitations,
    members,
    strangers,
    wrong_codes,
)
from bot.store.metadata import metadata
from bot.store.reach_tables import ladders, pool_steps, pools, rungs, send_troubles
from bot.store.reply_slot_tables import reply_slots
from bot.store.report_tables import tickets, unanswered, unanswered_choices, unanswered_marks
from bot.store.types import BigId, Instant, Json

__all__ = [
    "acts",
    "agencies",
    "answers",
    "api_keys",
    "budget_messages",
    "budget_months",
    "budget_users",
    "changes",
    "confirmations",
    "consents",
    "conversations",
    "datasets",
    "decisions",
    "digests",
    "downloads",
    "facts",
    "feed_stamps",
    "feed_tokens",
    "followers",
    "follows",
    "inbox",
    "invitations",
    "item_links",
    "item_proposals",
    "items",
    "ladders",
    "long_choices",
    "mailbox",
    "masks",
    "members",
    "metadata",
    "migrations",
    "officers",
    "outages",
    "outbox",
    "outbox_heads",
    "outbox_parts",
    "pool_steps",
    "pools",
    "posts",
    "publications",
    "quarantine",
    "receipts",
    "record",
    "reminders",
    "reply_slots",
    "rungs",
    "send_troubles",
    "sender_leases",
    "sources",
    "standings",
    "strangers",
    "table_chunks",
    "table_schemas",
    "tables",
    "takedown_log",
    "takedowns",
    "task_numbers",
    "tickets",
    "tokens",
    "unanswered",
    "unanswered_choices",
    "unanswered_marks",
    "uploads",
    "wrong_codes",
]

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
    Column("silent_until", Instant),  # one of our people is talking there: the service says nothing
)
partial_index("conversations_due", conversations.c.due_at, where=conversations.c.due_at.is_not(None))

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
partial_index("inbox_pending", inbox.c.person, inbox.c.id, where=inbox.c.state == "pending")
partial_index("inbox_dead", inbox.c.id, where=inbox.c.state == "dead")

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
    Column("elsewhere", LargeBinary),  # where else it may go when it cannot go here: addresses, encrypted
    Column("moves", Integer, nullable=False, server_default="0"),  # from one account of a pool to another
)
partial_index("outbox_queued", outbox.c.person, outbox.c.lane, outbox.c.id, where=outbox.c.state == "queued")
partial_index("outbox_given_up", outbox.c.id, where=outbox.c.state.in_(["dead", "parked"]))
partial_index(
    "outbox_expiring", outbox.c.expires_at, where=outbox.c.expires_at.is_not(None) & (outbox.c.state == "queued")
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
partial_index(
    "outbox_heads_due",
    outbox_heads.c.channel,
    outbox_heads.c.account,
    outbox_heads.c.lane,
    outbox_heads.c.due_at,
    where=outbox_heads.c.due_at.is_not(None),
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
Index("outbox_parts_left", outbox_parts.c.channel, outbox_parts.c.account, outbox_parts.c.at)

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
partial_index("receipts_unjoined", receipts.c.id, where=receipts.c.joined == 0)

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
