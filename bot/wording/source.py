"""Where an answer comes from, as the record has it: who compiled it, of what date, under which licence."""

from datetime import date

from bot.core.catalogue import Dataset
from bot.core.findings import ColumnRole, RowFinding, RowForm
from bot.wording.figure import asks_figure
from bot.wording.speech import Speech, clip, ended, inside, opening


def say_date(day: date) -> str:
    """A date as people here write it: dd/mm/yyyy, the first of a month only as mm/yyyy.

    Catalogues that know no more than the month write its first day: the month is true either way, the day may not be.
    """
    return day.strftime("%m/%Y" if day.day == 1 else "%d/%m/%Y")


def source_line(speech: Speech, dataset: Dataset, finding: RowFinding | None = None) -> str:
    """The source in full, with what the rows themselves say about theirs. What is not recorded is said to be so."""
    publisher = dataset.publisher or speech.say("source.no_publisher")
    own = (speech.say("source.row", label=label, value=value) for label, value in _row_sources(finding))
    return speech.say(
        "source.line",
        publisher="; ".join((publisher, *own)),
        date=_dated(speech, dataset) or speech.say("source.no_date"),
        licence=dataset.licence or speech.say("source.no_licence"),
    )


def brief_source(speech: Speech, dataset: Dataset, finding: RowFinding | None = None, *, limit: int = 45) -> str:
    """The source in one short sentence: the date, if known, and the agency – or what the rows themselves name.

    ``limit`` is the length to which their names are cut.
    """
    own = dict.fromkeys(value for _, value in _row_sources(finding))
    if own:
        source = speech.say("source.own", source=clip(", ".join(own), limit))
    else:
        publisher = dataset.publisher or speech.say("source.no_publisher")
        source = speech.say("source.by", publisher=clip(publisher, limit))
    return ended(opening(", ".join(filter(None, (_dated(speech, dataset), source)))))


def brief_date(speech: Speech, dataset: Dataset) -> str:
    """The date of the data as a sentence, empty when it is not known."""
    return ended(opening(dated)) if (dated := _dated(speech, dataset)) else ""


def _row_sources(finding: RowFinding | None) -> tuple[tuple[str, str], ...]:
    """What the rows say about their sources, label and value, each once ("nguồn dân số", "NQ 202/2025/QH15").

    Nothing when no figure of theirs is given.
    """
    if finding is None or finding.form is RowForm.COUNT or (finding.succession and not asks_figure(finding)):
        return ()
    found = (
        (inside(column.label), row[place].strip())
        for place, column in enumerate(finding.columns)
        if column.role is ColumnRole.SOURCE
        for row in finding.rows
        if row[place].strip()
    )
    return tuple(dict.fromkeys(found))


def _dated(speech: Speech, dataset: Dataset) -> str:
    day = dataset.data_date
    return speech.say("source.date", date=say_date(day)) if day else ""
