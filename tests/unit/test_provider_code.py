"""What of a provider's answer is a code, and may so be said aloud."""

import pytest

from gateway.provider_code import read_code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (-32, -32),
        ("-216", -216),
        (0, 0),
        (99_999, 99_999),
        (100_000, None),
        (84900731313, None),
        ("84900731313", None),
        (-84900731313, None),
        ("9" * 5000, None),
        (True, None),
        (None, None),
        ("", None),
        (1.5, None),
        ([1], None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_code_is_a_short_whole_number(value: object, code: int | None):
    assert read_code(value) == code
