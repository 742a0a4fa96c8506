"""Officers in the real store: what they say is kept with its number and on record; the head is asked once, then decides."""

import asyncio
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from bot.core.conversation import Conversation
from bot.core.local_time import VIETNAM
from bot.core.messages import InboundMessage
from bot.core.obligations.agency import PostRole
from bot.core.obligations.progress import ActKind
from bot.handing import HandingError, decide, open_wishes
from bot.notify.handover_news import tell_decisions
from bot.notify.handovers import ask_heads
from bot.notify.reminding import plan_digests, release
from bot.register import read_register
from bot.store import long_choices, task_numbers
from bot.store.acts import forget, read_acts, record_all
from bot.store.engine import Store
from bot.store.officers import read_officers
from bot.store.tables import acts, record
from tests.support.office import ACCOUNTS, Bureau, Person
from tests.support.office_setting import make_item, row, rulebook
from tests.support.rows import rows
from tests.support.talk import content

START = datetime(2026, 10, 5, 9, tzinfo=VIETNAM)
AGENCY = "Sở Y tế"


async def furnish(store: Store) -> Bureau:
    """An agency with one item, two officers and their head, each with an address."""
    office = Bureau(store, "quangngai", START)
    item = make_item("Danh sách nhà thuốc", AGENCY, "Hằng tháng", "chậm nhất 20 ngày kể từ ngày kết thúc tháng",
                     province="quangngai", number=1)  # fmt: skip
    await office.add_items([item], since=date(2026, 9, 1))
    people = {"A": PostRole.OFFICER, "B": PostRole.OFFICER, "C": PostRole.HEAD}
    for label, role in people.items():
        office.people[label] = Person(name=f"Cán bộ {label}")
        await office.enrol(row("quangngai", AGENCY, name=f"Cán bộ {label}", role=role))
        await office.bind(label, "zalo")
    return office


async def deliver(office: Bureau) -> None:
    """Send everything that waits."""
    for person in office.people.values():
        for address in person.addresses:
            await office._deliver(person, address)


async def hears(office: Bureau, label: str, text: str) -> str:
    """What officer ``label`` hears at once after saying ``text``."""
    await office.say(label, text)
    return " ".join(office.read(label) or [])


async def test_what_an_officer_says_is_kept_and_on_record_and_the_head_is_asked_once(store: Store):
    office = await furnish(store)
    listed = await hears(office, "A", "việc của tôi")
    assert "(1) Danh sách nhà thuốc, tháng 9/2026: hạn 20/10/2026" in listed
    officers = {one.name: one.id for one in (await read_officers(store)).values()}
    (key,) = [each for each in await task_numbers.numbers_of(store, officers["Cán bộ A"]) if "update-period" in each]
    assert "đã báo xong" in await hears(office, "A", "xong 1")
    assert "không còn ghi" in await hears(office, "A", "hoan tac 1")
    assert "Cán bộ C sẽ được hỏi" in await hears(office, "A", "de nghi chuyen 1 cho can bo B")

    async def ask(at: datetime) -> int:
        register = await read_register(store, rulebook(), now=at)
        return await ask_heads(store, register, ACCOUNTS, content(), now=at)

    assert await ask(START.replace(hour=20)) == 0, "nobody is asked in the evening"
    assert await asyncio.gather(ask(START), ask(START)) == [1, 1]
    assert await ask(START + timedelta(days=1)) == 1
    await deliver(office)
    question = " ".join(office.read("C") or [])
    assert "Cán bộ A đề nghị chuyển mục 1 (Danh sách nhà thuốc, hạn 20/10/2026) cho Cán bộ B" in question
    assert "ĐỒNG Ý CHUYỂN 1 hoặc KHÔNG CHUYỂN 1" in question
    assert office.read("C") is None
    assert "chuyển cho Cán bộ B" in await hears(office, "C", "dong y chuyen 1")
    register = await read_register(store, rulebook(), now=START)
    assert await tell_decisions(store, register, ACCOUNTS, content(), now=START.replace(hour=20)) == 0
    for _ in range(2):
        assert await tell_decisions(store, register, ACCOUNTS, content(), now=START) == 2
    await deliver(office)
    news = "Cán bộ C đã đồng ý chuyển mục 1 (Danh sách nhà thuốc, hạn 20/10/2026) cho Cán bộ B. Hạn không đổi."
    assert {label: news in " ".join(office.read(label) or []) for label in "AB"} == {"A": True, "B": True}
    assert office.unheard() == {}, "once, and not to whoever decided"
    kinds = [act.kind for act in (await read_acts(store, keys=[key]))[key]]
    assert kinds == [ActKind.DONE, ActKind.UNDONE, ActKind.TRANSFER_ASKED, ActKind.TRANSFERRED]
    assert [kind for (kind,) in await rows(store, record, "kind")] == [
        "reported",
        "undone",
        "transfer-asked",
        "transferred",
    ]
    assert await forget(store, before=START + timedelta(days=1)) == len(kinds)
    assert await rows(store, acts, "id") == []


async def test_where_no_head_can_be_asked_the_operator_decides_and_both_are_told(store: Store):
    office = await furnish(store)
    await office.enrol(row("quangngai", AGENCY, name="Cán bộ C", role=PostRole.HEAD, until=START.date()))
    office.now = START + timedelta(days=1)
    await hears(office, "A", "việc của tôi")
    assert "Cơ quan quản lý Cổng sẽ xác nhận" in await hears(office, "A", "de nghi chuyen 1 cho can bo B")
    for agrees in (False, True):
        register = await read_register(store, rulebook(), now=office.now)
        (wish,) = open_wishes(register, office.now.date())
        assert (wish.heads, register.officers[wish.act.to or 0].name) == ([], "Cán bộ B")
        _, said = decide(register, wish.act.id, agrees=agrees, by="Bà An", at=office.now, today=office.now.date())
        await store.write(partial(record_all, said=[said]))
        register = await read_register(store, rulebook(), now=office.now)
        with pytest.raises(HandingError):
            decide(register, wish.act.id, agrees=agrees, by="Bà An", at=office.now, today=office.now.date())
        await tell_decisions(store, register, ACCOUNTS, content(), now=office.now)
        await deliver(office)
        told = {label: " ".join(office.read(label) or []) for label in "AB"}
        if agrees:
            assert all("Cơ quan quản lý Cổng đã đồng ý chuyển mục 1" in text for text in told.values())
        else:
            assert "không đồng ý chuyển mục 1" in told["A"]
            assert told["B"] == ""
            await hears(office, "A", "de nghi chuyen 1 cho can bo B")
    assert "Bà An" in [document["by"] for (document,) in await rows(store, record, "document")]
    assert "Danh sách nhà thuốc" not in await hears(office, "A", "viec cua toi")
    assert "Danh sách nhà thuốc" in await hears(office, "B", "viec cua toi")


async def test_every_button_of_a_digest_does_what_it_says_to_its_duty_through_whatever_carries_it(store: Store):
    office = await furnish(store)
    office.now = START.replace(day=6, hour=8)
    register = await read_register(store, rulebook(), now=office.now)
    plan = await plan_digests(store, register, now=office.now, ours=ACCOUNTS)
    digest = next(
        one
        for one in await release(store, plan, office._secretary, clock=lambda: office.now)
        if register.officers[one.officer].name == "Cán bộ A"
    )
    values = [action.value for action in digest.reply.actions]
    assert [value.partition("quangngai/")[0] for value in values] == ["reporting:done:", "tasks:duty:"]
    carried = await long_choices.shorten(store, "p", values, now=office.now)
    heard = []
    for value in values:
        assert len(carried[value].encode()) <= 64, "as much as Telegram carries"
        pressed = InboundMessage(
            address=digest.address,
            external_id=value[:20],
            text="",
            choice=await long_choices.expand(store, "p", carried[value], now=office.now),
            sent_at=office.now,
            received_at=office.now,
        )
        decided = await office._mind.decide(pressed, Conversation(address=digest.address))
        heard.append(decided.outcome.replies[0].text)
    assert heard[0].startswith("Đã ghi: mục 1 (Danh sách nhà thuốc) đã báo xong")
    assert heard[1].startswith("(1) Danh sách nhà thuốc – Sở Y tế. Kỳ tháng 9/2026, hạn 20/10/2026.")
