"""What a reporter is told in an approved text: it fits its template, and says nothing that the person has written."""

from datetime import UTC, datetime

import pytest

from bot.core.accounts import Account
from bot.core.tickets import Ticket, TicketKind, TicketState
from bot.wording.speech import Speech
from bot.wording.ticket import word_closed
from tests.support.talk import content

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
FIGURES = {
    "a short figure": ("Dân số xã Tịnh Khê: 15.312 người", "báo sai: Dân số xã Tịnh Khê: 15.312 người"),
    "no figure": ("", "báo sai"),
    "a figure of two lines": ("Dân số:\n15.312", "báo sai: Dân số: 15.312"),
}


def closed(language: str = "vi", figure: str = "", number: int = 48213):
    ticket = Ticket(
        number=number,
        kind=TicketKind.WRONG_FIGURE,
        state=TicketState.CLOSED,
        channel="zalo",
        opened_at=NOW,
        closed_at=NOW,
        figure=figure,
        text="phải là 5, gọi tôi số 0901000001",
        note="Đã sửa.",
    )
    speech = Speech(content=content(), language=language, account=Account(channel="zalo", name=""))
    return word_closed(speech, ticket)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("figure", "title"), FIGURES.values(), ids=FIGURES.keys())
def test_a_closed_report_has_the_same_in_an_approved_text(language, figure, title):
    form = closed(language, figure).form
    filled = content().templates[form.name].fill(dict(form.values))
    assert filled == {"number": "48213", "title": title, "state": "đã xử lý ngày 16/11/2026"}


def test_the_longest_figure_and_number_still_fit():
    form = closed(figure="Số cơ sở khám bệnh, chữa bệnh " * 40, number=10**8).form
    filled = content().templates[form.name].fill(dict(form.values))
    assert filled["title"].endswith("…")


def test_the_approved_text_says_nothing_that_the_person_has_written():
    assert all("0901000001" not in value and "phải là" not in value for _, value in closed().form.values)
