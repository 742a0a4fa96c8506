"""The tables of deadlines: agencies and their officers, what was said of duties, who was reminded, and the record."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from bot.store.index import partial_index
from bot.store.metadata import metadata
from bot.store.types import BigId, Day, Instant, Json

agencies = Table(
    "agencies",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("province", Text, nullable=False),
    Column("key", Text, nullable=False),  # the name as it is compared: bot.core.obligations.agency.name_key
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),  # bot.core.obligations.agency.AgencyKind
    Column("rule_set", Text, nullable=False),  # the profile that binds it; empty = not determined
    Column("applied_by", Text, nullable=False),  # the document that says so
    Column("aliases", Json, nullable=False),
    Column("imported_at", Instant, nullable=False),  # since when that rule set is on record
    UniqueConstraint("province", "key", name="agencies_once"),
)

officers = Table(
    "officers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text),  # keyed hash, by which the same person is found again
    Column("sealed", LargeBinary),  # phone and e-mail, encrypted
    Column("imported_at", Instant, nullable=False),
)
Index("officers_phone", officers.c.phone)

posts = Table(
    "posts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("officer_id", BigInteger, nullable=False),
    Column("agency_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),  # bot.core.obligations.agency.PostRole
    Column("unit", Text, nullable=False),
    Column("since", Day),
    Column("until", Day),
)
Index("posts_agency", posts.c.agency_id)
Index("posts_officer", posts.c.officer_id)

acts = Table(
    "acts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", Text, nullable=False),  # Obligation.key
    Column("kind", Text, nullable=False),  # bot.core.obligations.progress.ActKind
    Column("at", Instant, nullable=False),
    Column("officer_id", BigInteger),
    Column("by", Text, nullable=False),  # an office, where it was no officer
    Column("day", Day),
    Column("to_officer", BigInteger),
    Column("undoes", BigInteger),
    Column("note", Text, nullable=False),
    Column("once", Text, unique=True),  # of what several processes may see at the same time
)
Index("acts_key", acts.c.key)
partial_index("acts_changed", acts.c.id, where=acts.c.kind == "changed")

task_numbers = Table(
    "task_numbers",
    metadata,
    Column("officer_id", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),  # what the officer types: XONG 1
    Column("key", Text, nullable=False),  # Obligation.key
    Column("shown_at", Instant, nullable=False),  # when it was last shown, or known to be open
    UniqueConstraint("officer_id", "key", name="task_numbers_once"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("key", Text, primary_key=True),  # Obligation.key
    Column("officer_id", BigInteger, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("digest_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("officer_id", BigInteger, nullable=False),
    Column("day", Day, nullable=False),
    Column("at", Instant, nullable=False),
    Column("dedupe_key", Text, nullable=False),  # of its message in the outbox
    UniqueConstraint("officer_id", "day", name="digests_once"),  # one a day
)

record = Table(
    "record",
    metadata,
    Column("seq", BigInteger, primary_key=True),  # without gaps
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("agency_id", BigInteger),
    Column("officer_id", BigInteger),
    Column("document", Json, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("message", Text),  # of the outbox that it is about: its dedupe_key
    Column("once", Text, unique=True),  # what may stand there once only
)
Index("record_agency", record.c.province, record.c.agency_id, record.c.at)
Index("record_kind", record.c.kind, record.c.at)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("profile", Text, nullable=False),
    Column("digest", Text, nullable=False),  # of the rules that were confirmed
    Column("by", Text, nullable=False),
    Column("signed_on", Day, nullable=False),
    Column("basis", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

feed_tokens = Table(
    "feed_tokens",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("token", Text, nullable=False, unique=True),  # keyed hash
    Column("officer_id", BigInteger),  # whose calendar it is: an officer's or an agency's
    Column("agency_id", BigInteger),
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

feed_stamps = Table(
    "feed_stamps",
    metadata,
    Column("uid", Text, primary_key=True),  # of an entry of the calendars
    Column("mark", Text, nullable=False),  # another one when anything in the entry is
    Column("day", Day, nullable=False),
    Column("sequence", BigInteger, nullable=False),  # how often it has changed
    Column("changed_at", Instant, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("province", Text, nullable=False),
    Column("kind", Text, nullable=False),  # of the source
    Column("name", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # when it was last seen to be down
    Column("ended_at", Instant),
    Column("reason", Text, nullable=False),
)
Index("outages_province", outages.c.province, outages.c.began_at)
