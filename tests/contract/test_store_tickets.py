"""Reports: one number for one report of one person, told to the reporter, nobody left in it after erasing."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.delivery import Lane
from bot.core.effects import OpenTicket
from bot.core.errors import ConflictError
from bot.core.messages import Address, Reply
from bot.core.pools import Pool
from bot.core.tickets import TicketKind, TicketState
from bot.notify.sweeper import KEEP_REPORTERS, schedule_sweeps
from bot.store import inbox, tickets, unanswered
from bot.store.tables import outbox, unanswered_marks
from bot.store.tables import tickets as table
from bot.store.turns import Turn, commit
from tests.support.rows import MINUTE, NOW, address, claim_one, message, receive, rows

WRONG = OpenTicket(
    number=0,
    identity="wrong_figure|7HJN5",
    kind=TicketKind.WRONG_FIGURE,
    text="phải là 5",
    dataset="d-1",
    table="a" * 64,
    rows=(3, 4),
    answer="7HJN5",
    figure="Dân số: 4 người",
    publisher="Sở Nội vụ",
)
NIGHT = NOW.replace(hour=16)  # 23:00 in Việt Nam


def word(ticket, language):
    return Reply(text=f"{ticket.number} {language} {ticket.note}")


async def report(store, opened=WRONG, *, user="an", at=NOW) -> int:
    number = await tickets.number_for(store, address(user), opened.identity)
    opened = replace(opened, number=number)
    await store.write(lambda connection: tickets.record(connection, store.vault, address(user), opened, now=at))
    return number


async def test_a_report_is_kept_with_dataset_rows_and_code(store):
    number = await report(store)
    found = await tickets.find(store, number)
    assert 1000 <= number <= 9999
    assert (found.kind, found.state, found.channel) == (TicketKind.WRONG_FIGURE, TicketState.OPEN, "web")
    assert (found.dataset, found.table, found.rows, found.answer) == ("d-1", "a" * 64, (3, 4), "7HJN5")
    assert (found.figure, found.publisher, found.text) == ("Dân số: 4 người", "Sở Nội vụ", "phải là 5")
    assert (found.opened_at, found.closed_at, found.note) == (NOW, None, "")
    assert found.person == store.vault.person(address())
    assert await tickets.find(store, number + 1) is None


async def test_the_same_report_of_the_same_person_keeps_its_number_and_gains_only_what_is_new(store):
    number = await report(store)
    assert await report(store) == number
    assert await report(store, replace(WRONG, text="theo báo cáo năm 2025")) == number
    (kept,) = await tickets.list_tickets(store)
    assert kept.text == "phải là 5\ntheo báo cáo năm 2025"


async def test_another_person_and_another_report_get_numbers_of_their_own(store):
    numbers = {await report(store), await report(store, user="binh")}
    numbers.add(await report(store, replace(WRONG, identity="wrong_figure|3XF8A")))
    assert len(numbers) == 3


async def test_a_number_that_is_taken_grows(store):
    number = await report(store)
    await store.write(lambda connection: connection.execute(table.update().values(identity="somebody else's")))
    longer = await report(store)
    assert len(str(longer)) == len(str(number)) + 1
    assert await report(store) == longer


async def test_however_many_numbers_are_taken_one_is_free(store):
    given = set()
    for _ in range(12):
        given.add(await report(store))
        await store.write(lambda connection: connection.execute(table.update().values(identity=None)))
    assert len(given) == 12


async def test_a_number_is_never_given_to_two_reports(store):
    number = await report(store)
    taken = replace(WRONG, number=number, identity="another")
    with pytest.raises(ConflictError):
        await store.write(lambda connection: tickets.record(connection, store.vault, address(), taken, now=NOW))
    assert len(await tickets.list_tickets(store)) == 1


async def test_two_processes_that_write_the_same_report_down_agree(store, open_another):
    other = await open_another("other")
    numbers = await asyncio.gather(*(report(one) for one in (store, other) for _ in range(4)))
    assert len(set(numbers)) == 1
    assert len(await tickets.list_tickets(store)) == 1


async def test_credentials_and_identity_numbers_are_masked_before_they_are_written(store):
    number = await report(store, replace(WRONG, text="cccd cua toi 051203001234"))
    assert (await tickets.find(store, number)).text == "cccd cua toi ***"


async def test_reports_are_listed_the_newest_first_and_narrowed(store):
    first = await report(store)
    second = await report(store, replace(WRONG, identity="f", kind=TicketKind.FEEDBACK), at=NOW + MINUTE)
    await tickets.close(store, first, note="", word=word, now=NOW + MINUTE)

    async def numbers(**narrowed):
        return [ticket.number for ticket in await tickets.list_tickets(store, **narrowed)]

    assert await numbers() == [second, first]
    assert await numbers(kind=TicketKind.FEEDBACK) == [second]
    assert await numbers(state=TicketState.CLOSED) == [first]
    assert await numbers(since=NOW + MINUTE) == [second]
    assert await numbers(kind=TicketKind.FEEDBACK, state=TicketState.CLOSED) == []


async def test_closing_tells_the_reporter_once_behind_every_answer(store):
    await receive(store, message(1))
    number = await report(store)
    closed = await tickets.close(store, number, note="Đã sửa.", word=word, now=NOW)
    assert closed.told
    assert (closed.ticket.state, closed.ticket.note, closed.ticket.closed_at) == (TicketState.CLOSED, "Đã sửa.", NOW)
    again = await tickets.close(store, number, note="Khác.", word=word, now=NOW + MINUTE)
    assert not again.told
    assert again.ticket.note == "Đã sửa."
    ((reply, lane, not_before),) = await rows(store, outbox, "reply", "lane", "not_before")
    assert (reply, lane, not_before) == ({"text": f"{number} vi Đã sửa."}, int(Lane.INCIDENT), NOW)


async def test_nobody_is_told_at_night(store):
    await receive(store, message(1))
    await tickets.close(store, await report(store), note="", word=word, now=NIGHT)
    assert await rows(store, outbox, "not_before") == [(NIGHT + timedelta(hours=8),)]


async def test_a_reporter_of_whom_there_is_no_address_is_not_told(store):
    assert not (await tickets.close(store, await report(store), note="", word=word, now=NOW)).told
    assert await tickets.close(store, 999, note="", word=word, now=NOW) is None
    assert await rows(store, outbox, "id") == []


async def test_reporting_again_opens_a_closed_report_and_closing_it_again_tells_again(store):
    await receive(store, message(1))
    number = await report(store)
    await tickets.close(store, number, note="", word=word, now=NOW)
    await report(store)
    assert (await tickets.find(store, number)).state is TicketState.OPEN
    assert (await tickets.close(store, number, note="", word=word, now=NOW + MINUTE)).told
    assert len(await rows(store, outbox, "id")) == 2


async def test_erasing_a_person_leaves_only_that_there_was_a_report(store):
    number, other = await report(store), await report(store, user="binh")
    person = store.vault.person(address())
    assert await store.write(lambda connection: tickets.erase_person(connection, person)) == 1
    erased = await tickets.find(store, number)
    assert (erased.person, erased.text) == (None, "")
    assert (erased.dataset, erased.rows, erased.answer) == ("d-1", (3, 4), "7HJN5")
    assert (await tickets.find(store, other)).text == "phải là 5"
    assert await rows(store, table, "identity") != []
    ((identity,),) = [row for row in await rows(store, table, "identity") if row[0] is None]
    assert identity is None
    assert not (await tickets.close(store, number, note="", word=word, now=NOW)).told
    assert await report(store) != number


async def test_the_sweeper_takes_the_person_out_of_old_reports(store):
    old, young = await report(store), await report(store, user="binh", at=NOW + MINUTE)
    assert await tickets.forget(store, before=NOW + MINUTE) == 1
    assert (await tickets.find(store, old)).person is None
    assert (await tickets.find(store, young)).person is not None
    assert await tickets.forget(store, before=NOW + MINUTE) == 0


class Jobs:
    """An alarm clock that only takes note of what it is to call each day."""

    def __init__(self):
        self.daily_jobs = []

    def every(self, *_):
        """Not looked at here."""

    def daily(self, *call):
        self.daily_jobs.append(call[-1])


async def test_every_day_old_reporters_and_marks_are_forgotten(store):
    number = await report(store)
    await store.write(lambda connection: unanswered.count(connection, store.vault, "an", "gia vang", now=NOW))
    jobs = Jobs()
    schedule_sweeps(jobs, store, clock=lambda: NOW + KEEP_REPORTERS + MINUTE)
    for job in jobs.daily_jobs:
        await job()
    assert (await tickets.find(store, number)).person is None
    assert await rows(store, unanswered_marks, "mark") == []


async def test_a_report_is_written_with_the_turn_that_makes_it(store):
    await receive(store, message(1, text="báo sai"))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, claimed.conversation.address, limit=1)
    number = await tickets.number_for(store, Address(channel="web", account="main", user="an"), WRONG.identity)
    turn = Turn(
        waiting=waiting,
        conversation=claimed.conversation,
        replies=[Reply(text=str(number))],
        state="",
        data={},
        effects=(replace(WRONG, number=number),),
    )
    await commit(store, claimed, turn, now=NOW, release=True)
    assert (await tickets.find(store, number)).person == claimed.person


@pytest.mark.parametrize(("draw", "account"), [(0.1, "main"), (0.9, "second")])
async def test_what_a_reporter_is_told_goes_by_the_weights_of_the_pool(store, draw, account):
    await receive(store, message(1))
    number = await report(store)
    pool = Pool(name="sms", weights={("web", "main"): 51, ("web", "second"): 49})
    await tickets.close(store, number, note="", word=word, now=NOW, pools=[pool], draw=draw)
    assert await rows(store, outbox, "account", "person") == [
        (account, store.vault.person(replace(address(), account=account)))
    ]
