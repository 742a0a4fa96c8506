"""A chart in words: what stands in the picture, and the same for whoever gets no picture."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

from bot.core.charts import Chart, ChartKind, Point, Series
from bot.core.figures import format_figure
from bot.core.findings import Column, ColumnKind, ColumnRole, RowFinding, RowForm
from bot.core.messages import Picture, Reply
from bot.core.plot import Cell, Grid, Plot, split_year
from bot.wording.brief import fullest, recalled_facts
from bot.wording.figure import heading, labels
from bot.wording.listing import thousands
from bot.wording.source import brief_source, source_line
from bot.wording.speech import Speech, clip, ended, inside, opening

_PUBLISHERS = (45, 25)
_ROW_SOURCES = 3
_SHORT_NAME, _SHORT_TITLE = 30, 60


def _sets_apart(column: Column) -> bool:
    if column.kind in (ColumnKind.NUMBER, ColumnKind.CODE):
        return False
    return column.role in (ColumnRole.PLAIN, ColumnRole.PLACE)


class Charted:
    """One chart and its figures in words.

    ``finding`` is the whole table, of which ``grid`` and ``plot`` tell the places.
    """

    def __init__(self, speech: Speech, finding: RowFinding, grid: Grid, plot: Plot) -> None:
        self._speech, self._finding, self._grid, self._plot = speech, finding, grid, plot
        self._names = self._label_rows()
        self._first = plot.series[0][0]
        self._unit = finding.columns[self._first[1]].unit

    def chart(self) -> Chart:
        """The chart without its answer code."""
        plot, dataset = self._plot, self._finding.dataset
        several = len(plot.series) > 1
        title = self._title()
        return Chart(
            kind=plot.kind,
            title=title,
            unit=self._unit,
            dataset="" if dataset.title.casefold() in title.casefold() else dataset.title,
            series=tuple(
                Series(name=self._heading(cells[0]) if several else "", points=tuple(map(self._point, cells)))
                for cells in plot.series
            ),
            note=self._note(),
            source=(source_line(self._speech, dataset, self._with_sources()),),
        )

    def reply(self, chart: Chart, code: str) -> Reply:
        """What is said with the picture, and to whom no picture can be shown; ``chart`` is the one with its code."""
        speech, dataset = self._speech, self._finding.dataset
        subject = self._subject(chart.title)
        facts = tuple(self._facts())
        own = self._own()
        lines = (
            subject,
            *filter(None, (own,)),
            *facts,
            *filter(None, (chart.note,)),
            *((speech.say("answer.dataset", title=chart.dataset),) if chart.dataset else ()),
            source_line(speech, dataset, self._with_sources()),
            speech.say("answer.code", code=code),
        )
        kind = speech.say("chart.bars") if chart.kind is ChartKind.BARS else speech.say("chart.line")
        shown = speech.say("chart.alternative", kind=kind, title=subject)
        alternative = " ".join(map(ended, filter(None, (shown, own, *facts))))
        return Reply(
            text="\n".join(lines),
            brief=self._brief(subject, code),
            link=dataset.url or None,
            image=Picture(reference=f"{code}-{chart.digest}", text=alternative),
        )

    # --- the picture ---------------------------------------------------------------------------------

    def _label_rows(self) -> dict[int, str]:
        """A name for each row that tells it from the others."""
        grid, cells = self._grid, (cell for cells in (*self._plot.series, self._plot.compared) for cell in cells)
        rows = tuple(dict.fromkeys(row for row, _ in cells))
        names = [grid.named(row) for row in rows]
        if self._plot.kind is ChartKind.BARS and len(set(names)) < len(names):
            told = labels(self._speech, self._finding, tuple(grid.rows[row] for row in rows))
            # the name that all share stands in the title
            names = [opening(name.removeprefix(f"{names[0]}, ")) if len(set(names)) == 1 else name for name in told]
        return dict(zip(rows, names, strict=True))

    def _point(self, cell: Cell) -> Point:
        row, place = cell
        return Point(
            label=self._label(cell),
            value=self._grid.value(cell),
            printed=self._printed(row, place),
            own=cell == self._plot.own,
        )

    def _printed(self, row: int, place: int) -> str:
        column = self._finding.columns[place]
        shown = format_figure(self._grid.rows[row][place], column.kind, column.mark)
        return self._speech.say("answer.missing") if shown is None else shown

    def _label(self, cell: Cell) -> str:
        """What tells the point from others: its year, its column or its row."""
        row, place = cell
        column, plot = self._finding.columns[place], self._plot
        if plot.by_column:
            dated = split_year(column.label)
            return dated[1] if dated and plot.kind is ChartKind.LINE else column.label
        return self._names[row] if plot.period is None else self._grid.rows[row][plot.period].strip()

    def _heading(self, cell: Cell) -> str:
        row = self._grid.rows[cell[0]]
        period = self._plot.period
        known = frozenset() if period is None else frozenset({row[period].strip()})
        return opening(heading(self._speech, replace(self._finding, asked=()), row, known=known))

    def _title(self) -> str:
        """Which figure, of whom, where and when."""
        plot, column = self._plot, self._finding.columns[self._first[1]]
        dated = split_year(column.label)
        label = (dated[0] if dated else column.label) or self._finding.dataset.title
        if plot.by_column and plot.kind is ChartKind.BARS:
            return self._heading(self._first)
        if plot.kind is ChartKind.LINE and len(plot.series) == 1:
            return self._speech.say("chart.title", name=self._heading(self._first), label=inside(label))
        shared = {self._grid.named(row) for row in self._names}
        if plot.kind is ChartKind.BARS and len(shared) == 1 < len(self._names):
            label = self._speech.say("chart.title", name=shared.pop(), label=inside(label))
        when = (plot.year,) if plot.year else ()
        return ", ".join((opening(label), *self._shared(), *when))

    def _subject(self, title: str) -> str:
        """What the figures are, and in which unit."""
        return self._speech.say("chart.subject", title=title, unit=self._unit) if self._unit else title

    def _shared(self) -> Iterator[str]:
        """What sets the rows of the chart apart from the others of the table: "tỉnh An Giang", "năm thành lập 2002"."""
        for place, column in enumerate(self._finding.columns):
            values = {self._grid.rows[row][place].strip() for row in self._names}
            if len(values) != 1 or place == self._finding.name or not _sets_apart(column):
                continue
            (value,) = values
            if value and value != self._plot.year and any(row[place].strip() != value for row in self._grid.rows):
                unit = self._grid.is_unit(value)
                yield self._speech.unit_inside(value) if unit else f"{inside(column.label)} {value}"

    def _note(self) -> str:
        plot = self._plot
        (bars, *_), of = plot.series, len(plot.compared)
        if len(bars) >= of:
            part = plot.kind is ChartKind.BARS and 1 < len(self._grid.chosen) < len(self._grid.rows)
            if not part or plot.year:
                return ""
            return self._speech.say("chart.part", shown=thousands(of), of=thousands(len(self._grid.rows)))
        beside = plot.own is not None and plot.own == bars[-1]
        shown = thousands(len(bars) - beside)
        if beside:
            return self._speech.say("chart.highest_and", shown=shown, of=thousands(of), name=self._label(bars[-1]))
        return self._speech.say("chart.highest", shown=shown, of=thousands(of))

    def _with_sources(self) -> RowFinding | None:
        """The rows of the chart, where what they say of their sources is short enough to be told."""
        rows = tuple(
            self._grid.rows[row] for row in dict.fromkeys(row for cells in self._plot.series for row, _ in cells)
        )
        places = [n for n, column in enumerate(self._finding.columns) if column.role is ColumnRole.SOURCE]
        if len({row[place] for row in rows for place in places}) > _ROW_SOURCES:
            return None
        return replace(self._finding, form=RowForm.LIST, rows=rows, asked=(self._first[1],))

    # --- the figures in words --------------------------------------------------------------------------

    def _facts(self, *, name: int = 200, brief: bool = False) -> Iterator[str]:
        """Highest, lowest and latest – of bars one text, of lines one each."""
        for cells in (self._plot.compared,) if self._plot.compared else self._plot.series:
            found = [cell for cell in cells if self._grid.value(cell) is not None]
            if found:
                told = self._told(found, name) if len(found) == 1 else self._extremes(found, name, brief=brief)
                whose = self._heading(cells[0]) if len(self._plot.series) > 1 else ""
                yield self._speech.say("chart.of_line", name=clip(whose, name), facts=inside(told)) if whose else told

    def _extremes(self, found: list[Cell], name: int, *, brief: bool) -> str:
        speech = self._speech
        values = {cell: self._grid.value(cell) or Decimal(0) for cell in found}
        most, least = max(values.values()), min(values.values())
        highest = self._told([cell for cell in found if values[cell] == most], name)
        lowest = self._told([cell for cell in found if values[cell] == least], name)
        latest, count = self._told(found[-1:], name), thousands(len(found))
        if self._plot.kind is ChartKind.BARS:
            if brief:
                return speech.say("chart.brief_compared", highest=highest, lowest=lowest)
            return speech.say("chart.compared", highest=highest, lowest=lowest, count=count)
        if brief:
            return speech.say("chart.brief_over_years", highest=highest, lowest=lowest, latest=latest)
        return speech.say("chart.over_years", highest=highest, lowest=lowest, latest=latest, count=count)

    def _told(self, cells: list[Cell], name: int) -> str:
        """A figure, in the unit of the title, with its name; that others share it is said."""
        label = clip(self._label(cells[0]), name)
        if len(cells) > 1:
            label = self._speech.say("chart.shared", name=label, count=len(cells) - 1)
        return self._speech.say("chart.figure", value=self._printed(*cells[0]), label=label)

    def _own(self) -> str:
        """The figure that the question was about, where there are others beside it."""
        own = self._plot.own
        if own is None or len(self._plot.series[0]) < 2:
            return ""
        return self._speech.say("answer.field", label=self._label(own), value=self._with_unit(self._printed(*own)))

    def _with_unit(self, value: str) -> str:
        unit = "" if value.endswith("%") else self._unit
        return self._speech.say("answer.unit", value=value, unit=unit) if unit else value

    def _brief(self, subject: str, code: str) -> str:
        speech, dataset = self._speech, self._finding.dataset
        said = speech.say("answer.code", code=code)
        full = f"{said}. {speech.say('answer.full', invite=speech.invite(code))}"

        def worded(heads: Iterable[str], facts: Iterable[str]) -> Iterator[str]:
            for told, head, end, limit in product(facts, heads, (full, said), _PUBLISHERS):
                source = brief_source(speech, dataset, self._with_sources(), limit=limit)
                yield "\n".join((head, told, f"{source} {end}"))

        own = self._own()
        heads = (f"{ended(subject)} {ended(own)}" if own else ended(subject), ended(clip(subject, _SHORT_TITLE)))
        told = (self._sentences(self._facts()), self._sentences(self._facts(brief=True)))
        short = tuple(self._facts(name=_SHORT_NAME, brief=True))
        cut = worded(heads[1:], (self._sentences(short), self._sentences(short[:1])))
        return fullest(worded(heads[:1], told), last_resorts=cut, accents=speech.accents)

    def recalled(self, code: str) -> str:
        """What the code of a brief answer re-opens: its figures, and now the whole source."""
        subject, short = ended(self._subject(self._title())), tuple(self._facts(name=_SHORT_NAME, brief=True))
        own = self._own()
        facts = (
            " ".join((subject, *map(ended, filter(None, (own, *self._facts(brief=True)))))),
            " ".join((ended(clip(subject, _SHORT_TITLE)), self._sentences(short))),
            " ".join((ended(clip(subject, _SHORT_TITLE)), self._sentences(short[:1]))),
        )
        return recalled_facts(self._speech, self._finding.dataset, facts, code, self._with_sources())

    @staticmethod
    def _sentences(texts: Iterable[str]) -> str:
        return " ".join(map(ended, texts))
