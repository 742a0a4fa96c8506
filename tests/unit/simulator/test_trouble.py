"""What the panel may ask for, and when which receipt is given then."""

import pytest

from simulator.stage.trouble import LATE_SECONDS, NonsenseError, Receipts, Trouble, fate

STAGES = ("sent", "delivered")


@pytest.mark.parametrize(
    ("receipts", "expected"),
    [
        ("on", [(0.0, "sent"), (1.0, "delivered")]),
        ("lost", []),
        ("late", [(LATE_SECONDS, "sent"), (LATE_SECONDS + 1.0, "delivered")]),
        ("twice", [(0.0, "sent"), (0.0, "sent"), (1.0, "delivered"), (1.0, "delivered")]),
        ("reversed", [(0.0, "delivered"), (1.0, "sent")]),
    ],
)
def test_receipts_come_as_the_panel_says(receipts: Receipts, expected: list[tuple[float, str]]):
    assert fate(receipts, STAGES, step=1.0) == expected


def test_a_wish_changes_what_it_names_and_nothing_else():
    trouble = Trouble(busy=True).changed({"slow": 3, "receipts": "lost"})
    assert trouble == Trouble(busy=True, slow=3, receipts="lost")


@pytest.mark.parametrize(
    "wish",
    [
        {"down": 1},
        {"slow": -1},
        {"slow": 61},
        {"slow": float("nan")},
        {"slow": True},
        {"slow": "3"},
        {"receipts": "never"},
        {"receipts": []},
        {"nothing": True},
        {"changed": True},
    ],
)
def test_nonsense_is_refused(wish: dict[str, object]):
    with pytest.raises(NonsenseError):
        Trouble().changed(wish)
