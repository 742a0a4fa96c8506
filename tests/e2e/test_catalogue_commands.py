"""``tracuu sync`` and ``tracuu datasets`` as an operator or a script uses them."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.catalogue import write_files
from tests.support.in_process import tracuu_here
from tests.support.sheets import write_xlsx

FILES = {
    "catalogue.csv": "province,title,code,resources,màu\nHuế,Giá vé,V1,ve.csv,đỏ\nHuế,Lễ hội,L1,,\nHuế,,,,\n",
    "ve.csv": "điểm,giá\nĐại Nội,200000\n",
    "tracuu.toml": '[[sources]]\nprovince = "hue"\nkind = "csv"\nurl = "catalogue.csv"\n',
}
WRONG = {
    "a kind that is not read": (["sync", "--source", "docx:catalogue.docx"], 2, "does not read sources of kind docx"),
    "no kind": (["sync", "--source", "catalogue.csv"], 2, "a source is written kind:address"),
    "a province that does not exist": (
        ["sync", "--source", "csv:a.csv", "--province", "Atlantis"],
        2,
        "is no province",
    ),
    "no such file": (["sync", "--source", "csv:none.csv"], 1, "none.csv: there is no such file"),
    "no such dataset": (["datasets", "hide", "X9"], 1, "no dataset has the code X9"),
}


def tracuu(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return tracuu_here(*arguments, folder=folder)


def document(folder: Path, *arguments: str):
    done = tracuu(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


def test_a_sync_reports_what_it_did_as_agreed(folder):
    done = tracuu(folder, "sync", "--json")
    assert json.loads(done.stdout) == {
        "added": 2, "updated": 0, "removed": 0, "unchanged": 0, "rejected": [{"line": 4, "reason": "the title is empty"}],
        "tables": 1, "rows": 1, "version": 1, "whole": True, "guard": "none", "masked": [], "drift": [],
        "notices": ["catalogue.csv: columns that are not used: màu"],
    }  # fmt: skip
    assert done.stderr.count("màu") == 1
    again = document(folder, "sync", "--source", "csv:catalogue.csv", "--province", "Huế")
    assert (again["added"], again["unchanged"], again["version"]) == (0, 2, 1)


def test_a_dry_run_names_what_would_change_be_masked_and_be_asked(folder):
    tracuu(folder, "sync")
    people = "họ và tên,số điện thoại\nNguyễn Văn A,0901000001\nTrần Thị B,0901000002\n"
    write_files(
        folder, {"catalogue.csv": "province,title,code,resources\nHuế,Hộ nuôi cá,N1,ho.csv\n", "ho.csv": people}
    )
    done = tracuu(folder, "sync", "--dry-run")
    shown = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "+ N1 Hộ nuôi cá added" in shown
    assert "- V1 Giá vé withdrawn" in shown
    assert any(line.startswith("Hộ nuôi cá: số điện thoại: phone in 2 cells") for line in shown)
    assert "0901" not in done.stdout + done.stderr
    assert "guard: over 10 % would go; taken with --yes only" in shown
    assert [d["code"] for d in document(folder, "datasets", "list")] == ["L1", "V1"]


def test_a_dataset_is_taken_down_and_shown_again(folder):
    tracuu(folder, "sync")
    why = ("--reason", "lộ dữ liệu cá nhân", "--by", "Cán bộ đầu mối 01")
    assert document(folder, "datasets", "hide", "V1", *why) == {"code": "V1", "hidden": True, "changed": True}
    assert [(d["code"], d["rows"], d["hidden"]) for d in document(folder, "datasets", "list")] == [
        ("L1", 0, False),
        ("V1", 1, True),
    ]
    assert document(folder, "datasets", "unhide", "V1")["changed"]
    unhidden, hidden = document(folder, "datasets", "takedowns")
    assert (unhidden["action"], unhidden["code"], unhidden["reason"]) == ("unhide", "V1", "")
    assert unhidden["by"], "else it is the login name"
    assert (hidden["action"], hidden["by"], hidden["reason"]) == ("hide", *why[3:], why[1])
    shown = document(folder, "datasets", "show", "V1")
    assert (shown["title"], shown["province"], shown["hidden"]) == ("Giá vé", "hue", False)
    assert shown["resources"][0]["fields"] == ["điểm", "giá"]


def test_the_list_tells_how_datasets_are_kept_up(folder):
    rows = "Huế,Cũ,O1,hằng quý,2020-05-01\nHuế,Thôi,S1,không cập nhật nữa,2020-05-01\nHuế,Im,I1,,2020-05-01\n"
    write_files(folder, {"catalogue.csv": "province,title,code,update_frequency,changed_at\n" + rows})
    with (folder / "tracuu.toml").open("a", encoding="utf-8") as settings:
        settings.write('cycle = "hằng năm"\n')
    tracuu(folder, "sync")
    told = document(folder, "datasets", "list", "--province", "Huế")
    assert [(d["code"], d["state"], d["cycle_code"], d["cycle_assumed"], d["period"]) for d in told] == [
        ("I1", "due", "ANNUAL", True, "2021"),
        ("O1", "due", "QUARTERLY", False, "2020-Q3"),
        ("S1", "no-deadline", "NOT_PLANNED", False, None),
    ]
    shown = tracuu(folder, "datasets", "show", "O1").stdout.splitlines()
    assert {"state: due", "evidence: metadata", "last change: 2020-05-01"} <= set(shown)


def test_a_workbook_is_synced_and_searched_like_any_catalogue(folder):
    file = write_xlsx(folder / "danh-muc.xlsx", {"A": [["Tên tập dữ liệu", "Tệp"], ["Giá vé tham quan", "ve.csv"]]})
    (folder / "ve.csv").write_bytes("Ñieåm,Giaù\nÑaïi Noäi,200.000\nLaêng Moät,50.000\n".encode("cp1252"))
    done = tracuu(folder, "sync", "--source", f"xlsx:{file.name}", "--json")
    report = json.loads(done.stdout)
    assert (report["added"], report["tables"], report["rows"]) == (1, 1, 2)
    assert "ve.csv: it is not in UTF-8, but read as VNI-Windows (guessed from its words)" in done.stderr
    found = document(folder, "search", "gia ve", "--catalogue", str(file))
    assert [hit["title"] for hit in found["hits"]] == ["Giá vé tham quan"]


@pytest.mark.parametrize(("arguments", "code", "reason"), WRONG.values(), ids=WRONG)
def test_what_goes_wrong_is_said_in_one_line(folder, arguments, code, reason):
    done = tracuu(folder, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
