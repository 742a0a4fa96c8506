"""What an officer hears who binds an address: for which agency, what will come there, and how to stop it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.effects import BindMember, CountWrongCode
from bot.core.members import Invitation, Role
from bot.core.sms import count
from bot.core.text import unaccent
from tests.support.talk import NOW, OPEN, SHARED, GivenReads, Talk

CODE = "7KQ2M4HXA"
LONG = "Trung tâm Công nghệ thông tin và Truyền thông, Ban Quản lý Khu kinh tế Dung Quất và các khu công nghiệp"


@dataclass
class OfficersReads(GivenReads):
    """Reads that know the agencies of officers."""

    agencies: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    async def agencies_of(self, officer: int, *, day: date) -> tuple[str, ...]:
        return self.agencies.get(officer, ()) if day == NOW.date() else ()


def invited(*agencies: str, name: str = "Cán bộ đầu mối 01") -> GivenReads:
    invitation = Invitation(
        number=4,
        name=name,
        role=Role.OFFICER,
        channel="",
        account="",
        invited_at=NOW,
        expires_at=NOW + timedelta(days=14),
        officer=7,
    )
    return OfficersReads(invitations={CODE: invitation}, agencies={7: agencies})


async def test_an_officer_hears_for_which_agency_what_will_come_and_how_to_stop():
    talk = Talk(reads=invited("Sở Y tế"), account=OPEN)
    reply = await talk.say(f"KÍCH HOẠT {CODE}")
    for words in ("Cán bộ đầu mối 01, Sở Y tế", "mỗi ngày nhiều nhất một tin", "trả lời VIỆC CỦA TÔI", "trả lời NGỪNG"):
        assert words in reply.text
    assert talk.outcome.effects == (BindMember(number=4),)
    several = await Talk(reads=invited("Sở Y tế", "Sở Nội vụ", "Sở Tài chính")).say(f"KÍCH HOẠT {CODE}")
    assert "Sở Y tế và 2 cơ quan khác" in several.text


async def test_it_fits_into_two_parts_however_long_the_names_are():
    for language in ("vi", "en"):
        talk = Talk(reads=invited(LONG, *["x"] * 11, name=LONG), account=SHARED)
        if language == "en":
            await talk.say("EN")
        reply = await talk.say(f"KICH HOAT {CODE}")
        brief = count(unaccent(reply.brief))
        assert (brief.encoding, brief.segments) == ("gsm7", 2), language
        assert "8179" in reply.brief


async def test_who_has_no_post_today_and_staff_only_hear_who_they_are():
    reply = await Talk(reads=invited()).say(f"KÍCH HOẠT {CODE}")
    assert reply.text == "Đã kích hoạt cho Cán bộ đầu mối 01 (cán bộ). Từ nay tra cứu được tại đây."


async def test_a_wrong_code_is_counted_with_what_was_typed():
    talk = Talk(reads=invited("Sở Y tế"))
    await talk.say("KÍCH HOẠT 8KQ2M4HXA")
    assert talk.outcome.effects == (CountWrongCode(code="8KQ2M4HXA"),)
