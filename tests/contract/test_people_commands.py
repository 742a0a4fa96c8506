"""``tracuu people`` from the list of officers to their codes, in this process, on a SQLite file."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.core.errors import ContentError, TracuuError
from gateway.commands import items, people
from gateway.finding import Finding, Verdict
from gateway.people.finding import examine_people
from gateway.terminal import Terminal, now, run
from tests.support.annexes import ANNEXES
from tests.support.catalogue import sync_file

APP = typer.Typer()
people.add_commands(APP)
items.add_commands(APP)
FILE = str(Path("tests/data/people/quangngai.csv").resolve())


def text(terminal: Terminal, *words: str) -> str:
    result = CliRunner().invoke(APP, words, obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def ask(terminal: Terminal, *words: str) -> Any:
    return json.loads(text(terminal, "people", *words, "--json"))


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def test_a_list_is_imported_once_with_every_bad_row_named_and_what_is_missing(terminal, tmp_path):
    planned = ask(terminal, "import", FILE, "--dry-run")
    assert ask(terminal, "list")["agencies"] == [], "a dry run writes nothing"
    done = ask(terminal, "import", f"csv:{FILE}")
    assert done == {**planned, "dry_run": False, "report": done["report"]}
    assert (done["agencies"], done["officers"], done["posts"]) == (
        {"added": 5, "changed": 0},
        {"added": 6, "changed": 0},
        {"added": 7, "changed": 0},
    )
    assert [one["line"] for one in done["rejected"]] == [10, 11, 12, 13, 14, 15]
    report = done["report"]
    assert names(report["vacant"]) == ["Đặc khu Lý Sơn"]
    assert names(report["without_rule_set"]) == ["Xã Sơn Hà"]
    assert len(report["unbound"]) == 6
    again = ask(terminal, "import", FILE)
    nothing = {"added": 0, "changed": 0}
    assert (again["agencies"], again["officers"], again["posts"]) == (nothing, nothing, nothing)
    assert again["report"] == report

    shown = text(terminal, "people", "list")
    assert "091•••••01" in shown
    assert "0912345601" not in shown + json.dumps(ask(terminal, "list"))
    assert "rule set chưa xác định, no deadline (1): Xã Sơn Hà" in shown


def test_owners_and_publishers_that_no_agency_bears_are_listed_and_never_guessed(terminal, tmp_path):
    catalogue = tmp_path / "catalogue.csv"
    rows = ("Giá đất,Sở Tài chính", "Bệnh viện,SYT", "Trường học,UBND xã Sơn Ha", "Chợ,Sở Y tế Quảng Nam")
    printed = "\n".join(f"quangngai,{at},{row}" for at, row in enumerate(rows))
    catalogue.write_text(f"province,code,title,publisher\n{printed}\n", encoding="utf-8")

    async def work() -> None:
        async with terminal.store() as store:
            await sync_file(store, catalogue)

    run(work())
    decision = ("--number", "1/QĐ", "--date", "2026-06-20", "--province", "quangngai", "--yes")
    text(terminal, "items", "import", str(ANNEXES / "quangngai.csv"), *decision)
    unmatched = ask(terminal, "import", FILE)["report"]["unmatched"]
    found = {one["name"]: (one["province"], one["items"], one["datasets"]) for one in unmatched}
    assert found["Sở Tài chính"][2] == 1
    assert found["UBND xã Sơn Ha"] == ("quangngai", 0, 1), "Sơn Hà or Sơn Hạ: nobody can tell"
    assert found["Sở Y tế Quảng Nam"] == ("quangngai", 0, 1)
    assert "Sở Y tế" not in found
    assert "SYT" not in found


def test_codes_are_made_for_one_officer_and_for_all_who_are_not_bound_once(terminal):
    text(terminal, "people", "import", FILE)
    one = ask(terminal, "invite", "can bo dau moi 01", "--agency", "SYT")
    assert (one["officer"], one["name"], len(one["code"])) == (1, "Cán bộ đầu mối 01", 9)
    rest = ask(terminal, "invite", "--all-unbound")["invitations"]
    assert [each["officer"] for each in rest] == [2, 3, 4, 5, 6]
    assert rest[-1]["agencies"] == ["Xã Sơn Hà", "Xã Sơn Hạ"]
    assert len({each["code"] for each in rest}) == 5
    assert "everybody is bound or has a code" in text(terminal, "people", "invite", "--all-unbound")
    anew = text(terminal, "people", "invite", "--officer", "5")
    assert "Cán bộ đầu mối 05 (Sở Xây dựng): KÍCH HOẠT" in anew
    open_ = ask(terminal, "list")["invitations"]
    assert sorted(each["officer"] for each in open_) == [1, 2, 3, 4, 5, 6], "a new code ends the one before"
    number = next(each["number"] for each in open_ if each["officer"] == 5)
    assert ask(terminal, "revoke", str(number))["officer"] == 5
    with pytest.raises(TracuuError, match="is open"):
        text(terminal, "people", "revoke", str(number))
    assert [each["officer"] for each in ask(terminal, "invite", "--all-unbound", "--again")["invitations"]] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip


def test_staff_are_invited_by_name_as_before_and_whom_nobody_knows_is_said(terminal):
    staff = ask(terminal, "invite", "Lê An", "--role", "staff", "--days", "3")
    assert (staff["name"], staff["role"], staff["officer"], staff["channel"]) == ("Lê An", "staff", None, "")
    text(terminal, "people", "import", FILE)
    for words, reason in (
        (("Cán bộ đầu mối 99", "--agency", "Sở Y tế"), "no officer is called"),
        (("--officer", "99"), "no officer 99"),
    ):
        with pytest.raises(TracuuError, match=reason):
            text(terminal, "people", "invite", *words)
    for words in ((), ("An", "--all-unbound"), ("--officer", "1", "--all-unbound")):
        with pytest.raises(ContentError):
            text(terminal, "people", "invite", *words)


def test_what_is_vacant_is_listed_alone_and_by_province(terminal, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(
        "agency,agency_kind,province,rule_set,name,phone\n"
        "Phường Vĩnh Yên,ward,Phú Thọ,vinhphuc,Cán bộ đầu mối 20,0912345620\n",
        encoding="utf-8",
    )
    for file in (FILE, str(other)):
        text(terminal, "people", "import", file)
    assert names(ask(terminal, "list", "--province", "vinhphuc")["agencies"]) == ["Phường Vĩnh Yên"]
    assert names(ask(terminal, "list", "--province", "phutho")["agencies"]) == ["Phường Vĩnh Yên"]
    vacant = ask(terminal, "list", "--vacant", "--province", "quangngai")
    gaps = {one["name"]: one["gaps"] for one in vacant["agencies"]}
    assert gaps["Đặc khu Lý Sơn"] == ["nobody", "vacant"]
    assert "Phường Vĩnh Yên" not in gaps


def test_the_doctor_counts_what_is_missing(terminal):
    async def examine() -> Finding:
        async with terminal.store() as store:
            return await examine_people(store, now=now())

    assert run(examine()).detail.startswith("no agencies")
    text(terminal, "people", "import", FILE)
    finding = run(examine())
    assert finding.verdict is Verdict.WARN
    assert finding.detail.startswith("5 agencies, 6 officers: 1 without an officer, 4 with none whom a message reaches")
