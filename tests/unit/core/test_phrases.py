"""Calls for help and sentences that only sound like them."""

import pytest

from bot.core.phrases import Alarm, Phrases, words
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
    assert content().emergencies.heard_in(text) is alarm


def test_a_phrase_is_found_only_as_whole_words_side_by_side():
    phrases = Phrases(["số cccd"])
    assert phrases.within(words("cho hoi so CCCD cua ong A"))
    assert not phrases.within(words("so the cccd"))
    assert not phrases.within(words("so cccdx"))
    assert not phrases.within(words("sổ cccd"))
    assert phrases.equal(words("Số CCCD?"))
    assert not phrases.equal(words("số cccd mới"))
