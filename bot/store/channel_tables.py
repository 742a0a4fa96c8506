"""The tables of what channels have to remember about people, providers and buttons."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from bot.store.metadata import metadata
from bot.store.types import Instant

standings = Table(
    "standings",
    metadata,
    Column("person", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("interacted_at", Instant),  # when this person last did what the provider counts as turning to us
    Column("unreachable_at", Instant),  # since when the provider refuses what is for this person; null = reachable
    Column("unreachable_code", Text, nullable=False, server_default=""),
)

tokens = Table(
    "tokens",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),  # grows with every pair that is stored
    Column("state", Text, nullable=False),  # good | unknown (a refresh got no answer) | refused
    Column("sealed", LargeBinary, nullable=False),  # access and refresh token, encrypted
    Column("obtained_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("refresher", Text),  # who is refreshing the pair, until when
    Column("refreshing_until", Instant),
    Column("reason", Text, nullable=False, server_default=""),  # why it is not good
)

uploads = Table(
    "uploads",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("reference", Text, primary_key=True),  # of a picture
    Column("provider_id", Text, nullable=False),
    Column("until", Instant, nullable=False),  # the provider forgets it then
)

long_choices = Table(
    "long_choices",
    metadata,
    Column("digest", Text, primary_key=True),  # of person and value
    Column("person", Text, nullable=False),  # who was shown the button: nobody else can press it
    Column("value", Text, nullable=False),
    Column("used_at", Instant, nullable=False),
)
Index("long_choices_person", long_choices.c.person)
