"""The variables of a table, and how its cells are laid out as rows.

Periods stand in columns, as they do in the tables that PX-Web itself shows and in most tables of offices: the look-up
reads "2019" in a heading as that year. What is measured joins them ("2019 Diện tích (km2)"), or another variable with
few values: figures of one column are then of one kind, so that the highest of them can be told.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.text import fold
from gateway.cell import tidy
from gateway.pxweb.api import RefusedError

WIDEST = 120
"""Columns of figures that a table may get."""
VALUE = "Giá trị"
"""The heading of the figures where no period is in columns; the portal prints none."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_BY = re.compile(r"(?:^|\s)(?:chia theo|by)\s+(?P<rest>(?:(?!\bchia theo\b|\bby\b).)*)$")
_FEW = 8
_MEASURES = ("chi tieu", "indicator", "item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One dimension of a table: the ``codes`` of its values and what they are called."""

    code: str
    name: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    time: bool

    @property
    def called(self) -> dict[str, str]:
        """What each value is called, by its code."""
        return dict(zip(self.codes, self.labels, strict=True))


def bare_title(printed: str, names: Sequence[str]) -> str:
    """The title of a table without the names of its variables, which PX-Web writes behind it."""
    found = _BY.search(printed)
    told = found is not None and all(name in found["rest"] for name in names)
    return printed[: found.start()].strip() if found and told else printed


def read_variables(description: Mapping[str, Any]) -> tuple[Variable, ...]:
    """The variables in the order of the table. Raises RefusedError when one of them is not told in full."""
    return tuple(map(_read, description["variables"]))


def _read(printed: Any) -> Variable:
    parts = printed if isinstance(printed, Mapping) else {}
    code, codes, labels = parts.get("code"), _texts(parts.get("values")), _texts(parts.get("valueTexts"))
    name = tidy(parts["text"]) if isinstance(parts.get("text"), str) else ""
    if not isinstance(code, str) or not codes or len(set(codes)) != len(codes):
        raise RefusedError(f"PX-Web does not list the values of {name or 'a variable'}", 200)
    named = tuple(map(tidy, labels if len(labels) == len(codes) else codes))
    years = sum(1 for label in named if _YEAR.match(label))
    return Variable(
        code=code,
        name=name or tidy(code),
        codes=codes,
        labels=named,
        time=parts.get("time") is True or 10 * years >= 9 * len(named),
    )


def _texts(printed: object) -> tuple[str, ...]:
    """``printed`` as texts; nothing where it is no list of them."""
    whole = isinstance(printed, list) and all(isinstance(text, str) for text in printed)
    return tuple(printed) if isinstance(printed, list) and whole else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which variables run down and which across. Every table has rows, so at least one variable runs down."""

    down: tuple[Variable, ...]
    across: tuple[Variable, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns of the table."""
        return (*(variable.name for variable in self.down), *self.figures)

    @property
    def figures(self) -> tuple[str, ...]:
        """The columns of its figures, in the order of :attr:`ends`."""
        if not self.across:
            return (VALUE,)
        called = [variable.called for variable in self.across]
        return tuple(" ".join(names[code] for names, code in zip(called, end, strict=True)) for end in self.ends)

    @property
    def ends(self) -> tuple[tuple[str, ...], ...]:
        """The codes of the variables across, column by column."""
        return tuple(_combine(self.across))

    def pieces(self, most: int) -> Iterator[dict[str, tuple[str, ...]]]:
        """Queries of at most ``most`` cells that together give all rows, in order: the values of each variable."""
        width = math.prod(len(variable.codes) for variable in self.across)
        whole = {variable.code: variable.codes for variable in self.across}
        for part in _split(self.down, max(1, most // width)):
            yield {**part, **whole}


def lay_out(variables: Sequence[Variable], *, most: int) -> Layout:
    """How a table with ``variables`` is laid out; a row holds at most ``most`` figures."""
    most = min(WIDEST, most)
    time = next((v for v in variables if v.time and len(v.codes) <= most), None)
    if time is None or len(variables) == 1:
        return Layout(down=tuple(variables), across=())
    others = [variable for variable in variables if variable is not time]
    fitting = [v for v in others if len(v.codes) * len(time.codes) <= most] if len(others) > 1 else []
    few = [v for v in fitting if v is not others[0] and len(v.codes) <= _FEW]
    measured = next((v for v in fitting if fold(v.name).startswith(_MEASURES)), None)
    beside = measured or min(few, key=lambda variable: len(variable.codes), default=None)
    down = tuple(variable for variable in others if variable is not beside)
    return Layout(down=down, across=(time, beside) if beside else (time,))


def _combine(variables: Sequence[Variable]) -> Iterator[tuple[str, ...]]:
    if not variables:
        yield ()
        return
    for code in variables[0].codes:
        for rest in _combine(variables[1:]):
            yield (code, *rest)


def _split(variables: Sequence[Variable], most: int) -> Iterator[dict[str, tuple[str, ...]]]:
    """``variables`` cut along the first one, and where one of its values is too much, along the next."""
    if not variables:
        yield {}
        return
    first, rest = variables[0], variables[1:]
    each = math.prod(len(variable.codes) for variable in rest)
    if each <= most:
        step = most // each
        whole = {variable.code: variable.codes for variable in rest}
        for start in range(0, len(first.codes), step):
            yield {first.code: first.codes[start : start + step], **whole}
        return
    for code in first.codes:
        for part in _split(rest, most):
            yield {first.code: (code,), **part}
