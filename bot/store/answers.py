"""Answers by their code, kept exactly as they were given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from bot.core import charts
from bot.core.answer_code import make_code
from bot.core.charts import Chart, Subject
from bot.core.effects import RecordAnswer
from bot.core.errors import ConflictError
from bot.core.messages import Reply
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.reply import from_document, to_document
from bot.store.tables import answers
from bot.store.transaction import Transaction

_LENGTHS = range(5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An answer that was given before, as it was given; the other fields as in RecordAnswer."""

    code: str
    dataset: str
    reply: Reply
    given_at: datetime
    table: str = ""
    rows: tuple[int, ...] = ()
    total: int = 0
    asked: tuple[int, ...] = ()
    chart: Chart | None = None

    @property
    def subject(self) -> Subject:
        """What it was about."""
        return Subject(dataset=self.dataset, table=self.table, rows=self.rows, of=self.total, asked=self.asked)


async def find(store: Store, code: str) -> StoredAnswer | None:
    """The answer with that code, None when there is none."""
    async with store.read() as connection:
        row = (await connection.execute(select(answers).where(answers.c.code == code))).one_or_none()
    if row is None:
        return None
    return StoredAnswer(
        code=row.code,
        dataset=row.dataset,
        reply=from_document(row.reply),
        given_at=row.given_at,
        table=row.table_hash,
        rows=tuple(row.row_numbers),
        total=row.row_total,
        asked=tuple(row.asked),
        chart=charts.from_document(row.chart) if row.chart else None,
    )


async def code_for(store: Store, identity: str) -> str:
    """The code that ``identity`` has, else the shortest that is free. Codes grow when they must."""
    candidates = [make_code(identity, length) for length in _LENGTHS]
    async with store.read() as connection:
        rows = await connection.execute(
            select(answers.c.code, answers.c.identity).where(
                or_(answers.c.code.in_(candidates), answers.c.identity == identity)
            )
        )
        taken = {row.code: row.identity for row in rows}
    for code, owner in taken.items():
        if owner == identity:
            return str(code)
    return next(code for code in candidates if code not in taken)


async def record(connection: Transaction, answer: RecordAnswer, *, now: datetime) -> None:
    """Keep ``answer``; keeping it again changes nothing. Raises ConflictError when its code has gone to another."""
    await insert_if_new(
        connection,
        answers,
        code=answer.code,
        identity=answer.identity,
        dataset=answer.dataset,
        reply=to_document(answer.reply),
        given_at=now,
        table_hash=answer.table,
        row_numbers=list(answer.rows),
        row_total=answer.total,
        asked=list(answer.asked),
        chart=charts.to_document(answer.chart) if answer.chart else None,
    )
    owner = await connection.scalar(select(answers.c.identity).where(answers.c.code == answer.code))
    if owner != answer.identity:
        raise ConflictError("this answer code has just been given to another answer")
