"""``tracuu done`` in this process, on a SQLite file: what the operator knows is recorded once and can be taken back."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from bot.core.cycle import UpdateCycle
from bot.core.errors import ContentError, TracuuError
from bot.core.items import Decision
from bot.core.obligations.enrolling import Enrolment
from bot.core.obligations.progress import ActKind
from bot.handing import HandingError
from bot.settling import SettlingError
from bot.store.acts import record_act
from bot.store.engine import Store
from bot.store.items import read_catalogues, save_annex
from bot.store.officers import read_officers
from bot.store.roster import read_roster, save_roster
from bot.store.tables import acts
from gateway.commands import done, due, handovers
from gateway.terminal import Terminal, run
from tests.support.duty_desk import CLINICS, DECISION, PHARMACIES, item
from tests.support.office_setting import row
from tests.support.rows import NOW, rows

APP = typer.Typer()
done.add_commands(APP)
due.add_commands(APP)
handovers.add_commands(APP)
SINCE = date(2026, 7, 2)
ITEMS = (item("QN-01", CLINICS, UpdateCycle.MONTHLY, 20), item("QN-02", PHARMACIES, UpdateCycle.QUARTERLY, 30))


@pytest.fixture(autouse=True)
def _office(terminal: Terminal) -> None:
    run(_furnish(terminal))


async def _furnish(terminal: Terminal) -> None:
    async with terminal.store() as store:
        decision = Decision(number=DECISION, signed_on=SINCE, province="quangngai", valid_from=SINCE)
        await save_annex(store, decision, ITEMS, file="annex.csv", now=NOW)
        before = await read_roster(store)
        enrolment = Enrolment(before, today=SINCE)
        enrolment.take(row("quangngai", "Sở Y tế", aliases=("SYT",)))
        enrolment.take(row("thaibinh", "Sở Tư pháp"))
        await save_roster(store, before, enrolment.roster, now=NOW)


def call(terminal: Terminal, *words: str) -> Any:
    asked = ["done", *words, "--now", "2026-11-20T09:00", "--json"]
    result = CliRunner().invoke(APP, asked, obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def count(terminal: Terminal) -> int:
    async def work(store: Store) -> int:
        return len(await rows(store, acts, "id"))

    async def opened() -> int:
        async with terminal.store() as store:
            return await work(store)

    return run(opened())


def test_a_review_moves_the_day_from_which_the_next_gap_counts_and_taking_it_back_moves_it_back(terminal):
    told = call(terminal, "review-6months", "--agency", "so tu phap", "--on", "2026-09-10")
    again = call(terminal, "review-6months", "--agency", "so tu phap", "--on", "10/09/2026")
    assert (told["changed"], again["changed"], told["next"]) == (True, False, again["next"])
    assert told["next"]["nominal_due"] == "2027-03-10"
    assert count(terminal) == 1
    back = call(terminal, "review-6months", "--agency", "Sở Tư pháp", "--on", "2026-09-10", "--undo")
    assert (back["done"], back["changed"], back["period"]) == (False, True, told["period"])
    assert back["next"]["nominal_due"] != "2027-03-10"
    assert count(terminal) == 2


def test_an_item_is_done_for_the_period_that_was_open_or_the_one_that_is_named(terminal):
    assert call(terminal, "QN-02", "--agency", "SYT", "--on", "2026-10-12")["period"] == "2026-Q3"
    named = call(terminal, "QN-01", "--agency", "Sở Y tế", "--on", "2026-10-12", "--period", "2026-08")
    assert (named["period"], named["item"], named["agency"]) == ("2026-08", CLINICS, "Sở Y tế")
    options = ["due", "--province", "quangngai", "--from", "2026-09-01", "--to", "2026-10-31", "--json"]
    rows_due = json.loads(CliRunner().invoke(APP, [*options, "--now", "2026-11-20T09:00"], obj=terminal).stdout)
    assert {row["period"]: row["status"] for row in rows_due if row["item"]} == {
        "2026-08": "verified",
        "2026-09": "overdue",
        "2026-Q3": "verified",
    }


WRONG = (
    (("QN-01", "--agency", "Sở Ngoại vụ", "--on", "2026-10-12"), SettlingError, "no agency is called Sở Ngoại vụ"),
    (("QN-99", "--agency", "SYT", "--on", "2026-10-12"), SettlingError, "neither an item or dataset nor a rule of"),
    (("update-period", "--agency", "SYT", "--on", "2026-10-12"), SettlingError, "is about several things"),
    (("QN-01", "--agency", "SYT", "--on", "2026-07-10"), SettlingError, "it can be done from 2026-08-01 on"),
    (("QN-01", "--agency", "SYT", "--on", "2026-12-10"), ContentError, "is still to come"),
    (("QN-01", "--agency", "SYT", "--on", "31/02/2026"), ContentError, "--on"),
    (("QN-01", "--agency", "SYT", "--on", "2026-10-12", "--undo"), SettlingError, "nothing was recorded of QN-01"),
)


def test_what_fits_nothing_is_refused_with_a_sentence_and_nothing_is_recorded(terminal):
    heard = {}
    for words, _, _ in WRONG:
        with pytest.raises(TracuuError) as refused:
            call(terminal, *words)
        heard[words] = (refused.type, str(refused.value))
    assert [
        words for words, kind, sentence in WRONG if heard[words][0] is not kind or sentence not in heard[words][1]
    ] == [], heard
    assert count(terminal) == 0


def test_a_wish_to_hand_over_is_listed_and_decided_once(terminal: Terminal):
    async def ask() -> None:
        async with terminal.store() as store:
            before = await read_roster(store)
            enrolment = Enrolment(before, today=SINCE)
            for name in ("Cán bộ đầu mối 01", "Cán bộ đầu mối 02"):
                enrolment.take(row("quangngai", "Sở Y tế", name=name))
            await save_roster(store, before, enrolment.roster, now=NOW)
            (lineage,) = (
                each.lineage for one in await read_catalogues(store) for each in one.items if each.code == "QN-01"
            )
            key = f"quangngai/update-period/item:{lineage}/2026-10"
            first, second = sorted(await read_officers(store))
            asked, at = ActKind.TRANSFER_ASKED, datetime(2026, 11, 19, 9, tzinfo=UTC)
            await store.write(
                lambda connection: record_act(connection, key=key, kind=asked, at=at, officer=first, to=second)
            )

    def handed(*words: str) -> Any:
        asked = ["handovers", *words, "--now", "2026-11-20T09:00", "--json"]
        return CliRunner().invoke(APP, asked, obj=terminal)

    run(ask())
    (wish,) = json.loads(handed("list").stdout)
    assert (wish["from"], wish["to"], wish["waits_for"]) == ("Cán bộ đầu mối 01", "Cán bộ đầu mối 02", ["operator"])
    assert (wish["agency"], wish["period"]) == ("Sở Y tế", "2026-10")
    assert json.loads(handed("confirm", str(wish["number"]), "--by", "Bà An").stdout)["confirmed"]
    assert isinstance(handed("refuse", str(wish["number"])).exception, HandingError)
    assert json.loads(handed("list").stdout) == []
