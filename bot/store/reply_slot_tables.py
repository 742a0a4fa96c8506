"""The table of requests that are held until the reply to their message can be the answer to them."""

from sqlalchemy import Column, Index, Table, Text

from bot.store.metadata import metadata
from bot.store.types import Instant

reply_slots = Table(
    "reply_slots",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),  # of the message, as in the inbox
    Column("person", Text, nullable=False),
    Column("state", Text, nullable=False),  # SlotState
    Column("part", Text),  # the key of the part that came for it
    Column("text", Text),  # what it says, once it has been offered
    Column("until", Instant, nullable=False),  # how long somebody waits
)
Index("reply_slots_person", reply_slots.c.person)
