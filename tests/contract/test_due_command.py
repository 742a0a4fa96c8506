"""``tracuu due`` as the fixed interface says, in this process, on a SQLite file."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.core.errors import ContentError
from gateway.commands import due, items
from gateway.terminal import Terminal
from tests.support.annexes import ANNEXES

APP = typer.Typer()
due.add_commands(APP)
items.add_commands(APP)
NOW = "2026-11-20T09:00"
SPAN = ("--from", "2026-10-01", "--to", "2026-12-31")


def text(terminal: Terminal, *words: str) -> str:
    result = CliRunner().invoke(APP, words, obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def ask(terminal: Terminal, province: str, first: str, last: str, *words: str) -> Any:
    span = ("--province", province, "--from", first, "--to", last)
    result = CliRunner().invoke(
        APP, ["due", *span, "--now", NOW, "--json", *words], obj=terminal, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    assert ("Chưa xác nhận bằng văn bản" in result.stderr) == (province != "quangngai")
    return json.loads(result.stdout)


def test_the_deadlines_of_a_draft_decision_are_computed_on_an_empty_installation(terminal):
    rows = ask(terminal, "ninhthuan", "2026-02-01", "28/02/2026", "--rule", "update-monthly")
    assert rows == [
        {
            "rule": "update-monthly",
            "article": "gạch đầu dòng thứ 1 khoản 6 Điều 4 QC",
            "agency": None,
            "item": None,
            "period": "2026-01",
            "nominal_due": "2026-02-15",
            "legal_due": "2026-02-23",
            "provisional": False,
            "status": "unmet",
        }
    ]
    whole = ask(terminal, "Ninh Thuận", "2026-01-01", "2026-12-31")
    assert [row["nominal_due"] for row in whole] == sorted(row["nominal_due"] for row in whole)
    assert {row["rule"] for row in whole} == {"update-monthly", "update-quarterly", "update-yearly", "report-quarterly"}


def test_a_rule_that_an_event_starts_is_counted_from_the_day_that_is_named(terminal):
    rows = ask(terminal, "quangngai", "2026-01-01", "2026-12-31", "--rule", "update-adhoc", "--event", "20/07/2026")
    assert [(row["period"], row["nominal_due"], row["agency"]) for row in rows] == [("2026-07-20", "2026-08-28", None)]
    assert (
        ask(terminal, "quangngai", "2026-09-01", "2026-12-31", "--rule", "update-adhoc", "--event", "2026-07-20") == []
    )


def test_items_are_told_by_title_and_as_the_catalogue_prints_their_owner(terminal):
    number = ("--number", "1290/QĐ-CT", "--date", "05/09/2024", "--signer", "Chủ tịch UBND tỉnh")
    text(terminal, "items", "import", f"csv:{ANNEXES / 'vinhphuc-1290.csv'}", "--province", "vinhphuc", *number)
    rows = ask(terminal, "vinhphuc", "2026-10-01", "2026-12-31", "--rule", "update-period")
    assert rows
    assert all(row["agency"] and row["item"] for row in rows)
    shown = text(terminal, "due", "--province", "vinhphuc", *SPAN)
    for line in (
        "Trạng thái văn bản: có thể còn hiệu lực trên địa bàn cũ\nChưa xác nhận bằng văn bản",
        "Cập nhật dữ liệu theo Danh mục (update-period) – khoản 2 Điều 8 QC kèm QĐ 42/2024/QĐ-UBND",
        "  kỳ 2026  hạn 30/12/2026, quá hạn sau 30/12/2026",
        "mục tiêu nội bộ",
        f"{rows[0]['agency']} · {rows[0]['item']}",
    ):
        assert line in shown
    english = text(terminal, "due", "--province", "vinhphuc", *SPAN, "--language", "en")
    assert "  period 2026  due 30/12/2026, overdue after 30/12/2026" in english


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("hanoi", "2026-01-01", "2026-12-31"), "angiang, ninhthuan, quangngai, thaibinh, vinhphuc"),
        (("angiang", "2026-12-31", "2026-01-01"), "lies before"),
        (("angiang", "31/31/2026", "2026-12-31"), "--from: '31/31/2026' is no date"),
        (("angiang", "0001-01-01", "2026-12-31"), "from 2000 to 2100"),
        (("angiang", "2026-01-01", "2026-12-31", "--rule", "update-monthly"), "report-halfyear"),
        (("ninhthuan", "2026-01-01", "2026-12-31", "--rule", "update-monthly", "--event", "2026-07-20"), "not from an"),
        (("quangngai", "2026-01-01", "2026-12-31", "--rule", "update-adhoc"), "none is recorded"),
    ],
)
def test_a_wrong_question_is_refused_with_what_is_wrong(terminal, words, told):
    with pytest.raises(ContentError, match=told):
        ask(terminal, *words)
