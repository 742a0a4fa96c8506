"""Questions without an answer: counted for everybody, readable only once enough different people asked them."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.core.effects import CountChosen
from bot.core.local_time import local_day
from bot.store import unanswered
from bot.store.tables import unanswered as table
from bot.store.tables import unanswered_choices, unanswered_marks
from bot.store.unanswered import KEEP_COUNTS, KEEP_MARKS, Chosen, K
from tests.support.rows import NOW, rows

DAY = timedelta(days=1)
PERIOD_BEGINS = NOW - DAY * (local_day(NOW).toordinal() % KEEP_MARKS)
SINCE = date(2026, 1, 1)


async def ask(store, *people, text="gia vang", at=NOW):
    for person in people:
        await store.write(lambda connection, p=person: unanswered.count(connection, store.vault, p, text, now=at))


async def choose(store, *people, question="gia vang", dataset="d-1", picked=True, at=NOW):
    chosen = CountChosen(question=question, dataset=dataset, picked=picked)
    for person in people:
        await store.write(lambda connection, p=person: unanswered.choose(connection, store.vault, p, chosen, now=at))


def crowd(number=K):
    return [f"person-{place}" for place in range(number)]


async def read(store, since=SINCE):
    digest = await unanswered.digest(store, since=since)
    return digest.total, [(asked.text, asked.count) for asked in digest.questions]


async def test_below_the_least_number_of_people_only_how_many_questions_there_were_is_known(store):
    await ask(store, *crowd(K - 1))
    assert await read(store) == (K - 1, [])
    assert await rows(store, table, "text") == [("",)]


async def test_with_the_last_of_them_the_words_can_be_read_and_the_marks_are_gone(store):
    await ask(store, *crowd())
    assert await read(store) == (K, [("gia vang", K)])
    assert await rows(store, unanswered_marks, "mark") == []


async def test_one_person_who_asks_again_and_again_counts_once(store):
    await ask(store, *["an"] * 3 * K)
    assert await read(store) == (3 * K, [])
    assert len(await rows(store, unanswered_marks, "mark")) == 1


async def test_what_may_be_read_is_counted_on_without_marks(store):
    await ask(store, *crowd(), "an", "an")
    assert await read(store) == (K + 2, [("gia vang", K + 2)])
    assert await rows(store, unanswered_marks, "mark") == []


async def test_a_question_without_words_counts_only_for_the_day(store):
    await ask(store, *crowd(), text="")
    assert await read(store) == (K, [])
    assert await rows(store, unanswered_marks, "mark") == []


async def test_people_must_have_asked_within_one_period(store):
    await ask(store, *crowd(K - 1), at=PERIOD_BEGINS - DAY)
    await ask(store, "last", at=PERIOD_BEGINS)
    assert (await read(store))[1] == []
    await ask(store, *crowd(K - 1), at=PERIOD_BEGINS + DAY * (KEEP_MARKS - 1))
    assert (await read(store))[1] == [("gia vang", K)]


async def test_nobody_has_the_same_mark_for_two_questions_or_in_two_periods(store):
    await ask(store, "an")
    await ask(store, "an", text="gia dien")
    await ask(store, "an", at=NOW + DAY * KEEP_MARKS)
    assert len({mark for (mark,) in await rows(store, unanswered_marks, "mark")}) == 3
    assert len({question for (question,) in await rows(store, unanswered_marks, "question")}) == 3


async def test_marks_last_for_thirty_days_at_most(store):
    await ask(store, "an")
    assert await unanswered.forget(store, now=NOW + DAY * (KEEP_MARKS - 1)) == 0
    assert await unanswered.forget(store, now=NOW + DAY * KEEP_MARKS) == 1
    assert await rows(store, unanswered_marks, "mark") == []
    assert (await read(store))[0] == 1


async def test_counts_are_forgotten_at_last(store):
    await ask(store, *crowd())
    await choose(store, "an")
    await unanswered.forget(store, now=NOW + KEEP_COUNTS + DAY)
    assert await rows(store, table, "text") == []
    assert await rows(store, unanswered_choices, "dataset") == []


async def test_the_digest_begins_at_its_day_with_what_was_asked_most(store):
    await ask(store, *crowd(), at=NOW - DAY)
    await ask(store, *crowd(K + 1), text="gia dien")
    await ask(store, "an")
    digest = await unanswered.digest(store, since=SINCE)
    assert [(asked.text, asked.count) for asked in digest.questions] == [("gia dien", K + 1), ("gia vang", K + 1)]
    assert (digest.questions[1].first, digest.questions[1].last) == (local_day(NOW - DAY), local_day(NOW))
    assert await read(store, local_day(NOW)) == (K + 2, [("gia dien", K + 1), ("gia vang", 1)])


async def test_what_was_opened_then_is_told_beside_words_that_may_be_read(store):
    await ask(store, *crowd())
    await choose(store, *crowd(3))
    await choose(store, "x", picked=False)
    await choose(store, "x", dataset="d-2")
    (asked,) = (await unanswered.digest(store, since=SINCE)).questions
    assert asked.chosen == (
        Chosen(dataset="d-1", picked=3, rephrased=1),
        Chosen(dataset="d-2", picked=1, rephrased=0),
    )


async def test_a_choice_after_words_that_may_not_be_read_is_not_told(store):
    await ask(store, *crowd(K - 1))
    await choose(store, *crowd(K - 1))
    assert (await unanswered.digest(store, since=SINCE)).questions == ()


async def test_choices_after_words_that_may_not_be_read_go_with_the_marks_of_their_period(store):
    await ask(store, *crowd())
    await choose(store, "an")
    await choose(store, "an", question="gia dat nha toi")
    await unanswered.forget(store, now=NOW + DAY * (KEEP_MARKS - 1))
    assert len(await rows(store, unanswered_choices, "dataset")) == 2
    await unanswered.forget(store, now=NOW + DAY * KEEP_MARKS)
    assert len(await rows(store, unanswered_choices, "dataset")) == 1
    (asked,) = (await unanswered.digest(store, since=SINCE)).questions
    assert asked.chosen == (Chosen(dataset="d-1", picked=1, rephrased=0),)


async def test_one_person_who_opens_the_same_again_counts_once(store):
    await ask(store, *crowd())
    await choose(store, *["an"] * 5)
    (asked,) = (await unanswered.digest(store, since=SINCE)).questions
    assert asked.chosen == (Chosen(dataset="d-1", picked=1, rephrased=0),)


@pytest.mark.parametrize("people", [2 * K, 3 * K])
async def test_processes_that_count_at_the_same_time_lose_nobody(store, open_another, people):
    other = await open_another("other")
    await asyncio.gather(*(ask((store, other)[n % 2], f"person-{n}") for n in range(people)))
    assert await read(store) == (people, [("gia vang", people)])
