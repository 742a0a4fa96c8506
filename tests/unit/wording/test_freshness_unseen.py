"""Citizens read of what date the data are, never whether somebody is late with them."""

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.content import LANGUAGES
from bot.core.findings import RowForm
from bot.core.text import fold
from bot.wording.answer import word_dataset, word_rows
from bot.wording.speech import Speech
from tests.support.talk import OPEN, PEOPLE, SHARED, content, people

STATES = {
    "vi": re.compile(r"qua han|tre han|den han|cham cap nhat|con han|khong kip thoi|chua cap nhat|loi thoi"),
    "en": re.compile(r"\b(late|overdue|due|fresh|stale|outdated|out of date|delinquent)\b"),
}
FOR_OFFICERS = ("digest.", "duty.")
"""Only whoever is bound to an officer reads these."""
STALE = replace(PEOPLE, cycle="hằng tháng", content_at=date(2019, 5, 17), changed_at=date(2026, 11, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_that_a_citizen_can_read_judges_how_data_are_kept(language: str):
    texts = {key: text for key, text in content().wording[language].items() if not key.startswith(FOR_OFFICERS)}
    assert {key: text for key, text in texts.items() if STATES[language].search(fold(text))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("account", [OPEN, SHARED], ids=["open", "sms"])
def test_data_that_were_not_renewed_for_years_are_told_by_their_date(language: str, account):
    speech = Speech(content=content(), language=language, account=account)
    replies = [
        word_dataset(speech, STALE, "7KQ2M"),
        word_rows(speech, replace(people(RowForm.CELL, 0), dataset=STALE), "7KQ2M"),
    ]
    for reply in replies:
        told = f"{reply.text} {reply.brief}"
        assert not STATES[language].search(fold(told))
        assert "17/05/2019" in told
        assert "2026" not in reply.text  # what the portal says counts less than what we saw


def test_without_any_date_that_is_said():
    speech = Speech(content=content(), language="vi", account=OPEN)
    undated = replace(STALE, content_at=None, changed_at=None, published_at=None, issued_at=None)
    assert "ngày số liệu: chưa ghi" in word_dataset(speech, undated, "7KQ2M").text
