"""What people reported and what they asked in vain, as an operator reads it on the command line."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.in_process import tracuu_here

ROOT = Path(__file__).parents[2]
VAIN = "zuqo vexa mixo"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file with a database of its own."""
    file = tmp_path / "tracuu.toml"
    file.write_text('[store]\nurl = "sqlite:///data.db"\n', encoding="utf-8")
    return file


def tracuu(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return tracuu_here("--config", str(config), *words)


def read(config: Path, *words: str) -> Any:
    done = tracuu(config, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ask(config: Path, text: str, user: str) -> dict[str, Any]:
    answer: dict[str, Any] = read(config, "ask", text, "--user", user)
    return answer


def ask_in_vain(config: Path, *, people: int) -> None:
    batch = config.parent / "questions.txt"
    batch.write_text(f"{VAIN}\n" * people, encoding="utf-8")
    done = tracuu(config, "ask", "--batch", str(batch))
    assert len(done.stdout.splitlines()) == people


def test_a_reported_figure_is_listed_with_dataset_row_and_code_and_closed(config: Path):
    figure = ask(config, "dân số Quảng Ngãi", "an")
    assert ask(config, "báo sai", "an")["handler"] == "wrong"
    ask(config, f"báo sai {figure['answer_code']} phải là 2,1 triệu", "an")
    ask(config, "góp ý: chữ to hơn", "binh")
    (ticket,) = read(config, "tickets", "list", "--kind", "wrong_figure")
    assert ticket["answer_code"] == figure["answer_code"]
    assert ticket["dataset"] == figure["rows"][0]["dataset"]
    assert (ticket["rows"], len(ticket["table"])) == ([21], 64)
    assert "2.161.755 người" in ticket["figure"]
    assert ticket["text"] == "phải là 2,1 triệu"
    assert "Nghị quyết 202/2025/QH15" in ticket["publisher"]
    assert "person" not in ticket
    number = str(ticket["number"])
    closed = read(config, "tickets", "close", number, "--note", "Đã đối chiếu.")
    assert (closed["state"], closed["told"]) == ("closed", True)
    assert read(config, "tickets", "show", number)["note"] == "Đã đối chiếu."
    assert "Đã đối chiếu." in ask(config, f"tình trạng {number}", "an")["parts"][-1]["text"]
    assert "Đã đối chiếu." not in ask(config, f"tình trạng {number}", "binh")["parts"][-1]["text"]
    assert [one["kind"] for one in read(config, "tickets", "list", "--state", "open")] == ["feedback"]
    assert read(config, "tickets", "list", "--since", "2999-01-01") == []


def test_what_is_no_ticket_and_no_day_is_told_in_one_line(config: Path):
    done = tracuu(config, "tickets", "close", "4821")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "there is no ticket 4821" in done.stderr
    done = tracuu(config, "tickets", "list", "--since", "gestern")
    assert (done.returncode, done.stderr) == (
        2,
        "tracuu: command line: --since: gestern is not a day like 2026-11-16\n",
    )
    assert tracuu(config, "tickets", "list").stdout == "nothing\n"


def test_what_enough_people_asked_in_vain_is_proposed_with_what_they_opened_and_answers_once_accepted(config: Path):
    ask_in_vain(config, people=2)
    for place in range(3):
        user = f"person-{place}"
        assert not ask(config, VAIN, user)["parts"][-1]["choices"]
        ask(config, "số cơ sở khám chữa bệnh", user)
        ask(config, "1", user)
    digest = read(config, "unanswered")
    assert (digest["k"], digest["total"], digest["hidden"]) == (5, 5, 0)
    (question,) = digest["questions"]
    assert (question["text"], question["count"], question["answered_now"]) == (VAIN, 5, False)
    (proposal, *_) = question["proposals"]
    assert (proposal["evidence"], proposal["people"], proposal["helps"]) == ("choice", 3, True)
    accepted = read(config, "unanswered", "accept", "1")
    assert accepted["file"] == str(config.parent / "lexicon.toml")
    assert f'"{VAIN}" = ' in accepted["row"]
    assert read(config, "unanswered")["questions"][0]["answered_now"]
    assert ask(config, VAIN, "next")["hits"][0]["code"] == proposal["dataset"]
    assert read(config, "search", VAIN)["answered"]


def test_what_fewer_people_asked_is_only_a_number(config: Path):
    ask_in_vain(config, people=4)
    digest = read(config, "unanswered")
    assert (digest["total"], digest["hidden"], digest["questions"]) == (4, 4, [])
    assert VAIN not in tracuu(config, "unanswered").stdout


def test_a_row_can_be_given_in_words_and_a_wrong_one_is_refused(config: Path):
    given = ("unanswered", "accept", "--typed", "zuqo", "--official", "dân số", "--section", "words")
    assert read(config, *given)["row"] == '"zuqo" = ["dân số"]'
    again = tracuu(config, *given)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert tracuu(config, "unanswered", "accept").returncode == 2
    nothing = tracuu(config, "unanswered", "accept", "7")
    assert nothing.stderr == "tracuu: nothing is proposed at 7; tracuu unanswered lists what is\n"
    assert ask(config, "zuqo quảng ngãi", "an")["hits"]


def test_a_bad_file_of_words_stops_with_its_name_and_key(config: Path):
    (config.parent / "lexicon.toml").write_text('[words]\n"a" = []\n', encoding="utf-8")
    done = tracuu(config, "ask", "dân số")
    assert (done.returncode, done.stderr) == (2, "tracuu: lexicon.toml: a: needs a list with at least one reading\n")


def test_a_complaint_is_no_query_of_the_catalogue_whatever_else_it_names(config: Path, tmp_path: Path):
    title = "diện tích, dân số và mật độ dân số phân theo địa phương"
    batch = tmp_path / "queries.txt"
    batch.write_text(f"{title}\n{title} zuqo vexa\n{title} tắc trách\n", encoding="utf-8")
    catalogue = str(ROOT / "data" / "sample" / "catalogue.csv")
    done = tracuu(config, "search", "--batch", str(batch), "--catalogue", catalogue)
    assert [json.loads(line)["answered"] for line in done.stdout.splitlines()] == [True, True, False]
