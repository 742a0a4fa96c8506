"""Taking down counts with its commit: no answer that shows the dataset is queued after it, and none that waits is sent."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.core.delivery import Lane, OutboxState
from bot.core.effects import OpenTicket, RecordAnswer
from bot.core.messages import Choice, Form, Reply
from bot.core.tickets import TicketKind
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.store import answers, conversations, inbox, mailbox, outbox, takedown, tickets, turns
from bot.store.engine import Store
from bot.store.outbox import Draft
from bot.store.reply import to_document
from bot.store.retraction import retract
from bot.store.tables import outbox as outbox_table
from bot.store.takedown import Logged, TakedownsChangedError
from bot.store.turns import Turn
from tests.support.catalogue import crops, publish
from tests.support.engines import POSTGRES_ONLY
from tests.support.mind import mind
from tests.support.rows import NOW, address, claim_one, message, receive, rows

CODE = "7KQ2M"
GONE = Reply(text="không còn được cung cấp")
GONE_VI = Reply(text="(vi)")


async def texts(store: Store) -> list[str]:
    return [reply["text"] for (reply,) in await rows(store, outbox_table, "reply")]


async def keep_answer(store: Store, code: str = CODE, dataset: str = "c-0") -> None:
    answer = RecordAnswer(code=code, identity=code, dataset=dataset, reply=Reply(text=f"Cây 0. Mã {code}"))
    await store.write(lambda connection: answers.record(connection, answer, now=NOW))


async def test_an_answer_that_was_decided_before_a_takedown_is_decided_anew_after_it(store):
    await publish(store, *crops(2))
    seen: list[str] = []

    async def look_up(ctx: Context) -> Outcome:
        dataset = await ctx.reads.dataset("c-0")
        seen.append(dataset.title if dataset else "nothing")
        if len(seen) == 1:  # while the answer is being found, another process takes the dataset down
            await takedown.hide(store, "c-0", now=NOW)
        return Outcome(replies=(Reply(text=seen[-1]),))

    thinking = mind(store, look_up)
    await thinking.library.refresh()
    await receive(store, message(1))
    dispatcher = Dispatcher(thinking)
    while await dispatcher.take():
        await dispatcher.finish()
    assert seen == ["Cây 0", "nothing"]
    assert await texts(store) == ["nothing"]


async def test_nothing_is_written_of_an_answer_under_other_takedowns(store):
    await receive(store, message(1))
    claimed = await claim_one(store)
    (waiting,) = await inbox.waiting(store, claimed.person, claimed.conversation.address, limit=1)
    turn = Turn(
        waiting=waiting,
        conversation=claimed.conversation,
        replies=[Reply(text="x")],
        state="",
        data={},
        effects=(),
        takedowns=await takedown.stamp(store),
    )
    await takedown.hide(store, "c-0", now=NOW)
    with pytest.raises(TakedownsChangedError):
        await turns.commit(store, claimed, turn, now=NOW, release=True)
    assert await texts(store) == []
    turn = replace(turn, takedowns=await takedown.stamp(store))
    await turns.commit(store, claimed, turn, now=NOW, release=True)
    assert await texts(store) == ["x"]


@POSTGRES_ONLY
async def test_a_takedown_waits_for_an_answer_that_is_being_queued_and_then_sees_it(store, open_another):
    await receive(store, message(1))
    await keep_answer(store)
    other, queued, go_on = await open_another("other"), asyncio.Event(), asyncio.Event()
    draft = Draft(
        person=store.vault.person(address()),
        channel="web",
        account="main",
        lane=Lane.ANSWER,
        reply=Reply(text=f"Cây 0. Mã {CODE}"),
        language="vi",
        origin="inbox:1",
        dedupe_key="inbox:1:0",
    )

    async def answer(connection):
        await outbox.enqueue(connection, draft, now=NOW)
        await takedown.check(connection, 0)
        queued.set()
        await go_on.wait()

    answering = asyncio.create_task(other.write(answer))
    await queued.wait()
    hiding = asyncio.create_task(takedown.hide(store, "c-0", now=NOW))
    await asyncio.sleep(0.05)
    assert not hiding.done()
    go_on.set()
    await asyncio.gather(answering, hiding)
    assert await retract(store, "c-0", whole=lambda _: GONE, entry=lambda _: GONE) == 1
    assert await texts(store) == [GONE.text]


def in_language(language: str) -> Reply:
    return replace(GONE, text=f"({language})")


async def test_what_was_said_about_it_and_is_not_with_the_person_yet_is_taken_back_and_nothing_else(store):
    await receive(store, message(1))
    await keep_answer(store)
    await keep_answer(store, "8AH7Y", "c-1")
    two = (Choice(label="Cây 0", value="dataset:c-0:cay"), Choice(label="Cây 1", value="dataset:c-1:cay"))
    one = (Choice(label="Đúng", value="dataset:c-0"), Choice(label="Không", value="start:"))
    said = (
        (Reply(text=f"Cây 0. Mã {CODE}"), "vi", OutboxState.QUEUED, GONE_VI),
        (Reply(text="Cây 1. Mã 8AH7Y"), "vi", OutboxState.QUEUED, None),
        (Reply(text=f"Biểu đồ (Mã {CODE})."), "en", OutboxState.PARKED, in_language("en")),
        (Reply(text=f"Mã {CODE}"), "vi", OutboxState.DEAD, GONE_VI),
        (Reply(text="Xin chào"), "vi", OutboxState.QUEUED, None),
        (Reply(text=f"Mã {CODE}"), "vi", OutboxState.SENT, None),
        (Reply(text="Cần hỏi “Cây 0”?", choices=one), "vi", OutboxState.QUEUED, GONE_VI),
        (
            Reply(text="Chọn:", brief="Cây 0, Cây 1", choices=two),
            "vi",
            OutboxState.QUEUED,
            Reply(text="Chọn:", choices=(replace(two[0], label="(vi)"), two[1])),
        ),
    )
    for number, (reply, language, state, _) in enumerate(said):
        draft = Draft(
            person=store.vault.person(address()),
            channel="web",
            account="main",
            lane=Lane.ANSWER,
            reply=reply,
            language=language,
            origin="test",
            dedupe_key=str(number),
        )
        await store.write(lambda connection, draft=draft: outbox.enqueue(connection, draft, now=NOW))
        now_in = update(outbox_table).where(outbox_table.c.dedupe_key == str(number)).values(state=state)
        await store.write(lambda connection, statement=now_in: connection.execute(statement))
    changed = sum(after is not None for *_, after in said)
    assert await retract(store, "c-0", whole=in_language, entry=in_language) == changed
    kept = [reply for (reply,) in await rows(store, outbox_table, "reply")]
    assert kept == [to_document(after or reply) for reply, _, _, after in said]


async def test_a_chat_page_that_is_opened_anew_shows_nothing_of_it(store):
    await receive(store, message(1))
    await keep_answer(store)
    person = store.vault.person(address())
    entries = [{"label": f"Cây {n}", "value": f"dataset:c-{n}"} for n in range(2)]
    parts = (
        {"text": f"Cây 0. Mã {CODE}", "choices": [], "image": "/charts/x", "mark": "a"},
        {"text": "Chọn:", "choices": entries, "image": None, "mark": "b"},
        {"text": "Xin chào", "choices": [], "mark": "c"},
    )
    for part in parts:
        await mailbox.deliver(store, person, part["mark"], part, now=NOW)
    assert await retract(store, "c-0", whole=in_language, entry=in_language) == 2
    first, second, third = (part for _, part in await mailbox.fetch(store, person, after=0))
    assert (first["text"], first["image"], first["mark"]) == ("(vi)", None, "a")
    assert second == {**parts[1], "choices": [{**entries[0], "label": "(vi)"}, entries[1]]}
    assert third == parts[2]


async def test_who_took_down_and_why_is_kept_and_a_repetition_changes_nothing(store):
    before = await takedown.stamp(store)
    assert await takedown.hide(store, "c-0", now=NOW, reason="dữ liệu cá nhân", by="Cán bộ đầu mối 01")
    assert not await takedown.hide(store, "c-0", now=NOW, reason="khác", by="ai đó")
    assert await takedown.is_hidden(store, "c-0")
    assert not await takedown.is_hidden(store, "c-1")
    assert await takedown.unhide(store, "c-0", now=NOW, reason="đã che", by="Cán bộ đầu mối 02")
    assert not await takedown.unhide(store, "c-0", now=NOW)
    assert await takedown.read_log(store) == (
        Logged(at=NOW, action="unhide", code="c-0", who="Cán bộ đầu mối 02", why="đã che"),
        Logged(at=NOW, action="hide", code="c-0", who="Cán bộ đầu mối 01", why="dữ liệu cá nhân"),
    )
    assert await takedown.stamp(store) == before + 2


async def test_a_closed_report_tells_no_figure_of_what_was_taken_down(store):
    await receive(store, message(1))
    opened = OpenTicket(number=4821, identity="x", kind=TicketKind.WRONG_FIGURE, text="", dataset="c-0", figure="5 cây")
    await store.write(lambda connection: tickets.record(connection, store.vault, address(), opened, now=NOW))
    await takedown.hide(store, "c-0", now=NOW)

    def word(ticket, _language):
        return Reply(text="xong", form=Form(name="x", values=(("figure", ticket.figure),)))

    closed = await tickets.close(store, 4821, note="", word=word, now=NOW)
    assert closed is not None
    assert closed.ticket.figure == "5 cây"
    ((reply,),) = await rows(store, outbox_table, "reply")
    assert reply["form"] == ["x", {"figure": ""}]


async def test_an_entry_on_offer_is_masked_in_its_place(store):
    await receive(store, message(1))
    talk = (await conversations.load(store, address())).masking((), "–")
    choices = tuple(Choice(label=f"Cây {n}", value=f"dataset:c-{n}") for n in range(3))
    masked = replace(talk, choices=choices).masking({"c-1"}, "Không còn")
    assert [choice.label for choice in masked.choices] == ["Cây 0", "Không còn", "Cây 2"]
    assert [choice.value for choice in masked.choices] == [choice.value for choice in choices]
