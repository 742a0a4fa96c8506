"""What was asked without an answer: counted by day, its words only once enough different people have used them.

**What is kept, and why nobody is in it.** Without an answer two things may be written:

1. The number of such questions of a day. It holds no words and no person.
2. A *mark*: (keyed hash of the question and the period, keyed hash of the person, the question and the period, the
   day). It serves for nothing but counting **different** people. The words of the question are not written: when the
   mark of the :data:`K`-th person joins the others, that person's own message is at hand, the words are taken from it,
   and in the same transaction all marks of the question are deleted. A question that fewer than K people ask within a
   period of :data:`KEEP_MARKS` days leaves nothing but its share in the day's number.

So what anybody can read – operator, whoever finds a backup – was asked by K different people, in the same words. K is a
constant and no setting: with K = 1 the table would be a record of what people asked, and a setting invites that. Five
is what statistical offices commonly take for the smallest cell of a table that they publish.

A person is an address: whoever writes from two numbers, or from a web page opened afresh, is counted for each. So words
that appear were written from K addresses; somebody who writes the same from K of them makes their own words appear, and
with fewer may learn that others asked just that – but never words that they did not know.

**What a mark can betray.** Without the key, which is in no backup: nothing; question and person stand in it only as the
input of one keyed hash, a mark is linked neither to the other questions of the same person nor, as the period is part
of it, to the same question in the next period. With the key: whoever already knows a person's address and guesses a
question letter by letter can test the guess, for at most 30 days – as long as the message itself is kept anyway
(``bot/notify/sweeper.py``). The day is all that is written of the time, so a mark does not point to a message either.

Before that, ``bot/search/demand.py`` takes out digits and politeness, and gives no words at all for a question that
seems to be about a certain person: such a question is only a part of the day's number, however many ask it.

**What helped then** is counted in the same way: which dataset a person opened after a question without an answer. The
question stands there as a keyed hash, so it can be read only beside words that K people have used; the dataset is
public. One person is counted once for a pair within a period, by marks as above. Pairs beside words that are not
readable by then go with the marks of their period.

Erasing a person needs nothing here: what could be deleted cannot be found without knowing the question, and is over
within 30 days.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Table, delete, func, select

from bot.core.effects import CountChosen
from bot.core.local_time import local_day
from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.tables import unanswered, unanswered_choices, unanswered_marks
from bot.store.transaction import Transaction
from bot.store.vault import Vault

K = 5
"""So many different people must have asked a question before its words are written."""
KEEP_MARKS = 30
"""Days of a period within which they must have asked it, and the longest that a mark is kept."""
KEEP_COUNTS = timedelta(days=730)

_ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """``dataset`` was opened after the question by so many people: from what was offered, or by asking again."""

    dataset: str
    picked: int
    rephrased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Words that at least :data:`K` different people used: how often, on which days, and what helped then."""

    text: str
    count: int
    first: date
    last: date
    chosen: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The questions without an answer since a day: ``total`` of all, ``questions`` those whose words may be read.

    Most asked first.
    """

    total: int
    questions: tuple[Asked, ...]


async def count(connection: Transaction, vault: Vault, person: str, text: str, *, now: datetime) -> None:
    """Count that ``person`` asked ``text`` and had no answer; an empty ``text`` counts only for the day."""
    day = local_day(now)
    await _add(connection, _ALL, day, 1)  # its lock lets one count after the other, so that the K-th person is noticed
    if not text:
        return
    if await connection.scalar(select(unanswered.c.day).where(unanswered.c.text == text).limit(1)) is not None:
        await _add(connection, text, day, 1)
        return
    question = _hash(vault, "question", text, _period(day))
    await _mark(connection, vault, question, person, day)
    if await _marks(connection, question) >= K:
        gone = await connection.execute(delete(unanswered_marks).where(unanswered_marks.c.question == question))
        await _add(connection, text, day, gone.rowcount)


async def choose(connection: Transaction, vault: Vault, person: str, chosen: CountChosen, *, now: datetime) -> None:
    """Count that a dataset was opened after a question without an answer, once for each person within a period."""
    day = local_day(now)
    pair = _hash(vault, "pair", f"{chosen.question}\n{chosen.dataset}", _period(day))
    if not await _mark(connection, vault, pair, person, day):
        return
    row = {
        "question": _question(vault, chosen.question),
        "dataset": chosen.dataset,
        "picked": int(chosen.picked),
        "rephrased": int(not chosen.picked),
        "day": day.isoformat(),
    }
    await upsert(
        connection,
        unanswered_choices,
        row,
        lambda new: {
            "picked": unanswered_choices.c.picked + new.picked,
            "rephrased": unanswered_choices.c.rephrased + new.rephrased,
            "day": new.day,
        },
    )


async def digest(store: Store, *, since: date) -> Digest:
    """What was asked without an answer from ``since`` on, and what helped then, at any time."""
    table = unanswered
    query = select(table.c.text, func.sum(table.c.count), func.min(table.c.day), func.max(table.c.day)).where(
        table.c.day >= since.isoformat()
    )
    async with store.read() as connection:
        rows = [tuple(row) for row in await connection.execute(query.group_by(table.c.text))]
        choices: dict[str, list[Chosen]] = {}
        for row in await connection.execute(select(unanswered_choices).order_by(unanswered_choices.c.dataset)):
            chosen = Chosen(dataset=row.dataset, picked=row.picked, rephrased=row.rephrased)
            choices.setdefault(row.question, []).append(chosen)
    questions = [
        Asked(
            text=text,
            count=int(asked),
            first=date.fromisoformat(first),
            last=date.fromisoformat(last),
            chosen=tuple(choices.get(_question(store.vault, text), ())),
        )
        for text, asked, first, last in rows
        if text != _ALL
    ]
    total = next((int(asked) for text, asked, _, _ in rows if text == _ALL), 0)
    return Digest(total=total, questions=tuple(sorted(questions, key=lambda one: (-one.count, one.text))))


async def forget(store: Store, *, now: datetime) -> int:
    """Delete marks after :data:`KEEP_MARKS` days and counts after :data:`KEEP_COUNTS`. Returns how many rows went.

    With the marks go the choices after questions whose words nobody may read.
    """
    today = local_day(now)
    stale = await _unread_choices(store, before=today - timedelta(days=KEEP_MARKS - 1))
    ends: dict[Table, date] = {
        unanswered_marks: today - timedelta(days=KEEP_MARKS - 1),
        unanswered: today - KEEP_COUNTS,
        unanswered_choices: today - KEEP_COUNTS,
    }

    async def job(connection: Transaction) -> int:
        gone = 0
        for question in stale:
            unread = delete(unanswered_choices).where(unanswered_choices.c.question == question)
            gone += (await connection.execute(unread)).rowcount
        for table, end in ends.items():
            gone += (await connection.execute(delete(table).where(table.c.day < end.isoformat()))).rowcount
        return gone

    return await store.write(job)


async def _unread_choices(store: Store, *, before: date) -> list[str]:
    """Under which names choices are counted that rested since ``before``, after words that may not be read."""
    choices = unanswered_choices.c
    async with store.read() as connection:
        resting = select(choices.question).group_by(choices.question)
        resting = resting.having(func.max(choices.day) < before.isoformat())
        names = {str(name) for name in await connection.scalars(resting)}
        readable = await connection.scalars(select(unanswered.c.text).distinct()) if names else ()
        return sorted(names - {_question(store.vault, text) for text in readable})


async def _add(connection: Transaction, text: str, day: date, number: int) -> None:
    row = {"text": text, "day": day.isoformat(), "count": number}
    await upsert(connection, unanswered, row, lambda new: {"count": unanswered.c.count + new.count})


async def _mark(connection: Transaction, vault: Vault, question: str, person: str, day: date) -> bool:
    """Whether this person is new to ``question``, the hash of which holds the period."""
    mark = _hash(vault, "mark", f"{person}\n{question}", 0)
    return await insert_if_new(connection, unanswered_marks, question=question, mark=mark, day=day.isoformat())


async def _marks(connection: Transaction, question: str) -> int:
    marks = select(func.count()).select_from(unanswered_marks).where(unanswered_marks.c.question == question)
    return int(await connection.scalar(marks))


def _question(vault: Vault, text: str) -> str:
    """Under which name choices after the question ``text`` are counted, in every period."""
    return _hash(vault, "choice", text, 0)


def _period(day: date) -> int:
    return day.toordinal() // KEEP_MARKS


def _hash(vault: Vault, purpose: str, text: str, period: int) -> str:
    plain = f"{purpose}\n{period}\n{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(plain, key=vault.derive("unanswered"), digest_size=16).hexdigest()
