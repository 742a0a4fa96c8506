"""The table by agency is readable on every terminal, in both languages."""

from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from rich.console import Console

from bot.core.errors import ContentError
from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.profile import ProfileStatus
from bot.core.obligations.reporting import Figures
from bot.reports.agency_table import AgencyRow, AgencyTable
from bot.reports.table_words import COLUMNS, FILE, load_table_words
from gateway.board import draw
from tests.support.registers import rule_set
from tests.support.source import ROOT

WORDS = ROOT / "data" / "reports"
HEALTH = Agency(id=1, province="ninhthuan", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, rule_set="ninhthuan")
FARMING = replace(HEALTH, id=2, name="Sở Nông nghiệp và Môi trường")
DOWN = (date(2026, 11, 3), date(2026, 11, 4))
BUSY = Figures(due=5, verified=2, reported=1, missing=1, open=1, late=2, provisional=1)
IDLE = Figures()


def table(*rows: AgencyRow) -> AgencyTable:
    total = AgencyRow(agency=None, name="", figures=sum((row.figures for row in rows), Figures()), down=DOWN)
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    return AgencyTable(province="ninhthuan", first=first, last=last, today=last, rows=rows, total=total)


TABLE = table(
    AgencyRow(agency=HEALTH, name=HEALTH.name, figures=BUSY, down=DOWN),
    AgencyRow(agency=FARMING, name=FARMING.name, figures=IDLE, vacant=True),
    AgencyRow(agency=None, name="", figures=Figures(due=1, unmet=1, outside=3)),
)


def drawn(width: int, *, language: str = "vi", shown: AgencyTable = TABLE, confirmed: bool = True, **more) -> list[str]:
    """The lines that a terminal of ``width`` columns shows."""
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    draw(shown, replace(rule_set(), **more), load_table_words(WORDS, language), console, confirmed=confirmed)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_where_there_is_room_it_is_a_table_without_columns_of_zeros():
    text = "\n".join(drawn(150))
    for words in ("Đến hạn", "Quá hạn", "Cổng", "Sở Nông nghiệp và Môi trường (khuyết đầu mối)", "5*", "Cộng"):
        assert words in text, words
    assert "Không đổi" not in text
    assert "Cổng gián đoạn ngày 03/11, 04/11" in text
    assert "1 hạn còn dự kiến" in text
    assert "3 kỳ không tính" in text
    assert "(chưa ghi cơ quan)" in text


@pytest.mark.parametrize("width", [30, 44, 60, 80, 100])
def test_no_figure_is_lost_and_nothing_sticks_out_of_a_narrow_terminal(width):
    lines = drawn(width)
    upto = next(place for place, line in enumerate(lines) if line.startswith("Đến hạn:"))
    body = lines[1:upto]
    assert max(map(len, body)) <= width
    text = " ".join(" ".join(body).split())
    for words in ("5*", "6*", "Nông nghiệp", "trường", "Trễ", "gián"):
        assert words in text, words


def test_a_rule_set_that_nobody_confirmed_says_so():
    lines = drawn(100, confirmed=False, status=ProfileStatus.DRAFT_UNCONFIRMED)
    assert lines[1:3] == [
        "Trạng thái văn bản: bản dự thảo, chưa rõ đã ban hành",
        "Chưa xác nhận bằng văn bản: hệ thống chưa nhắc ai, không tính ai quá hạn.",
    ]


def test_a_month_without_duties_and_agencies_says_so():
    assert drawn(80, shown=table())[-1] == "Không có nghĩa vụ nào đến hạn trong kỳ."


def test_both_languages_name_every_column():
    english = "\n".join(drawn(140, language="en"))
    assert "Overdue" in english
    for language in ("vi", "en"):
        assert tuple(load_table_words(WORDS, language).columns) == COLUMNS


def test_a_word_that_is_missing_or_unknown_is_named(tmp_path):
    whole = (WORDS / FILE).read_text(encoding="utf-8")
    for broken, key in (
        (whole.replace("[vi]", "[vn]"), "vi.agency"),
        (whole.replace('total = "Cộng"', 'sum = "Cộng"'), "vi.sum"),
        (whole.replace("superseded = ", "replaced = ", 1), "vi.statuses.replaced"),
    ):
        (tmp_path / FILE).write_text(broken, encoding="utf-8")
        with pytest.raises(ContentError) as refused:
            load_table_words(tmp_path, "vi")
        assert refused.value.key == key
