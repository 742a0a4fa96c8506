"""``tracuu board`` and the table that it draws, from agencies, items, reports, changes and outages in a store."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from bot.core.obligations.agency import PostRole
from gateway.commands.board import add_commands
from gateway.terminal import Terminal, run
from tests.conftest import KEY, open_store
from tests.support.office import Bureau, Person
from tests.support.office_setting import make_item, row

APP = typer.Typer()
APP.callback()(lambda: None)
add_commands(APP)
BEGIN = datetime(2026, 10, 1, 8, tzinfo=VIETNAM)
MONTH = ("--province", "Quảng Ngãi", "--month", "2026-10")
HEALTH, FINANCE, WORKS = "Sở Y tế", "Sở Tài chính", "Sở Xây dựng"
OPERATOR = "Đơn vị cung cấp dịch vụ Cổng dữ liệu mở tỉnh"
"""Whose monthly report has no day in the decision."""
ITEMS = (
    ("Số ca sốt xuất huyết", HEALTH, "hằng tháng", "10 ngày sau khi kết thúc tháng"),
    ("Danh mục cơ sở khám chữa bệnh", HEALTH, "hằng quý", "15 ngày sau khi kết thúc quý"),
    ("Giá đất", FINANCE, "hằng tháng", "10 ngày sau khi kết thúc tháng"),
    ("Thu ngân sách", FINANCE, "hằng tháng", ""),
    ("Lễ hội", "Sở không ai biết", "hằng tháng", "10 ngày sau khi kết thúc tháng"),
)


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    """An installation on which something has happened in October 2026."""
    database = tmp_path / "board.db"
    database.write_bytes(migrated_file.read_bytes())
    config = tmp_path / "tracuu.toml"
    config.write_text(f'[store]\nurl = "sqlite:///{database}"\n[security]\nkey = "{KEY.hex()}"\n', encoding="utf-8")
    run(happen(f"sqlite:///{database}"))
    return Terminal(config=config)


async def happen(url: str) -> None:
    async with open_store(url) as store:
        office = Bureau(store, "quangngai", BEGIN)
        made = [make_item(*fields, province="quangngai", number=number) for number, fields in enumerate(ITEMS, 1)]
        await office.add_items(made, since=date(2026, 9, 1))
        await office.enrol(*(row("quangngai", name) for name in (HEALTH, FINANCE, WORKS)))
        office.people["01"] = Person(name="Cán bộ đầu mối 01")
        await office.enrol(row("quangngai", HEALTH, name="Cán bộ đầu mối 01", role=PostRole.OFFICER))
        await office.bind("01", "sms")
        await office.look()
        await office.say("01", "xong 1")
        await office.say("01", "xong 2")
        office.now += timedelta(days=1)
        await office.change("Số ca sốt xuất huyết")
        await office.look()
        await office.set_portal(down=True)
        office.now += timedelta(hours=4)
        await office.set_portal(down=False)


def board(terminal: Terminal, *words: str, now: str = "2026-10-20T09:00") -> str:
    result = CliRunner().invoke(APP, ["board", *words, "--now", now], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def shown(told: dict[str, Any], names: Sequence[str]) -> dict[str, list[Any]]:
    return {each["agency"]: [each[name] for name in names] for each in told["agencies"]}


def test_the_month_of_each_agency_is_told_with_its_figures(terminal):
    told = json.loads(board(terminal, *MONTH, "--json"))
    names = ("due", "verified", "reported", "missing", "unmet", "open", "late", "vacant", "portal_down_days")
    down = ["2026-10-02"]
    assert shown(told, names) == {
        HEALTH: [2, 1, 1, 0, 0, 0, 0, False, down],
        FINANCE: [2, 0, 0, 1, 0, 1, 1, True, down],
        WORKS: [0, 0, 0, 0, 0, 0, 0, True, []],
        "Sở không ai biết": [1, 0, 0, 1, 0, 0, 1, False, down],
        OPERATOR: [1, 0, 0, 0, 1, 0, 0, False, down],
    }
    assert (told["total"]["due"], told["total"]["missing"], told["total"]["portal_down_days"]) == (6, 2, down)
    assert (told["province"], told["status"], told["confirmed"], told["today"]) == (
        *("quangngai", "in_force", True),
        "2026-10-20",
    )
    later = json.loads(board(terminal, *MONTH, "--json", now="2026-11-02T09:00"))
    assert shown(later, ("unmet", "late"))[FINANCE] == [1, 1], "what has no number in the text is never late"


def test_it_is_drawn_in_vietnamese_or_english(terminal):
    vietnamese = board(terminal, *MONTH)
    for words in ("Quảng Ngãi: nghĩa vụ đến hạn từ 01/10/2026 đến 31/10/2026", "Sở Xây dựng (khuyết đầu mối)", "Cộng"):
        assert words in vietnamese, words
    assert "no focal officer" in board(terminal, *MONTH, "--language", "en")


@pytest.mark.parametrize(
    ("words", "key"),
    [(("--province", "Huế"), "--province"), (("--province", "quangngai", "--month", "10/2026"), "--month")],
)
def test_what_is_no_profile_or_month_is_refused(tmp_path, words, key):
    (tmp_path / "tracuu.toml").write_text("", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        board(Terminal(config=tmp_path / "tracuu.toml"), *words)
    assert refused.value.key == key
