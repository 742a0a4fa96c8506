"""What wordings of update frequencies and deadlines are taken for, and what is not guessed."""

import csv
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.cycle_words import Interval
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.errors import ContentError
from bot.core.wordings import LONGEST
from bot.cycles import load_cycles
from gateway.deployment import DATA
from tests.support.source import ROOT

CYCLES = load_cycles(DATA)
FILE = tomllib.loads((DATA / "cycles/cycles.toml").read_text(encoding="utf-8"))
DEADLINES = tomllib.loads((DATA / "cycles/deadlines.toml").read_text(encoding="utf-8"))
UNIT = FILE["units"]
VALUES = {"day": "20", "month": "3", "quarter": "II", "n": "15"}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((ROOT / "tests/data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def printed(row: object) -> str | None:
    return row["printed"] if isinstance(row, dict) else None


WORDINGS = rows("cycle-wordings")


@pytest.mark.parametrize("code", dict.fromkeys(row["code"] for row in WORDINGS))
def test_a_wording_is_understood(code: str):
    judged = [row for row in WORDINGS if row["code"] == code]
    understood = [CYCLES.understand(row["printed"]) for row in judged]
    expected = [Cycle(code=UpdateCycle(code), printed=row["printed"], note=row["note"]) for row in judged]
    assert understood == expected


@pytest.mark.parametrize("row", rows("cycle-traps"), ids=printed)
def test_what_is_not_known_is_not_guessed(row: dict[str, str]):
    assert CYCLES.understand(row["printed"]).code is UpdateCycle.UNKNOWN, row["why"]


@pytest.mark.parametrize("code", FILE["codes"])
def test_every_word_of_the_file_says_its_code(code: str):
    words = (code, *FILE["codes"][code].get("words", ()))
    filled = [word.replace("{n}", "2024").replace("…", "có việc") for word in words]
    assert {word: said for word in filled if (said := CYCLES.understand(word).code) != code} == {}


LENGTHS = [(code, text) for code, entry in FILE["codes"].items() for text in entry.get("every", ())]


@pytest.mark.parametrize(("code", "text"), LENGTHS, ids=[text for _, text in LENGTHS])
def test_every_length_of_the_file_is_its_code(code: str, text: str):
    amount, unit = text.split()
    number = Fraction(amount)
    name = UNIT[f"1 {unit}"][0]
    whole = f"{number.denominator} lần trong {number.numerator} {name}"
    assert CYCLES.understand(whole if number.denominator > 1 else f"{amount} {name}/lần").code == code


def spoken(form: str) -> Iterator[tuple[str, Interval]]:
    """Wordings of a rhythm's form, with the interval that each says."""
    for unit, names in UNIT.items():
        length = Fraction(3 if "{n}" in form else 1, 2 if "{k}" in form else 1)
        yield form.format(n="03", k="hai", unit=names[0]), Interval.of(length, unit.split()[1])


@pytest.mark.parametrize("form", FILE["rhythms"]["forms"])
def test_every_form_of_a_rhythm_is_counted_right(form: str):
    for text, interval in spoken(form):
        assert CYCLES.understand(text).code is CYCLES.rhythms.get(interval, UpdateCycle.OTHER), text


NUMBERS = [(number, name) for number, names in FILE["numbers"].items() for name in names]


@pytest.mark.parametrize(("number", "name"), NUMBERS, ids=[name for _, name in NUMBERS])
def test_every_number_and_every_unit_is_read(number: str, name: str):
    for unit, names in UNIT.items():
        said = CYCLES.rhythms.get(Interval.of(Fraction(number), unit.split()[1]), UpdateCycle.OTHER)
        assert {CYCLES.understand(f"{name} {text} một lần").code for text in names} == {said}


@pytest.mark.parametrize("text", FILE["exact"])
def test_every_exact_wording_says_its_code(text: str):
    assert CYCLES.understand(text).code == FILE["exact"][text]


@pytest.mark.parametrize("prefix", FILE["vocabularies"]["prefixes"])
def test_a_term_of_a_known_list_is_read_by_its_address(prefix: str):
    assert CYCLES.understand(f"{prefix}monthly").code is UpdateCycle.MONTHLY


@pytest.mark.parametrize("text", [text for key in ("fillers", "joins") for text in FILE["beside"][key]])
def test_what_stands_beside_a_rhythm_changes_nothing(text: str):
    assert CYCLES.understand(f"hằng quý {text} hằng năm").code is UpdateCycle.QUARTERLY
    assert CYCLES.understand(text).code is UpdateCycle.UNKNOWN


@pytest.mark.parametrize("choice", FILE["beside"]["choices"])
def test_of_a_choice_the_rarest_counts(choice: str):
    assert CYCLES.understand(f"hằng tháng {choice} hằng năm").code is UpdateCycle.ANNUAL


@pytest.mark.parametrize("row", rows("deadline-wordings"), ids=printed)
def test_a_deadline_is_understood(row: dict[str, str]):
    assert CYCLES.understand_due(row["printed"]) == DueWording(
        anchor=DueAnchor(row["anchor"]),
        offset_days=int(row["offset_days"] or 0),
        unit=DueUnit(row["unit"]),
        strictly_before=bool(row["before"]),
        day=int(row["day"] or 0),
        month=int(row["month"]) if row["month"] else None,
        months_after=int(row["months_after"]) if row["months_after"] else None,
        printed=row["printed"],
    )


@pytest.mark.parametrize("row", rows("deadline-traps"), ids=printed)
def test_a_deadline_is_not_guessed_either(row: dict[str, str]):
    assert CYCLES.understand_due(row["printed"]) is None, row["why"]


FORMS = [(entry, form) for entry in DEADLINES["deadlines"] for form in entry["forms"]]


@pytest.mark.parametrize(("entry", "form"), FORMS, ids=[form for _, form in FORMS])
def test_every_form_of_a_deadline_is_understood(entry: dict[str, object], form: str):
    firsts = {name: texts[0] for name, texts in DEADLINES["places"].items()}
    due = CYCLES.understand_due(form.format(**firsts, **VALUES))
    assert due is not None
    assert (due.anchor, due.strictly_before) == (entry["anchor"], entry.get("before", False))
    assert due.months_after == entry.get("months_after")
    assert due.offset_days == (15 if "{n}" in form else 0)
    assert due.day == (0 if entry["anchor"] != "day" else 20 if "{day}" in form else 31)
    assert due.month == (3 if "{month}" in form else 6 if "{quarter}" in form else None)


@pytest.mark.parametrize("name", DEADLINES["places"])
def test_every_text_of_a_place_is_understood_there(name: str):
    firsts = {other: options[0] for other, options in DEADLINES["places"].items()}
    form = next(form for _, form in FORMS if f"{{{name}}}" in form)
    texts = [form.format(**{**firsts, **VALUES, name: text}) for text in DEADLINES["places"][name]]
    assert texts
    assert [text for text in texts if CYCLES.understand_due(text) is None] == []


@pytest.mark.parametrize(
    "nothing",
    ["", "  ", "-", "–", "N/A", "null", "không rõ", "chưa xác định", "đang cập nhật", "unknown", "UNKNOWN"],
)
def test_where_a_source_says_nothing_the_operators_default_stands_as_an_assumption(nothing: str):
    assumed = CYCLES.understand(nothing, default="hằng quý")
    assert (assumed.code, assumed.printed, assumed.assumed) == (UpdateCycle.QUARTERLY, nothing, True)
    assert CYCLES.understand(nothing).code is UpdateCycle.UNKNOWN


@pytest.mark.parametrize("something", ["hằng năm", "thỉnh thoảng", "khác", "không cập nhật nữa", "18 tháng/lần"])
def test_what_a_source_says_is_never_replaced_by_an_assumption(something: str):
    assert CYCLES.understand(something, default="hằng quý") == CYCLES.understand(something)


def test_a_text_instead_of_a_wording_is_not_looked_at():
    assert CYCLES.understand("hằng tháng " * (LONGEST // 2)).code is UpdateCycle.MONTHLY
    assert CYCLES.understand("hằng tháng " * LONGEST).code is UpdateCycle.UNKNOWN


GRADED = [
    ("MONTHLY", 29, "fresh"), ("MONTHLY", 30, "due"), ("MONTHLY", 44, "overdue"), ("MONTHLY", 60, "delinquent"),
    ("ANNUAL", 424, "due"), ("NEVER", 9_999, "fresh"), ("AS_NEEDED", 9_999, "fresh"), ("UPDATE_CONT", 9_999, "fresh"),
    ("BIENNIAL", 9_999, ""), ("UNKNOWN", 9_999, ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "days", "grade"), GRADED)
def test_the_scale_of_others_is_there_to_compare(code: str, days: int, grade: str):
    assert CYCLES.grade("HDX", UpdateCycle(code), days) == grade


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("cycles.toml", "[30, 44, 60]", "[30, 60, 44]", "scales.HDX.MONTHLY: needs 3 growing numbers of days"),
        ("cycles.toml", "[codes.MONTHLY]", "[codes.MONTLY]", "cycles.toml: codes.MONTLY: MONTLY is no code"),
        ("cycles.toml", 'every = ["1 month"', 'every = ["1 moon"', "codes.MONTHLY.every: 1 moon is no length of time"),
        ("cycles.toml", '"every {n} {unit}"', '"every {m} {unit}"', "every {m} {unit}: {m} is no place"),
        ("deadlines.toml", 'anchor = "change"', 'anchor = "moon"', "deadlines[4]: 'moon' is not a valid DueAnchor"),
        ("deadlines.toml", "[places]", "[places", ": TOML: Expected"),
    ],
)
def test_a_mistake_in_the_files_is_named(tmp_path: Path, file: str, old: str, new: str, complaint: str):
    folder = tmp_path / "cycles"
    folder.mkdir()
    for name in ("cycles.toml", "deadlines.toml"):
        text = (DATA / "cycles" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    with pytest.raises(ContentError) as refusal:
        load_cycles(tmp_path)
    assert complaint in str(refusal.value)
