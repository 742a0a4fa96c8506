"""``tracuu evidence`` and ``tracuu feed`` as an operator types them, in this process, on a SQLite file."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import insert, update
from typer.testing import CliRunner

from bot.core.errors import ContentError, TracuuError
from bot.core.obligations.recording import RemindedItem, record_reminder
from bot.register import read_register
from bot.rulebook import load_rulebook
from bot.store.confirmations import confirm
from bot.store.record import append_all, read_record
from bot.store.tables import agencies, officers, record
from gateway.commands import evidence, feed
from gateway.settings import Settings, load_settings
from gateway.terminal import Terminal, run
from tests.conftest import KEY
from tests.support.rows import NOW

BOOK = load_rulebook(Path(__file__).parents[2] / "data")
APP = typer.Typer()
evidence.add_commands(APP)
feed.add_commands(APP)
REMINDED_AT = datetime(2026, 12, 25, 1, 0, tzinfo=UTC)
LATE = ("--now", "2027-01-11T09:00", "--from", "2026-12-01")
WHOSE = ("--province", "vinhphuc", "--agency", "so y te")


class Quiet(Terminal):
    """A terminal that leaves the logs of the test run as they are."""

    def settings(self) -> Settings:
        return load_settings(self.config)


@pytest.fixture
def terminal(migrated_file: Path, tmp_path: Path) -> Terminal:
    shutil.copy(migrated_file, tmp_path / "tracuu.db")
    config = tmp_path / "tracuu.toml"
    url = 'public_url = "https://tracuu.example"'
    text = f'[store]\nurl = "sqlite:///tracuu.db"\n[security]\nkey = "{KEY.hex()}"\n[service]\n{url}\n'
    config.write_text(text, encoding="utf-8")
    made = Quiet(config=config)
    run(seed(made))
    return made


async def seed(terminal: Terminal) -> None:
    """One agency with one officer, who was reminded of one duty."""
    agency = {"id": 1, "province": "vinhphuc", "key": "so y te", "name": "Sở Y tế", "kind": "department", "aliases": []}

    async def people(connection: Any) -> None:
        row = {**agency, "rule_set": "vinhphuc", "applied_by": "", "imported_at": NOW}
        await connection.execute(insert(agencies).values(row))
        await connection.execute(insert(officers).values(id=5, name="Cán bộ đầu mối 01", imported_at=NOW))

    async with terminal.store() as store:
        await store.write(people)
        register = await read_register(store, BOOK, now=NOW)
        rules = BOOK.rule_sets["vinhphuc"]
        duties = register.between(date(2026, 12, 1), date(2026, 12, 31), province="vinhphuc", agencies={1})
        items = [RemindedItem(obligation=duty, step="-3", cite=rules.cite(duty.rule), number=1) for duty in duties]
        who = {"agency": 1, "agency_name": "Sở Y tế", "officer": 5, "officer_name": "Cán bộ đầu mối 01"}
        sent = {"channel": "sms", "text": "Kính gửi", "message": "m", "at": REMINDED_AT}
        entries = [record_reminder(items, **who, **sent)]
        await store.write(lambda connection: append_all(connection, entries))


def ask(terminal: Terminal, *words: str) -> Any:
    """What a command prints with --json; it must succeed."""
    result = CliRunner().invoke(APP, [*words, "--json"], obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(terminal: Terminal, *words: str) -> str:
    with pytest.raises((TracuuError, ContentError)) as caught:
        CliRunner().invoke(APP, list(words), obj=terminal, catch_exceptions=False)
    return str(caught.value)


def tamper(terminal: Terminal) -> None:
    async def work() -> None:
        async with terminal.store() as store:
            changed = update(record).values(document={"text": "Khác"})
            await store.write(lambda connection: connection.execute(changed))

    run(work())


def test_the_log_is_exported_and_whatever_is_tampered_with_is_named(terminal, tmp_path):
    out = tmp_path / "log.xlsx"
    told = ask(terminal, "evidence", "export", *WHOSE, "--from", "2026-12-01", "--to", "31/12/2026", "--out", str(out))
    assert (told["entries"], told["whole"], told["head"]["seq"]) == (1, True, 1)
    assert told["reminders"] == len(told["rows"]) == 2
    assert load_workbook(out)["Nhắc việc"]["C2"].value == "Sở Y tế"
    assert ask(terminal, "evidence", "export", "--province", "quangngai")["reminders"] == 0
    known = f"1:{told['head']['hash']}"
    assert ask(terminal, "evidence", "verify", "--known", known)["whole"]
    assert "entry 1: it is not the one" in refused(terminal, "evidence", "verify", "--known", "1:0")
    tamper(terminal)
    assert refused(terminal, "evidence", "verify").startswith("the record is not whole: entry 1: its content")
    told = ask(terminal, "evidence", "export", *WHOSE, "--out", str(out))  # what was tampered with proves nothing
    assert (told["entries"], told["reminders"], told["broken"]["seq"]) == (1, 0, 1)
    result = CliRunner().invoke(APP, ["evidence", "verify", "--json"], obj=terminal)
    assert (result.exit_code, json.loads(result.stdout)["broken"]["seq"]) == (1, 1)


def test_a_letter_is_drafted_for_what_is_overdue_once_the_rule_set_is_confirmed(terminal, tmp_path):
    words = ("evidence", "letter", *WHOSE, "--out", str(tmp_path / "letter.docx"))
    assert "nobody has confirmed it in writing" in refused(terminal, *words, *LATE)

    async def agree() -> None:
        async with terminal.store() as store:
            basis = {"by": "Sở Khoa học và Công nghệ", "signed_on": date(2026, 11, 1), "basis": "văn bản"}
            await confirm(store, BOOK.rule_sets["vinhphuc"], **basis, now=NOW)

    run(agree())
    assert "is overdue on 20/12/2026" in refused(terminal, *words, "--on", "2026-12-20", *LATE)
    on_list = ask(terminal, "evidence", "listed", "--province", "vinhphuc", *LATE[:2])
    assert [(row["agency"], row["days_late"]) for row in on_list] == [("Sở Y tế", 12), ("Sở Y tế", 11)]
    for _ in range(2):
        told = ask(terminal, *words, *LATE)
        assert (told["overdue"], told["without_term"], told["on"]) == (2, 0, "2027-01-11")
    document = Document(str(tmp_path / "letter.docx"))
    assert [row.cells[5].text for row in document.tables[1].rows[1:]] == ["12", "11"]
    assert [row.cells[6].text for row in document.tables[1].rows[1:]] == ["25/12/2026"] * 2

    async def kinds() -> list[str]:
        async with terminal.store() as store:
            return [entry.kind async for entry in read_record(store)]

    assert run(kinds()).count("letter") == 1


def test_a_calendar_address_is_made_listed_and_revoked(terminal):
    made = ask(terminal, "feed", "new", *WHOSE)
    assert made["address"].startswith("https://tracuu.example/calendar/")
    assert ask(terminal, "feed", "new", "--officer", "5")["name"] == "Cán bộ đầu mối 01"
    listed = ask(terminal, "feed", "list")
    assert [(one["id"], one["name"]) for one in listed["feeds"]] == [(2, "Cán bộ đầu mối 01"), (1, "Sở Y tế")]
    assert made["address"].rpartition("/")[2].removesuffix(".ics") not in json.dumps(listed)
    assert ask(terminal, "feed", "revoke", "--officer", "5") == {"revoked": 1}
    assert "no such address counts" in refused(terminal, "feed", "revoke", "2")


REFUSALS = (
    (("evidence", "export", "--province", "hanoi"), "hanoi is none of"),
    (("evidence", "export", "--province", "vinhphuc"), "name the file to write"),
    (
        ("evidence", "export", "--province", "vinhphuc", "--agency", "Sở X", "--json"),
        "no agency is called Sở X",
    ),
    (("evidence", "export", "--province", "vinhphuc", "--from", "heute", "--json"), "--from"),
    (("evidence", "verify", "--known", "one"), "one is not NUMBER:HASH"),
    (("evidence", "verify", "--known", "0:a"), "0:a is not NUMBER:HASH"),
    (("evidence", "export", *WHOSE, "--from", "2026-02-01", "--to", "2026-01-01", "--json"), "is before --from"),
    (("evidence", "letter", *WHOSE, "--on", "2027-01-12", *LATE, "--out", "x.docx"), "2027-01-12 is still to come"),
    (("evidence", "letter", *WHOSE, "--out", "x.pdf"), "a letter is written as .docx"),
    (("feed", "new"), "name either an officer or an agency"),
    (("feed", "new", "--officer", "9"), "there is no officer 9"),
    (("feed", "new", "--agency", "Sở Y tế"), "say of which province"),
)


def test_what_cannot_be_done_is_refused_with_its_reason(terminal):
    for words, reason in REFUSALS:
        assert reason in refused(terminal, *words), words
