"""``tracuu items`` from import to submission, in this process, on a SQLite file."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from docx import Document
from typer.testing import CliRunner

from bot.core.errors import ContentError, TracuuError
from gateway.commands.items import add_commands
from gateway.portal import find_portals
from gateway.terminal import Terminal, run
from tests.support.annexes import ANNEXES
from tests.support.catalogue import sync_file

APP = typer.Typer()
add_commands(APP)
OLD = ("--number", "1290/QĐ-CT", "--date", "05/09/2024", "--signer", "Chủ tịch UBND tỉnh")
NEW = ("--number", "55/QĐ-UBND", "--date", "2026-06-20", "--from", "2026-07-02", "--replaces", "1290/QĐ-CT")


def items(terminal: Terminal, *words: str) -> Any:
    """What a command prints with --json; it must succeed."""
    result = CliRunner().invoke(APP, ["items", *words, "--json"], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def text(terminal: Terminal, *words: str) -> str:
    result = CliRunner().invoke(APP, ["items", *words], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def take(terminal: Terminal, file: str, *words: str, province: str = "vinhphuc") -> Any:
    return items(terminal, "import", f"csv:{ANNEXES / file}", "--province", province, *words)


def publish(terminal: Terminal, rows: str, folder: Path) -> None:
    file = folder / "catalogue.csv"
    file.write_text(f"province,code,title,publisher\n{rows}", encoding="utf-8")

    async def work() -> None:
        async with terminal.store() as store:
            await sync_file(store, file)

    run(work())


def test_a_dry_run_shows_everything_and_writes_nothing(terminal):
    told = take(terminal, "vinhphuc-1290.csv", *OLD, "--dry-run")
    assert (told["outcome"], told["dry_run"], len(told["items"])) == ("added", True, 9)
    column = {c["heading"]: c for c in told["sheets"][0]["columns"]}["Cơ quan chủ trì"]
    assert (column["column"], column["why"], column["sure"]) == ("publisher", "heading", 1.0)
    assert {"printed": "Theo quy định", "cycle": "UNKNOWN", "note": "", "items": 1} in told["cycles"]
    assert {each["printed"]: each["due"] and each["due"]["offset_days"] for each in told["deadlines"]}["15 ngày"] == 15
    assert items(terminal, "list")["items"] == []


def test_a_dry_run_is_readable(terminal):
    file = str(ANNEXES / "quangngai.csv")
    shown = text(terminal, "import", file, "--province", "quangngai", *OLD, "--dry-run")
    for line in (
        '   5  "Chu kỳ, thời hạn cập nhật" → update_frequency   80%, begins like a known heading',
        "  line 6: Sở Y tế is the owner of what follows",
        '  "Định kỳ theo kế hoạch" → unknown, 1 items',
        '  "Hằng quý, chậm nhất ngày 15 của tháng đầu quý sau" → up to day 15, month after the period, 1 items',
        "refused: line 14: marked as not public (Mật)",
        "rejected: line 13: the same item stands in line 11 already",
        "1290/QĐ-CT: 5 items, 3 rows not taken; it is new (dry run: nothing was written)",
    ):
        assert line in shown


def test_an_import_is_repeated_without_effect_and_changed_only_with_yes(terminal, tmp_path):
    assert take(terminal, "vinhphuc-1290.csv", *OLD)["outcome"] == "added"
    assert take(terminal, "vinhphuc-1290.csv", *OLD)["outcome"] == "unchanged"
    with pytest.raises(TracuuError, match="say --yes"):
        take(terminal, "vinhphuc-2026.csv", *OLD)
    assert len(items(terminal, "list", "--decision", "1290/QĐ-CT")["items"]) == 9
    told = take(terminal, "vinhphuc-2026.csv", *OLD, "--yes")
    assert (told["outcome"], len(told["diff"]["added"]), len(told["diff"]["changed"])) == ("changed", 2, 3)


def test_guesses_are_confirmed_by_map_or_yes(terminal):
    words = ("--number", "7/QĐ", "--date", "2026-06-20")
    with pytest.raises(TracuuError, match="by its values only"):
        take(terminal, "angiang.csv", *words, province="angiang")
    told = take(terminal, "angiang.csv", *words, "--map", "update_frequency=Yêu cầu", "--yes", province="angiang")
    assert (told["outcome"], len(told["doubts"])) == ("added", 1)


def test_a_number_of_another_year_is_not_taken_for_the_same_decision(terminal):
    take(terminal, "vinhphuc-1290.csv", *OLD)
    with pytest.raises(TracuuError, match="2024-09-05 was imported under this number"):
        take(terminal, "vinhphuc-2026.csv", "--number", "1290/QĐ-CT", "--date", "2026-01-05", "--yes")


WRONG = {
    "no province": (("--province", "Xứ lạ", "--number", "1", "--date", "2026-01-01"), "--province"),
    "no date": (("--province", "angiang", "--number", "1", "--date", "mai"), "--date"),
    "ended before it began": (
        ("--province", "angiang", "--number", "1", "--date", "2026-01-02", "--to", "2026-01-01"),
        "--to",
    ),
    "a column that is none": (
        ("--province", "angiang", "--number", "1", "--date", "2026-01-02", "--map", "x=y"),
        "--map",
    ),
    "counts before it was signed": (
        ("--province", "angiang", "--number", "1", "--date", "2026-01-02", "--from", "2026-01-01"),
        "--from",
    ),
    "replaces itself": (
        ("--province", "angiang", "--number", "1/qđ", "--date", "2026-01-02", "--replaces", "1 /QĐ"),
        "--replaces",
    ),
}


@pytest.mark.parametrize(("words", "key"), WRONG.values(), ids=WRONG)
def test_wrong_use_names_the_option(terminal, words, key):
    with pytest.raises(ContentError) as refused:
        items(terminal, "import", str(ANNEXES / "angiang.csv"), *words)
    assert refused.value.key == key


def test_a_decision_that_replaces_another_is_compared_with_it_and_ends_it(terminal):
    take(terminal, "vinhphuc-1290.csv", *OLD)
    (replaced,) = take(terminal, "vinhphuc-2026.csv", *NEW)["replaces"]
    assert [len(replaced["diff"][kind]) for kind in ("added", "dropped", "changed")] == [2, 2, 3]
    told = items(terminal, "diff", "1290/QĐ-CT", "55/qđ-ubnd")
    changes = {each["title"]: each["changes"] for each in told["changed"]}
    assert changes["Bảng giá đất"] == [
        {"field": "owner", "before": "Sở Nông nghiệp và Môi trường", "after": "Sở Tài chính"}
    ]
    assert [each["score"] > 0.9 for each in told["perhaps_renamed"]] == [True]
    assert "may have become" in text(terminal, "diff", "1290/QĐ-CT", "55/QĐ-UBND")
    before = items(terminal, "list", "--on", "2026-07-01")["items"]
    after = items(terminal, "list", "--on", "2026-07-02")["items"]
    assert ({each["decision"] for each in before}, {each["decision"] for each in after}) == (
        {"1290/QĐ-CT"},
        {"55/QĐ-UBND"},
    )


def test_no_decision_is_replaced_by_one_that_counts_earlier_nor_by_what_it_replaces(terminal):
    early, late = ("--number", "1/QĐ", "--date", "2026-01-02"), ("--number", "2/QĐ", "--date", "2026-03-01")
    take(terminal, "vinhphuc-1290.csv", *late, "--replaces", "1/QĐ")
    take(terminal, "vinhphuc-2026.csv", *early)
    for order in ((*early, "--replaces", "2/QĐ"), (*early, "--from", "2026-04-01")):
        with pytest.raises(TracuuError, match="cannot replace"):
            take(terminal, "vinhphuc-2026.csv", *order, "--yes")


def test_why_no_row_is_an_item_is_shown_by_the_dry_run_that_the_error_names(terminal, tmp_path):
    annex = tmp_path / "secret.csv"
    annex.write_text("STT,Tên tập dữ liệu,Ghi chú\n1,Sổ hộ,Không công khai\n", encoding="utf-8")
    words = ("import", str(annex), "--province", "angiang", "--number", "1", "--date", "2026-01-02")
    assert "refused: line 2: marked as not public" in text(terminal, *words, "--dry-run")
    with pytest.raises(TracuuError, match="see why with --dry-run"):
        items(terminal, *words)


def test_datasets_are_matched_by_code_proposed_by_title_and_settled_by_people(terminal, tmp_path):
    told = take(terminal, "vinhphuc-1290.csv", *OLD)["items"]
    codes = {each["title"]: each["code"] for each in told}
    school, land = codes["Danh sách trường học trên địa bàn tỉnh"], codes["Bảng giá đất"]
    publish(
        terminal,
        f"Vĩnh Phúc,{land},Giá đất,Sở X\nVĩnh Phúc,ds1,Trường học tỉnh Vĩnh Phúc,Sở Giáo dục và Đào tạo\n"
        "Vĩnh Phúc,ds2,Bản đồ hành chính,\nAn Giang,ds3,Trường học,\n",
        tmp_path,
    )

    def look(code: str) -> tuple[list[str], list[str]]:
        row = next(each for each in items(terminal, "list")["items"] if each["code"] == code)
        bare = {each["code"]: each["proposed"] for each in items(terminal, "list", "--unmatched")["items"]}
        return [f"{d['code']} {d['how']}" for d in row["datasets"]], [p["code"] for p in bare.get(code, [])]

    assert (look(land), look(school)) == (([f"{land} code"], []), ([], ["ds1"]))
    items(terminal, "assign", school, "--none", "ds1", "--by", "Sở KH&CN")
    assert look(school) == ([], [])
    items(terminal, "assign", school, "--forget", "ds1", "--by", "Sở KH&CN")
    items(terminal, "assign", school, "ds1", "--by", "Sở KH&CN")
    assert look(school) == (["ds1 confirmed"], [])
    take(terminal, "vinhphuc-2026.csv", *NEW)
    assert look(school) == (["ds1 confirmed"], [])
    coverage = items(terminal, "coverage", "--province", "Vĩnh Phúc")
    assert (coverage["items"], coverage["covered"]) == (9, 2)
    assert [each["code"] for each in coverage["unlisted"]] == ["ds2"]
    assert {"owner": "Sở Giáo dục và Đào tạo", "items": 1, "covered": 1} in coverage["owners"]
    assert "in no decision: ds2" in text(terminal, "coverage")
    assert len(items(terminal, "list", "--unmatched")["items"]) == 7


def test_nothing_is_assigned_that_does_not_exist(terminal):
    take(terminal, "vinhphuc-1290.csv", *OLD)
    code = items(terminal, "list")["items"][0]["code"]
    for words in (("nope", "ds1"), (code, "nope"), (code, "--forget", "ds1")):
        with pytest.raises(TracuuError):
            items(terminal, "assign", *words, "--by", "x")
    with pytest.raises(ContentError):
        items(terminal, "assign", code, "--by", "x")


def test_proposals_are_collected_listed_and_submitted(terminal, tmp_path):
    take(terminal, "vinhphuc-1290.csv", *OLD)
    land = next(e["code"] for e in items(terminal, "list")["items"] if e["title"] == "Bảng giá đất")
    said = ("--agency", "Sở Tài chính", "--reason", "=1+1", "--by", "Sở KH&CN")
    items(terminal, "propose", "change", land, "--cycle", "Hằng năm", *said)
    items(terminal, "propose", "add", "--title", "Danh sách cây xanh", "--province", "vinhphuc", *said)
    items(terminal, "propose", "drop", land, *said)
    for kind in ("xlsx", "csv", "docx"):
        items(terminal, "proposals", "--out", str(tmp_path / f"list.{kind}"))
    expected = [
        ("1", "Bảng giá đất", "Sửa đổi: chu kỳ cập nhật “05 năm/lần” thành “Hằng năm”"),
        ("2", "Danh sách cây xanh", "Bổ sung vào danh mục"),
        ("3", "Bảng giá đất", "Đưa ra khỏi danh mục"),
    ]
    sheet: Any = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [(row[0], row[1], row[4]) for row in sheet.iter_rows(min_row=4, values_only=True)] == expected
    assert {cell.data_type for cell in sheet["F"][3:]} == {"s"}  # "=1+1" is a text
    table = Document(str(tmp_path / "list.docx")).tables[0]
    assert [tuple(row.cells[at].text for at in (0, 1, 4)) for row in table.rows[1:]] == expected
    assert ",'=1+1," in (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    moved = items(terminal, "proposals", "--submit", "12/TTr-SKHCN", "--by", "Sở KH&CN")
    assert [(one["state"], one["document"]) for one in moved] == [("submitted", "12/TTr-SKHCN")] * 3
    settled = items(terminal, "proposals", "--accept", "1", "--reject", "3", "--by", "Sở KH&CN")
    assert [one["state"] for one in settled] == ["accepted", "submitted", "rejected"]
    with pytest.raises(TracuuError, match="no proposal is open"):
        items(terminal, "proposals", "--submit", "13/TTr", "--by", "x")
    with pytest.raises(ContentError):
        items(terminal, "proposals", "--accept", "2")
    with pytest.raises(TracuuError, match="no proposal 9"):
        items(terminal, "proposals", "--accept", "2", "--reject", "9", "--by", "x")
    assert [one["number"] for one in items(terminal, "proposals", "--state", "submitted")] == [2]  # all or none


def test_a_catalogue_portal_still_reads_an_annex(terminal, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes((ANNEXES / "vinhphuc-1290.csv").read_bytes())

    async def work() -> int:
        async with terminal.store() as store:
            return (await sync_file(store, file)).added

    assert (run(work()), "csv" in find_portals()) == (9, True)
