"""The tables of what providers count of us, and of who is an officer or one of the staff."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from bot.store.index import partial_index
from bot.store.metadata import metadata
from bot.store.types import BigId, Instant

budget_messages = Table(
    "budget_messages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("month", Text, nullable=False),  # 2026-11, in Việt Nam
    Column("key", Text),  # keyed hash of the provider's id of a message that came in; null = one that went out
)
Index("budget_messages_key", budget_messages.c.channel, budget_messages.c.account, budget_messages.c.key, unique=True)
Index("budget_messages_month", budget_messages.c.channel, budget_messages.c.account, budget_messages.c.month)

budget_users = Table(
    "budget_users",
    metadata,
    Column("id", BigId, primary_key=True),  # in the order in which they came
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("person", Text),  # null = erased: the provider still counts a place that we have forgotten
)
Index("budget_users_person", budget_users.c.channel, budget_users.c.account, budget_users.c.person, unique=True)

budget_months = Table(
    "budget_months",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("told", BigInteger, nullable=False),  # the level (per cent) that an operator was told of
)

members = Table(
    "members",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person", Text, nullable=False),  # keyed hash of the address that was bound
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # bot.core.members.Role
    Column("bound_at", Instant, nullable=False),
    Column("unbound_at", Instant),
    Column("officer_id", BigInteger),  # which officer it is, null for staff
)
partial_index("members_person", members.c.person, where=members.c.unbound_at.is_(None), unique=True)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", Text, nullable=False, unique=True),  # keyed hash
    Column("channel", Text, nullable=False),  # where it counts; empty = anywhere
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("invited_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("officer_id", BigInteger),  # which officer it is for, null for staff
    Column("beginning", Text, nullable=False, server_default=""),  # keyed hash of the code's first symbols
    Column("wrong", BigInteger, nullable=False, server_default="0"),  # wrong codes that begin like it
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("wrong_codes_at", wrong_codes.c.at)

strangers = Table(
    "strangers",
    metadata,
    Column("person", Text, primary_key=True),
    Column("told_at", Instant, nullable=False),  # when they were last told whom the account is for
)
