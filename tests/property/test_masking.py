"""Nothing that looks personal survives in a column that was masked, however it is written."""

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.catalogue import Dataset
from bot.core.personal import PersonalRules
from bot.core.personal_masking import mask_text
from bot.core.personal_values import MASK, holds_citizen, holds_mobile, holds_private_mail
from bot.store.table import make_table
from gateway.masking import load_personal_rules, mask_table
from tests.support.source import ROOT

WORDS = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy ,.()-", max_size=12)


@cache
def rules() -> PersonalRules:
    return load_personal_rules(ROOT / "data" / "personal", Path("/nowhere/personal.toml"))


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["0", "+84", "84", "+84 ", "(+84)", "+84(0)", "0084"]))
    network = draw(st.sampled_from(["91", "32", "56", "70", "81", "99", "38"]))
    groups = [draw(st.from_regex(r"[0-9]{3}", fullmatch=True)), draw(st.from_regex(r"[0-9]{4}", fullmatch=True))]
    gap = draw(st.sampled_from(["", " ", ".", "-"]))
    return start + gap.join([network, *groups])


@st.composite
def citizens(draw: st.DrawFn) -> str:
    province = draw(st.sampled_from(sorted(rules().provinces)))
    rest = draw(st.from_regex(r"[0-3][0-9]{8}", fullmatch=True))
    gap = draw(st.sampled_from(["", " ", "."]))
    return gap.join([province, rest[:3], rest[3:6], rest[6:]])


def mails() -> st.SearchStrategy[str]:
    return st.from_regex(r"[a-z]{2,8}(\.[a-z]{2,5})?@(gmail|yahoo|vnpt)\.(com|vn|com\.vn)", fullmatch=True)


def surrounded(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(WORDS, values, WORDS).map(lambda parts: f"{parts[0]} {parts[1]} {parts[2]}".strip())


PERSONAL = surrounded(st.one_of(mobiles(), citizens(), mails()))


def survives(text: str) -> bool:
    return (
        holds_mobile(text) or holds_citizen(text, rules().provinces) or holds_private_mail(text, rules().public_hosts)
    )


@settings(max_examples=60)
@given(
    cells=st.lists(PERSONAL, min_size=1, max_size=6), heading=st.sampled_from(["", "Liên hệ", "Điện thoại", "Ghi chú"])
)
def test_no_personal_value_survives_in_a_masked_column(cells, heading):
    table = make_table(["Họ và tên", heading], [["Trần An", cell] for cell in cells])
    masked = mask_table(table, title="", dataset=Dataset(code="D", title=""), rules=rules()).table
    assert not any(survives(row[1]) for row in masked.rows)
    assert all(MASK in row[1] for row in masked.rows)


@settings(max_examples=60)
@given(text=PERSONAL)
def test_a_text_is_masked_once_and_for_all(text):
    shown = mask_text(text, rules())
    assert not survives(shown)
    assert mask_text(shown, rules()) == shown
