"""That an agency had nobody who could be reminded comes on record, once a day."""

from datetime import timedelta

import pytest

from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.planning import Skipped, SkipReason
from bot.notify.vacancies import note_vacancies
from bot.store.record import read_record
from tests.support.rows import NOW

AGENCIES = {7: Agency(id=7, province="quangngai", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, rule_set="quangngai")}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_agency_without_anybody_is_on_record_once_a_day_with_the_duties_that_nobody_heard_of(store):
    skipped = [
        Skipped(reason=reason, key=key, province="quangngai", agency=agency)
        for reason, key, agency in (
            (SkipReason.VACANT, "b", 7),
            (SkipReason.VACANT, "a", 7),
            (SkipReason.NO_AGENCY, "c", None),
        )
    ]
    for now in (NOW, NOW, NOW + timedelta(days=1)):
        assert await note_vacancies(store, skipped, AGENCIES, now=now) == 1
    first, second = [entry async for entry in read_record(store, agency=7)]
    assert first.document == second.document == {"agency": "Sở Y tế", "reason": "vacant", "keys": ["a", "b"]}
