"""Calls for help and sentences that only sound like them."""

import pytest

from bot.core.intents import Alarm
from bot.core.phrases import Phrases, words
from tests.support.talk import content

CERTAIN = (
    "chay nha o xa tinh khe",
    "cháy nhà số 12 đường Lê Lợi",
    "nha toi bi chay cuu voi",
    "CỨU TÔI VỚI",
    "cuu voi",
    "cứu!",
    "goi cap cuu giup toi",
    "cap cuu giup mẹ tôi bị ngất",
    "cần cấp cứu ở chợ Mỹ Long",
    "có người chết đuối ở bãi biển",
    "bi cuop o cau tra khuc",
    "my house is on fire",
    "SOS",
)
POSSIBLE = ("chay nha", "Cháy nhà!", "cấp cứu", "cháy")
NONE = (
    "tra cuu",
    "tra cuu em voi",
    "nghien cuu",
    "nghien cuu toi pham",
    "so luong cuu ninh thuan",
    "số lượng cừu ninh thuận",
    "cuu voi de o ninh thuan",
    "phong chay chua chay",
    "phòng cháy, chữa cháy nhà cao tầng",
    "chay no",
    "so vu chay nha 2024",
    "chạy nhà",
    "xe dang chay",
    "nha sap xep",
    "thong ke chay nha o quang ngai",
    "bao nhieu nguoi bi dien giat",
    "cap cuu 115 quang ngai",
    "cong an xa tinh khe",
    "cứu hộ cứu nạn",
    "cựu chiến binh",
    "",
)


@pytest.mark.parametrize(
    ("text", "alarm"),
    [(t, Alarm.CERTAIN) for t in CERTAIN] + [(t, Alarm.POSSIBLE) for t in POSSIBLE] + [(t, Alarm.NONE) for t in NONE],
    ids=[*CERTAIN, *POSSIBLE, *(text or "nothing" for text in NONE)],
)
def test_a_call_for_help_is_told_from_a_question(text, alarm):
    assert content().intents.emergencies.heard_in(text) is alarm


def test_a_phrase_is_found_only_as_whole_words_side_by_side():
    phrases = Phrases(["số cccd"])
    assert phrases.within(words("cho hoi so CCCD cua ong A"))
    assert not phrases.within(words("so the cccd"))
    assert not phrases.within(words("so cccdx"))
    assert not phrases.within(words("sổ cccd"))
    assert phrases.equal(words("Số CCCD?"))
    assert not phrases.equal(words("số cccd mới"))


COMPLAINTS = (
    ("sao lâu vậy", True),
    ("Sao lau vay troi oi", True),
    ("làm ăn tắc trách", True),
    ("gọi mãi không ai nghe", True),
    ("lâu dài", False),
    ("bao nhiêu cán bộ bị kỷ luật vì thiếu trách nhiệm", False),
    ("khiếu nại tố cáo", False),
    ("khảo sát thái độ phục vụ", False),
    ("lương với tiền thưởng", False),
    ("chợ mai", False),
)


@pytest.mark.parametrize(("text", "complains"), COMPLAINTS, ids=[row[0] for row in COMPLAINTS])
def test_displeasure_is_heard_and_a_question_about_it_is_a_question(text, complains):
    assert content().intents.complaints.heard_in(text) is complains


NAMED = (
    ("ông Nguyễn ở đâu", True),
    ("luong cua ong tran", True),
    ("Lê Thị B bao nhiêu tuổi", True),
    ("hồ sơ của tôi tới đâu", True),
    ("số nhà 12 đường này", True),
    ("đất đô thị", False),
    ("dat do thi quang ngai", False),
    ("đang thi công cầu nào", False),
    ("thị trấn nào", False),
    ("bà rịa vũng tàu", False),
    ("giá vàng", False),
)


@pytest.mark.parametrize(("text", "named"), NAMED, ids=[row[0] for row in NAMED])
def test_what_seems_to_be_about_a_person_is_noticed(text, named):
    assert content().persons.named_in(text) is named
