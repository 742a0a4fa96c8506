"""``tracuu profile`` as an operator types it, in this process, on a SQLite file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.core.errors import ContentError, TracuuError
from gateway.commands.profile import add_commands
from gateway.profile_findings import examine_profiles
from gateway.profiles.words import load_words
from gateway.terminal import Terminal, run
from tests.conftest import KEY

Say = Callable[..., str]
ORDER = ("--by", "Sở Khoa học và Công nghệ", "--on", "02/11/2026", "--basis", "Công văn số 12")


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    (tmp_path / "tracuu.db").write_bytes(migrated_file.read_bytes())
    config = tmp_path / "tracuu.toml"
    config.write_text(f'[store]\nurl = "sqlite:///tracuu.db"\n[security]\nkey = "{KEY.hex()}"\n', encoding="utf-8")
    return Terminal(config=config)


@pytest.fixture
def say(terminal: Terminal) -> Say:
    app = typer.Typer()
    add_commands(app)
    app.callback()(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["profile", *words], obj=terminal, catch_exceptions=False).stdout


def urging(say: Say) -> dict[str, Any]:
    return {row["id"]: row["urging"] for row in json.loads(say("list", "--json"))["profiles"]}


def finding(terminal: Terminal) -> tuple[str, str]:
    async def look() -> tuple[str, str]:
        async with terminal.store() as store:
            found = await examine_profiles(store)
            return found.verdict, found.detail

    return run(look())


def test_a_profile_not_in_force_reminds_nobody_until_it_is_confirmed_and_no_more_when_that_is_revoked(
    say: Say, terminal: Terminal
):
    assert urging(say) == {
        "angiang": "unconfirmed",
        "ninhthuan": "unconfirmed",
        "quangngai": "in_force",
        "thaibinh": "unconfirmed",
        "vinhphuc": "unconfirmed",
    }
    assert "KHÔNG nhắc ai cho đến khi có xác nhận" in say("show", "Ninh Thuận")
    confirmed = json.loads(say("confirm", "ninhthuan", *ORDER, "--json"))
    assert (confirmed["signed_on"], confirmed["counts"]) == ("2026-11-02", True)
    assert urging(say)["ninhthuan"] == "confirmed"
    page = say("show", "ninhthuan")
    assert "được nhắc, vì đã có xác nhận bằng văn bản" in page
    assert "Sở Khoa học và Công nghệ, văn bản ngày 02/11/2026: Công văn số 12" in page
    assert finding(terminal) == ("ok", "5 decisions; may remind: ninhthuan, quangngai")
    assert json.loads(say("revoke", "ninhthuan", "--json")) == {"id": "ninhthuan", "revoked": 1}
    assert urging(say)["ninhthuan"] == "unconfirmed"
    with pytest.raises(TracuuError, match="has no confirmation that counts"):
        say("revoke", "ninhthuan")


def test_the_page_says_how_a_decision_stands_each_duty_with_its_article_and_what_is_not_certain(say: Say):
    lines = [line.strip() for line in say("show", "vinhphuc").splitlines()]
    status = lines.index("1. HIỆU LỰC") + 1
    assert lines[status].startswith("Được cho là còn hiệu lực trong phạm vi cũ")
    order = [lines.index(title) for title in lines if title[:1].isdigit() and title[1:3] == ". "]
    assert order == sorted(order)
    assert len(order) == 6
    duty = lines.index("3.3. Gửi báo cáo tự kiểm tra, đánh giá hằng năm [self-assessment-yearly]")
    assert lines[duty + 1 : duty + 6] == [
        "Căn cứ: khoản 3 Điều 9 QC kèm QĐ 42/2024/QĐ-UBND: “trước ngày 31 tháng 12 hàng năm”",
        "Ai làm: Từng cơ quan cung cấp dữ liệu.",
        "Khi nào: trước 31/12 (ngày đó là đã muộn).",
        "Quá hạn: sau ngày đó; trúng ngày nghỉ thì theo ngày muộn hơn trong hai ngày.",
        "Làm được từ: 01/11.",
    ]
    assert "– điểm c khoản 2 Điều 7 QC: “Tra cứu thông qua tin nhắn sms hoặc zalo” – " in "\n".join(lines)
    unsure = "\n".join(lines[lines.index("5. ĐIỀU CHƯA CHẮC CHẮN") :])
    assert "Luật An ninh mạng 24/2018/QH14 (dẫn tại khoản 4 Điều 4 QC): đã được thay thế." in unsure
    assert "Việc report-yearly: ngày là đề xuất của phần mềm." in unsure
    assert "Chưa ghi nhận ai nay là: Đơn vị vận hành Cổng." in unsure


def test_each_page_is_there_in_both_languages_and_as_a_document(say: Say):
    vietnamese, english = load_words("vi").texts, load_words("en").texts
    assert {key: table.keys() for key, table in vietnamese.items()} == {
        key: table.keys() for key, table in english.items()
    }
    for province in ("quangngai", "ninhthuan", "thaibinh", "angiang"):
        assert "{" not in say("show", province), province
    english_page = say("show", "thaibinh", "--lang", "en")
    assert "Reminders: NONE until it is confirmed in writing" in english_page
    assert "3.2. Review of the catalogue, sent to the portal authority [review-6months]" in english_page
    assert "Chốt số liệu: ngày 14 hằng tháng." in say("show", "quangngai")
    document = json.loads(say("show", "thaibinh", "--json"))
    assert (document["decision"]["valid_from"], document["rules"][1]["cited"]) == (
        "2025-04-07",
        "khoản 5 Điều 12 QC kèm QĐ 27/2025/QĐ-UBND",
    )
    assert {"standing", "cites", "clauses", "roles", "confirmations"} <= document.keys()


def test_all_profiles_are_sound_and_a_wrong_file_is_named_with_line_and_reason(say: Say, tmp_path: Path):
    assert len(json.loads(say("check", "--json"))["sound"]) == 5
    wrong = tmp_path / "hue.toml"
    wrong.write_text('id = "hue"\nname = "Huế"\ncolour = "red"\n', encoding="utf-8")
    with pytest.raises(TracuuError, match="1 of 1 profiles are wrong"):
        say("check", str(wrong))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "hanoi"), "hanoi has no profile; there are angiang, ninhthuan"),
        (("confirm", "ninhthuan", *ORDER[:3], "31/12/2199", *ORDER[4:]), "2199-12-31 is still to come"),
        (("confirm", "vinhphuc", *ORDER[:3], "1900-01-01", *ORDER[4:]), "1900-01-01 is before 2024-"),
        (("confirm", "ninhthuan", "--by", " ", *ORDER[2:]), "must have 1 to 300 characters"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(say: Say, words: tuple[str, ...], said: str):
    with pytest.raises(ContentError, match=said):
        say(*words)
