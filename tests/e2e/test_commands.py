"""The commands of the contract, as somebody who scripts against them calls them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.in_process import tracuu_here

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample" / "catalogue.csv"
FRESH = '[store]\nurl = "sqlite:///data.db"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file with a database of its own."""
    file = tmp_path / "tracuu.toml"
    file.write_text(FRESH, encoding="utf-8")
    return file


def tracuu(config: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return tracuu_here("--config", str(config), *words, said=said)


def started(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, as a shell starts it."""
    command = [sys.executable, "-m", "gateway", "--config", str(config), *words]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=90)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_answers_a_batch_line_by_line_each_from_somebody_new(config: Path, tmp_path: Path):
    batch = tmp_path / "questions.txt"
    batch.write_text("dan so quang ngai\n2\nHD\n", encoding="utf-8")
    figure, digit, help_ = lines(started(config, "ask", "--batch", str(batch)))
    assert "2.161.755" in figure["parts"][0]["text"]
    assert digit["handler"] == "fallback", "nobody new has a menu open"
    assert help_["handler"] == "start"


def test_ask_goes_on_with_the_talk_of_the_same_user(config: Path):
    (menu,) = lines(tracuu(config, "ask", "lãi suất ngân hàng", "--user", "an", "--json"))
    (choice, *_) = menu["parts"][-1]["choices"]
    (opened,) = lines(tracuu(config, "ask", "1", "--user", "an", "--json"))
    assert opened["handler"] == choice["value"].partition(":")[0]


def test_ask_lets_a_menu_lapse_when_the_clock_says_so(config: Path):
    lines(tracuu(config, "ask", "lãi suất ngân hàng", "--user", "an", "--now", "2026-11-16T09:00", "--json"))
    (late,) = lines(tracuu(config, "ask", "1", "--user", "an", "--now", "2026-11-16T09:31", "--json"))
    assert late["handler"] == "fallback"


@pytest.mark.parametrize("channel", ["web", "sms", "zalo", "telegram"])
def test_ask_shows_the_form_of_each_channel(config: Path, channel: str):
    (answer,) = lines(tracuu(config, "ask", "xa tinh ky gio thuoc xa nao", "--channel", channel, "--json"))
    (part,) = answer["parts"]
    assert "21211" in json.dumps(answer["rows"])
    assert part["encoding"] == ("gsm7" if channel == "sms" else None)
    assert ("Tinh Khe" if channel == "sms" else "Tịnh Khê") in part["text"]


def test_ask_does_not_load_the_sample_where_a_source_is_configured(config: Path, tmp_path: Path):
    (tmp_path / "own.csv").write_text("title,province\nSố trạm y tế,quangngai\n", encoding="utf-8")
    config.write_text(FRESH + '[[sources]]\nkind = "csv"\nurl = "own.csv"\n', encoding="utf-8")
    (answer,) = lines(tracuu(config, "ask", "dan so quang ngai", "--json"))
    assert answer["rows"] == []
    assert tracuu(config, "sync").returncode == 0
    (answer,) = lines(tracuu(config, "ask", "so tram y te", "--json"))
    assert [hit["title"] for hit in answer["hits"]] == ["Số trạm y tế"]


def test_search_reads_a_catalogue_file_and_tells_questions_from_commands(config: Path):
    said = "dien tich rung\nSTOP\ngia vang hom nay\n"
    results = lines(tracuu(config, "search", "--batch", "-", "--catalogue", str(SAMPLE), "--limit", "3", said=said))
    assert [result["query"] for result in results] == said.splitlines()
    assert [result["answered"] for result in results] == [True, False, False]
    assert len(results[0]["hits"]) == 3
    assert set(results[0]["hits"][0]) == {"code", "title", "province", "score", "why"}


def test_search_in_an_empty_store_answers_nothing_and_loads_nothing(config: Path):
    (result,) = lines(tracuu(config, "search", "dan so", "--json"))
    assert result["answered"] is False
    assert result["hits"] == []


def test_migrate_says_what_it_did_and_then_that_nothing_is_left(config: Path):
    assert lines(tracuu(config, "migrate", "--json"))[0]["applied"]
    assert lines(tracuu(config, "migrate", "--json")) == [{"applied": []}]


def test_doctor_finds_a_fresh_and_a_used_deployment_sound(config: Path):
    (before,) = lines(tracuu(config, "doctor", "--json"))
    lines(tracuu(config, "ask", "HD", "--json"))
    (after,) = lines(tracuu(config, "doctor", "--json"))
    assert {finding["verdict"] for finding in before} <= {"ok", "warn"}
    details = {finding["name"]: finding["detail"] for finding in after}
    assert "sample only" in details["catalogue"]
    assert details["queues"].startswith("0 unhandled")


def test_doctor_names_what_is_wrong_and_fails(config: Path):
    config.write_text('[store]\nurl = "postgresql://nobody@127.0.0.1:1/none"\n', encoding="utf-8")
    done = started(config, "doctor")
    assert done.returncode == 1
    assert "✗ store:" in done.stdout
    assert done.stderr.count("\n") == 1


def test_dead_letters_can_be_listed_and_a_wrong_number_is_told(config: Path):
    assert lines(tracuu(config, "dead", "list", "--json")) == [[]]
    done = tracuu(config, "dead", "replay", "outbox", "7")
    assert done.returncode == 1
    assert done.stderr == "tracuu: there is no dead letter outbox 7\n"


@pytest.mark.parametrize(
    "words",
    [
        ("ask",),
        ("ask", "x", "--batch", "y"),
        ("ask", "x", "--channel", "fax"),
        ("ask", "x", "--now", "soon"),
        ("nothing",),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(config: Path, words: tuple[str, ...]):
    assert tracuu(config, *words).returncode == 2
