"""The one table that a run prints."""

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = ("what", "figure", "ratio", "bar", "met")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: ``ratio`` says to what within the same run, ``met`` is None where there is no bar or no figure."""

    what: str
    figure: str
    ratio: str = ""
    bar: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """What stands in the columns of :data:`HEAD`."""
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return self.what, self.figure, self.ratio, self.bar, met


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much a run does. ``quick`` ones prove that every line can be made; their figures mean nothing."""

    seconds: float
    repeats: int
    messages: int
    questions: int
    broadcast: int
    flood: int
    pending: int
    parts: int


FULL = Scale(
    seconds=4, repeats=3, messages=2000, questions=100, broadcast=50_000, flood=20_000, pending=100_000, parts=20_000
)
QUICK = Scale(seconds=0.3, repeats=1, messages=40, questions=3, broadcast=200, flood=200, pending=500, parts=300)


def missing(what: str, program: str) -> Line:
    """The line of something that cannot be measured here."""
    return Line(what=what, figure=f"not run: {program} is missing")


def show(line: Line) -> None:
    """Print a line as soon as it is known: a whole run takes minutes."""
    print(_row(line.cells()), flush=True)


def show_head(conditions: Iterable[str]) -> None:
    """Print the conditions and the head of the table."""
    print(*conditions, sep="\n")
    print(_row(HEAD), _row(tuple("-" * len(name) for name in HEAD)), sep="\n", flush=True)


def _row(cells: tuple[str, ...]) -> str:
    what, figure, ratio, bar, met = cells
    return f"{what:50} | {figure:42} | {ratio:34} | {bar:22} | {met}"
