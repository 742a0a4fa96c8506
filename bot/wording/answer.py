"""Answers in words, in full and in brief: the figure first, then what it is, then its source, then its code."""

from bot.core.catalogue import Dataset
from bot.core.findings import ColumnKind, RowFinding, RowForm
from bot.core.messages import Choice, Reply
from bot.wording.brief import brief_dataset, brief_list, brief_rows
from bot.wording.computed import computed
from bot.wording.figure import asked_cells, asked_places, heading, merged, record, succession
from bot.wording.listing import PAGE, count, list_lines, thousands
from bot.wording.source import source_line
from bot.wording.speech import Speech, opening

_FIELDS = 30


def identify(finding: RowFinding, *, language: str, page: int = 0, letter: str = "") -> str:
    """The name of an answer: dataset, version of its table, rows, columns, form. Equal answers have equal names."""
    succession_to = finding.succession.now if finding.succession else ""
    parts = (finding.dataset.code, finding.resource.table, finding.numbers, finding.total, finding.asked, succession_to)
    reckoned = (finding.computed.kind, finding.computed.column) if finding.computed else ()
    return "|".join(str(part) for part in (*parts, *reckoned, finding.form, f"{page}{letter}", language))


def identify_dataset(dataset: Dataset, *, language: str) -> str:
    """The name of what is said about a dataset itself; another when anything that is said has changed."""
    versions = tuple((resource.table, resource.format, resource.row_count) for resource in dataset.resources)
    described = (dataset.title, dataset.description, dataset.publisher, dataset.licence, dataset.cycle, dataset.url)
    dates = (dataset.issued_at, dataset.published_at, dataset.changed_at)
    return "|".join(str(part) for part in (dataset.code, versions, described, dates, "about", language))


def word_rows(
    speech: Speech, finding: RowFinding, code: str, *, page: int = 0, letter: str = "", hint: str = ""
) -> Reply:
    """The answer that ``finding`` holds (any form but AMBIGUOUS), of a list page ``page``.

    ``letter`` is the initial to which a list was narrowed; ``hint`` says in brief how to go on.
    """
    lines = (
        *_facts(speech, finding, page, letter),
        speech.say("answer.dataset", title=finding.dataset.title),
        source_line(speech, finding.dataset, finding),
        speech.say("answer.code", code=code),
    )
    if finding.form is RowForm.LIST:
        brief = brief_list(speech, finding, code, page=page, letter=letter, hint=hint)
    else:
        brief = brief_rows(speech, finding, code, hint=hint)
    return Reply(text="\n".join(lines), brief=brief, link=finding.dataset.url or None)


def _facts(speech: Speech, finding: RowFinding, page: int, letter: str) -> tuple[str, ...]:
    if finding.form is RowForm.COUNT:
        return (count(speech, finding),)
    if finding.form is RowForm.LIST:
        return _list(speech, finding, page, letter)
    row = finding.rows[0]
    became = succession(speech, finding)
    if finding.form is RowForm.RECORD:
        return (*filter(None, (became,)), opening(heading(speech, finding, row)), *record(speech, finding, row))
    former = merged(speech, finding, row) if len(finding.rows) == 1 else ""
    # an extreme may be shared by several rows
    cells = "\n".join(asked_cells(speech, finding, row) for row in finding.rows[:PAGE])
    return (became or cells, *filter(None, (computed(speech, finding), former)))


def _list(speech: Speech, finding: RowFinding, page: int, letter: str) -> tuple[str, ...]:
    became = succession(speech, finding)
    if became and finding.total <= PAGE and not asked_places(finding):
        return (became,)
    counted = count(speech, finding, letter=letter)
    reckoned = "" if letter else computed(speech, finding)
    if page:
        last = min((page + 1) * PAGE, len(finding.rows))
        counted = speech.say("answer.listed", counted=counted, first=page * PAGE + 1, last=last)
    return (*filter(None, (became, reckoned)), counted, *list_lines(speech, finding, page))


def word_dataset(speech: Speech, dataset: Dataset, code: str) -> Reply:
    """What a dataset is: title, agency, date, licence, formats, link; whether its figures can be asked for here."""
    remark = "" if any(resource.table for resource in dataset.resources) else speech.say("dataset.no_table")
    lines = (
        dataset.title,
        *_described(speech, dataset),
        *filter(None, (remark,)),
        source_line(speech, dataset),
        speech.say("answer.code", code=code),
    )
    return Reply(text="\n".join(lines), brief=brief_dataset(speech, dataset, code), link=dataset.url or None)


def _described(speech: Speech, dataset: Dataset) -> tuple[str, ...]:
    texts: list[str] = []
    if dataset.description:
        texts.append(speech.say("dataset.description", description=dataset.description))
    if dataset.province:
        texts.append(speech.say("dataset.province", province=speech.content.province(dataset.province)))
    if dataset.fields:
        texts.append(speech.say("dataset.fields", fields="; ".join(dataset.fields[:_FIELDS])))
    if dataset.cycle:
        texts.append(speech.say("dataset.cycle", cycle=dataset.cycle))
    formats = dict.fromkeys(resource.format for resource in dataset.resources if resource.format)
    if formats or dataset.format:
        texts.append(speech.say("dataset.formats", formats=", ".join(formats) or dataset.format))
    rows = sum(resource.row_count for resource in dataset.resources if resource.table)
    if rows:
        texts.append(speech.say("dataset.rows", count=thousands(rows)))
    return tuple(texts)


def actions(speech: Speech, finding: RowFinding, code: str) -> tuple[Choice, ...]:
    """What else can be done with the answer ``code`` that gives ``finding``: see its figures as a chart."""
    asked = asked_places(finding) or range(len(finding.columns))
    numbers = any(finding.columns[place].kind is ColumnKind.NUMBER for place in asked)
    if not numbers or finding.succession or finding.form is RowForm.COUNT:
        return ()
    return (Choice(label=speech.say("chart.button"), value=f"chart:{code}"),)


def page_choices(
    speech: Speech, finding: RowFinding, *, page: int, question: str, letter: str = ""
) -> tuple[Choice, ...]:
    """The ways on from page ``page`` of a list, or from a count to the list of what was counted.

    ``question`` selected the rows, and of these ``letter`` only those with that initial; the values say it all.
    """
    code, rest = finding.dataset.code, f"{letter}:{question}"
    if finding.form is RowForm.COUNT:
        return (Choice(label=speech.say("answer.list_names"), value=f"rows:next:{code}:0:{rest}"),)
    choices: list[Choice] = []
    if (page + 1) * PAGE < len(finding.rows):
        value = f"rows:next:{code}:{page + 1}:{rest}"
        choices.append(Choice(label=speech.say("answer.next_page"), value=value))
    if page:
        value = f"rows:back:{code}:{page - 1}:{rest}"
        choices.append(Choice(label=speech.say("answer.previous_page"), value=value))
    return tuple(choices)
