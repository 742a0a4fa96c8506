"""The chain of the record, the numbers that stay out of it, and the documents of its entries."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.recording import RemindedItem, record_act, record_reminder
from bot.core.obligations.rule import Rule, Trigger
from bot.core.record import START, Break, ChainCheck, Entry, EntryKind, canonical, hash_of, seal, without_numbers

AT = datetime(2026, 9, 29, 2, 12, tzinfo=UTC)
DUTY = Obligation(
    province="quangngai",
    rule=Rule(
        id="update-period", article="khoản 6 Điều 13 QC", title="Cập nhật", title_en="Update", trigger=Trigger.ITEM
    ),
    subject=Subject(kind=SubjectKind.ITEM, id="a1", title="Danh mục cơ sở khám chữa bệnh"),
    period="2026-Q3",
    opens_on=date(2026, 10, 1),
    nominal_due=date(2026, 10, 2),
    legal_due=date(2026, 10, 2),
    agency=7,
)


def chain(count):
    found, previous = [], START
    for seq in range(1, count + 1):
        entry = Entry(kind=EntryKind.VACANCY, at=AT, province="quangngai", document={"số": seq}, agency=7)
        found.append(seal(previous, seq, entry))
        previous = found[-1].hash
    return found


def check(entries):
    following = ChainCheck()
    for entry in entries:
        if found := following.follow(entry):
            return found
    return following.end(seq=5, last=chain(5)[-1].hash)


def test_a_chain_that_nobody_touched_is_whole():
    assert check(chain(5)) is None


def test_whatever_is_changed_in_an_entry_is_found_at_its_number():
    for change in (
        {"at": AT.replace(microsecond=1)},
        {"kind": "receipt"},
        {"province": "angiang"},
        {"agency": None},
        {"officer": 1},
        {"document": {"số": "3"}},
        {"previous": START},
        {"hash": START},
    ):
        entries = chain(5)
        entries[2] = replace(entries[2], **change)
        assert check(entries).seq == 3, change


def test_what_is_left_out_added_or_cut_off_is_found_where_it_was():
    whole = chain(5)
    assert check(whole[:2] + whole[3:]).seq == 3
    assert check(whole[:4]) == Break(seq=5, reason="the entry is missing, 5 should be the last one")
    assert check([*whole, seal(whole[-1].hash, 6, Entry(kind=EntryKind.LETTER, at=AT, province=""))]).seq == 6
    forged = replace(whole[2], document={"số": 9})
    assert check([*whole[:2], replace(forged, hash=hash_of(forged)), *whole[3:]]).seq == 4


def test_the_same_value_is_always_the_same_text():
    assert canonical({"b": [1, None], "á": "Sở"}) == canonical({"á": "Sở", "b": [1, None]}) == '{"b":[1,null],"á":"Sở"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


MASKED = {
    "gọi 0912345678 nhé": "gọi 09•••••678 nhé",
    "+84 912 345 678": "+84 9•••••678",
    "0912.345.678": "09•••••678",
    "SĐT0912345678a": "SĐT09•••••678a",
    "09 12 34 56 78, (+84) 912–345–678": "09•••••678, (+84) 9•••••678",
    "+84(0)912345678": "+84(0)9•••••678",
    "Liên hệ: 02553822222": "Liên hệ: 02553822222",
    "hạn 02/10/2026, kỳ 2026-09": "hạn 02/10/2026, kỳ 2026-09",
    "2026-07-05 08:30:05.123456+00:00": "2026-07-05 08:30:05.123456+00:00",
    "1000912345678": "1000912345678",
}


def test_mobile_numbers_are_masked_and_offices_stay():
    for text, kept in MASKED.items():
        found = without_numbers({"text": text, "items": [{"note": text, "key": text}], "keys": [text]})
        assert found == {"text": kept, "items": [{"note": kept, "key": text}], "keys": [text]}


def test_a_reminder_says_what_when_by_which_article_and_who_was_who():
    entry = record_reminder(
        [RemindedItem(obligation=DUTY, step="-3", cite="khoản 6 Điều 13 QC kèm QĐ 112/2026/QĐ-UBND", number=1)],
        at=AT,
        agency=7,
        agency_name="Sở Y tế",
        officer=3,
        officer_name="Cán bộ đầu mối 01",
        channel="sms",
        text="Kính gửi đầu mối",
        message="reminder:3:2026-09-29",
    )
    assert (entry.agency, entry.officer, entry.message) == (7, 3, "reminder:3:2026-09-29")
    (item,) = entry.document["items"]
    assert item == {
        "key": DUTY.key,
        "rule": "update-period",
        "article": "khoản 6 Điều 13 QC",
        "title": "Danh mục cơ sở khám chữa bệnh",
        "period": "2026-Q3",
        "nominal_due": "2026-10-02",
        "legal_due": "2026-10-02",
        "provisional": False,
        "cite": "khoản 6 Điều 13 QC kèm QĐ 112/2026/QĐ-UBND",
        "step": "-3",
        "number": 1,
    }


def test_every_kind_of_act_has_a_kind_of_entry():
    for number, kind in enumerate(ActKind):
        entry = record_act(
            Act(id=number, key=DUTY.key, kind=kind, at=AT, officer=3, day=date(2026, 9, 29)), DUTY, cite=""
        )
        assert (entry.once, entry.document["said"], entry.document["day"]) == (f"act/{number}", kind, "2026-09-29")
