"""Rows that are proposed for the lexicon, and what speaks for them."""

import pytest

from bot.search.lookup import Lookup
from bot.search.proposals import CHOSEN_FROM, Evidence, propose


def by(evidence: Evidence, proposals):
    return [one for one in proposals if one.evidence is evidence]


def test_what_enough_people_opened_then_is_proposed_and_would_help(lookup: Lookup):
    (row,) = by(Evidence.CHOICE, propose(lookup, "zuqo vexa quang ngai", {"health": CHOSEN_FROM}))
    assert (row.section, row.typed, row.official) == ("broader", "zuqo vexa", "Số cơ sở khám")
    assert (row.dataset, row.people, row.strength, row.helps) == ("health", CHOSEN_FROM, 1.0, True)


def test_fewer_people_are_no_evidence_and_a_dataset_that_is_gone_is_none_either(lookup: Lookup):
    assert propose(lookup, "zuqo vexa", {"health": CHOSEN_FROM - 1, "gone": 100}) == ()


def test_what_most_people_opened_comes_first(lookup: Lookup):
    rows = by(Evidence.CHOICE, propose(lookup, "zuqo vexa", {"gold": 3, "health": 9}))
    assert [(row.dataset, row.strength) for row in rows] == [("health", 0.75), ("gold", 0.25)]


@pytest.mark.parametrize(
    ("text", "code", "typed"),
    [
        ("zuqo vexa", "gold", "zuqo vexa"),
        ("gia zuqo vexa", "gold", "zuqo vexa"),
        ("an giang zuqo", "gold", "zuqo"),
        ("zuqo # vexa mixo", "gold", "vexa mixo"),
        ("vung thang", "gold", "vung thang"),
    ],
)
def test_what_is_typed_is_what_the_title_and_the_places_do_not_explain(
    lookup: Lookup, text: str, code: str, typed: str
):
    rows = propose(lookup, text, {code: 5})
    assert {row.typed for row in by(Evidence.CHOICE, rows)} == {typed}


@pytest.mark.parametrize(
    ("code", "official"),
    [
        ("gold", "Chỉ số giá vàng"),
        ("rice", "Sản lượng lúa cả"),
        ("firms", "Danh sách các doanh nghiệp đã đăng ký"),
        ("provinces", "Diện tích"),
    ],
)
def test_the_official_words_are_the_head_of_the_title_as_printed(lookup: Lookup, code: str, official: str):
    (row,) = by(Evidence.CHOICE, propose(lookup, "zuqo vexa", {code: 5}))
    assert row.official == official


def test_a_slip_of_a_letter_leads_to_what_the_lexicon_reads(lookup: Lookup):
    lexicon = lookup.lexicon.with_row("words", "zuqonix vexa", "vườn quốc gia")
    rows = by(Evidence.SPELLING, propose(lookup.reading_with(lexicon), "zuqonx vexa", {}))
    assert [(row.section, row.typed, row.official, row.helps) for row in rows] == [
        ("short", "zuqonx vexa", "vườn quốc gia", True)
    ]


def test_what_the_lexicon_says_already_is_not_proposed(lookup: Lookup):
    changed = lookup.reading_with(lookup.lexicon.with_row("words", "zuqo vexa", "Số cơ sở khám"))
    assert by(Evidence.CHOICE, propose(changed, "zuqo vexa", {"health": 5})) == []


def test_nothing_near_and_nobody_who_chose_propose_nothing(lookup: Lookup):
    assert propose(lookup, "zuqo vexa", {}) == ()
    assert propose(lookup, "#", {}) == ()
