"""An answer that goes by another number of ours invites to that one."""

from bot.core.accounts import Account
from bot.core.messages import Reply
from bot.wording.moved import readdress
from tests.support.talk import content

HERE = Account(channel="kannel", name="8179", keyword="DL", number="8179")
THERE = Account(channel="kannel", name="8279", keyword="TC", number="8279")


def moved(text: str, *, before: Account = HERE, after: Account = THERE) -> str:
    reply = readdress(Reply(text=text, brief=text), content(), "vi", before, after)
    assert reply.brief == reply.text
    return reply.text


def test_an_invitation_names_the_other_keyword_and_number():
    assert moved("Xem tiếp: soạn DL TIẾP gửi 8179.") == "Xem tiếp: soạn TC TIẾP gửi 8279."
    assert moved("soạn DL 1 gửi 8179, soạn DL 2 gửi 8179") == "soạn TC 1 gửi 8279, soạn TC 2 gửi 8279"


def test_a_value_with_the_same_digits_stays():
    assert moved("Dân số: 8179 người. DL 8179. gửi 8179") == "Dân số: 8179 người. DL 8179. gửi 8179"


def test_where_there_is_no_number_to_name_nothing_changes():
    bare = Account(channel="kannel", name="x")
    assert moved("soạn DL TIẾP gửi 8179", after=bare) == "soạn DL TIẾP gửi 8179"
    assert moved("soạn DL TIẾP gửi 8179", before=bare) == "soạn DL TIẾP gửi 8179"
    assert readdress(Reply(text="x"), content(), "vi", HERE, THERE) == Reply(text="x")
