"""The tables of what people report and of what found no answer."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from bot.store.index import partial_index
from bot.store.metadata import metadata
from bot.store.types import Instant, Json

tickets = Table(
    "tickets",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("identity", Text, unique=True),  # keyed hash of reporter and report; null = erased
    Column("kind", Text, nullable=False),  # TicketKind
    Column("state", Text, nullable=False),  # TicketState
    Column("person", Text),  # null = erased
    Column("channel", Text, nullable=False),
    Column("dataset", Text, nullable=False),
    Column("table_hash", Text, nullable=False),
    Column("row_numbers", Json, nullable=False),
    Column("answer", Text, nullable=False),
    Column("figure", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)
partial_index("tickets_person", tickets.c.person, where=tickets.c.person.is_not(None))

# the next three hold no person: bot/store/unanswered.py says why
unanswered = Table(
    "unanswered",
    metadata,
    Column("text", Text, primary_key=True),  # empty = every question that had no answer, whatever its text
    Column("day", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

unanswered_choices = Table(
    "unanswered_choices",
    metadata,
    Column("question", Text, primary_key=True),  # keyed hash of a text
    Column("dataset", Text, primary_key=True),
    Column("picked", BigInteger, nullable=False),
    Column("rephrased", BigInteger, nullable=False),
    Column("day", Text, nullable=False),  # the last
)

unanswered_marks = Table(
    "unanswered_marks",
    metadata,
    Column("question", Text, primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("day", Text, nullable=False),
)
Index("unanswered_marks_day", unanswered_marks.c.day)
