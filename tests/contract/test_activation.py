"""Officers and staff: a one-time code binds an address; everybody else is told once a day whom the account is for."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.members import CODE_LENGTH, WRONG_PER_PERSON, WRONG_WITHIN
from bot.store import members
from bot.store.engine import Store
from bot.store.tables import invitations
from gateway.zalo_bot.account import NAME
from tests.support.rows import rows
from tests.support.zalo_bots import ACCOUNT, Staff, running_staff

DAY = timedelta(days=1)
CLOSED = "Kênh này dành riêng cho cán bộ và nhân viên phụ trách."
WRONG = "Không kích hoạt được bằng mã này."


@pytest.fixture
async def staff(store: Store) -> AsyncIterator[Staff]:
    async with running_staff(store) as running:
        yield running
        assert running.double.violations == []


async def test_a_stranger_hears_one_sentence_a_day_and_nothing_is_looked_up(staff: Staff):
    an = staff.double.person("An")
    (text,) = await staff.say(an, "dân số Quảng Ngãi")
    assert text.startswith(CLOSED)
    assert "KÍCH HOẠT" in text
    for more in ("hướng dẫn", "EN", "1", "7KQ2M", "góp ý: chậm", "ĐK BT"):
        assert await staff.say(an, more) == [], more
    await staff.double.attach(an, "image", caption="dân số")
    await staff.settle()
    assert len(staff.shown(an)) == 1
    staff.clock.turn(DAY)
    assert len(await staff.say(an, "dân số")) == 1
    assert staff.asked == []


async def test_a_stranger_may_stop_and_call_for_help(staff: Staff):
    an = staff.double.person("An")
    assert "Đã ngừng" in (await staff.say(an, "STOP"))[0]
    assert "113" in (await staff.say(an, "cứu tôi với, có cháy nhà"))[0]


async def test_a_code_binds_the_address_once_and_the_member_uses_the_whole_service(staff: Staff):
    an, other = staff.double.person("An"), staff.double.person("Bình")
    code = await staff.invite("Lê An")
    assert len(code) == CODE_LENGTH
    assert await staff.say(an, f"kích hoạt {code.lower()} ạ") == [
        "Đã kích hoạt cho Lê An (cán bộ). Từ nay tra cứu được tại đây."
    ]
    assert await staff.say(an, "dân số") == ["trả lời: dân số"]
    assert (await staff.say(other, f"KÍCH HOẠT {code}"))[0].startswith(WRONG)
    assert await staff.say(other, "dân số") != ["trả lời: dân số"]
    (member,) = await members.list_members(staff.store)
    assert (member.name, member.role, member.channel, member.account) == ("Lê An", "officer", NAME, ACCOUNT)
    assert await members.list_invitations(staff.store, now=staff.clock()) == []
    assert code not in repr(await rows(staff.store, invitations, *invitations.columns.keys()))

    await members.unbind(staff.store, member.number, now=staff.clock())
    assert (await staff.say(an, "dân số"))[0].startswith(CLOSED)


async def test_whatever_is_wrong_with_a_code_is_answered_alike(staff: Staff):
    used = await staff.invite("Một")
    await staff.say(staff.double.person(), f"KÍCH HOẠT {used}")
    lapsed = await staff.invite("Hai", days=1)
    staff.clock.turn(2 * DAY)
    elsewhere = await staff.invite("Ba", channel="zalo-bot", account="other")
    right = await staff.invite("Bốn")
    mistyped = right[:-1] + ("2" if right[-1] != "2" else "3")
    said = [await staff.say(staff.double.person(), f"KÍCH HOẠT {code}") for code in (used, lapsed, elsewhere, mistyped)]
    assert said[0][0].startswith(WRONG)
    assert said == [said[0]] * 4


async def test_a_code_for_this_account_counts_here(staff: Staff):
    code = await staff.invite("Lê An", channel=NAME, account=ACCOUNT)
    assert "Đã kích hoạt" in (await staff.say(staff.double.person(), f"kich hoat ma {code}"))[0]


async def test_after_five_wrong_codes_not_even_a_right_one_counts_for_an_hour(staff: Staff):
    an, other = staff.double.person("An"), staff.double.person("Bình")
    code, second = await staff.invite("Lê An"), await staff.invite("Bình")
    for number in range(WRONG_PER_PERSON):
        assert (await staff.say(an, f"KÍCH HOẠT 7KQ2M4HX{number}"))[0].startswith(WRONG)
    assert (await staff.say(an, f"KÍCH HOẠT {code}"))[0].startswith(WRONG)
    assert "Đã kích hoạt" in (await staff.say(other, f"KÍCH HOẠT {second}"))[0], "others are not held up"
    staff.clock.turn(WRONG_WITHIN)
    assert "Đã kích hoạt" in (await staff.say(an, f"KÍCH HOẠT {code}"))[0]


async def test_the_word_without_a_code_says_how(staff: Staff):
    assert "mã gồm 9 chữ và số" in (await staff.say(staff.double.person(), "kích hoạt"))[0]
