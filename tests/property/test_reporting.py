"""Whatever was said and seen, the figures of a report agree with each other."""

from dataclasses import fields
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cycle import UpdateCycle
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.reporting import Figures
from bot.reports.agency_table import agency_table
from tests.support.registers import act, item, register

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
DAYS = st.dates(date(2025, 12, 1), date(2026, 8, 1))
STANDINGS = ("verified", "seen", "reported", "missing", "unmet", "open")
ITEMS = [
    item("a", "Sở Y tế"),
    item("b", "Sở Y tế", UpdateCycle.QUARTERLY),
    item("c", "Sở Tài chính"),
    item("d", ""),
]
KEYS = sorted(duty.key for duty in register(ITEMS).between(FIRST, LAST))


@st.composite
def histories(draw: st.DrawFn) -> list[Act]:
    """What may be said and seen of a duty in half a year."""
    acts: list[Act] = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from([kind for kind in ActKind if kind is not ActKind.UNDONE or acts]))
        undoes = draw(st.integers(1, number - 1)) if kind is ActKind.UNDONE else None
        acts.append(act(number, kind, draw(DAYS), undoes=undoes))
    return acts


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(KEYS), histories()), DAYS, st.sets(DAYS), st.dates(FIRST, LAST))
def test_every_duty_counts_once_and_all_sums_agree(acts, today, down, middle):
    known = register(ITEMS, acts)
    table = agency_table(known, "ninhthuan", FIRST, LAST, today=today, down=down)
    for row in (*table.rows, table.total):
        figures = row.figures
        assert figures.due == sum(getattr(figures, name) for name in STANDINGS)
        assert figures.missing <= figures.late <= figures.due - figures.unmet
        assert all(not known.calendar.is_day_off(day) and day <= today for day in row.down)
        assert set(row.down) <= set(down)
    assert table.total.figures == sum((row.figures for row in table.rows), Figures())
    assert table.total.figures.due + table.total.figures.outside == len(KEYS)
    parts = [
        agency_table(known, "ninhthuan", *span, today=today).total.figures
        for span in ((FIRST, middle), (middle + timedelta(days=1), LAST))
    ]
    whole = table.total.figures
    assert {field.name: getattr(whole, field.name) for field in fields(Figures)} == {
        field.name: sum(getattr(part, field.name) for part in parts) for field in fields(Figures)
    }
