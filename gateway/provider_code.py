"""The number by which a provider says what went wrong: short, or it is none."""

_HIGHEST = 99_999
"""Shorter than any phone number, and than a one-time code: what is longer may be of a person, and is never quoted."""


def read_code(value: object) -> int | None:
    """The code that ``value`` is, also one that is written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        code = int(str(value))
    except ValueError:
        return None
    return code if abs(code) <= _HIGHEST else None
