"""Answers in words, in full and in brief: the figure first, then what it is, then its source, then its code."""

from bot.core.catalogue import Dataset
from bot.core.findings import RowFinding, RowForm
from bot.core.messages import Choice, Reply
from bot.wording.figure import asked_cells, asked_places, heading, merged, record, succession
from bot.wording.listing import PAGE, brief_names, count, list_lines, thousands
from bot.wording.source import brief_source, source_line
from bot.wording.speech import Speech, clip, ended, inside

_BRIEF_RECORD = 170
_BRIEF_MERGED = 60
_BRIEF_TITLE = 100
_FIELDS = 30


def identify(finding: RowFinding, *, language: str, page: int = 0) -> str:
    """The name of an answer: dataset, version of its table, rows, columns, form. Equal answers have equal names."""
    succession_to = finding.succession.now if finding.succession else ""
    parts = (finding.dataset.code, finding.resource.table, finding.numbers, finding.total, finding.asked, succession_to)
    return "|".join(str(part) for part in (*parts, finding.form, page, language))


def identify_dataset(dataset: Dataset, *, language: str) -> str:
    """The name of what is said about a dataset itself; another when anything that is said has changed."""
    versions = tuple((resource.table, resource.format, resource.row_count) for resource in dataset.resources)
    described = (dataset.title, dataset.description, dataset.publisher, dataset.licence, dataset.cycle, dataset.url)
    dates = (dataset.issued_at, dataset.published_at, dataset.changed_at)
    return "|".join(str(part) for part in (dataset.code, versions, described, dates, "about", language))


def word_rows(speech: Speech, finding: RowFinding, code: str, *, page: int = 0) -> Reply:
    """The answer that ``finding`` holds (any form but AMBIGUOUS), a list from page ``page`` on."""
    lines = (
        *_facts(speech, finding, page),
        speech.say("answer.dataset", title=finding.dataset.title),
        source_line(speech, finding.dataset, finding),
        speech.say("answer.code", code=code),
    )
    brief = _brief_list(speech, finding, code, page) if finding.form is RowForm.LIST else _brief(speech, finding, code)
    return Reply(text="\n".join(lines), brief="\n".join(brief), link=finding.dataset.url or None)


def _facts(speech: Speech, finding: RowFinding, page: int) -> tuple[str, ...]:
    if finding.form is RowForm.COUNT:
        return (count(speech, finding),)
    if finding.form is RowForm.LIST:
        return _list(speech, finding, page)
    row = finding.rows[0]
    became = succession(speech, finding)
    if finding.form is RowForm.RECORD:
        return (*filter(None, (became,)), heading(speech, finding, row), *record(speech, finding, row))
    former = merged(speech, finding, row) if len(finding.rows) == 1 else ""
    return (became or _cells(speech, finding, "\n"), *filter(None, (former,)))


def _cells(speech: Speech, finding: RowFinding, between: str) -> str:
    """What was asked for, of each row: an extreme may be shared."""
    return between.join(asked_cells(speech, finding, row) for row in finding.rows[:PAGE])


def _list(speech: Speech, finding: RowFinding, page: int) -> tuple[str, ...]:
    became = succession(speech, finding)
    if became and finding.total <= PAGE and not asked_places(finding):
        return (became,)
    counted = count(speech, finding)
    if page:
        last = min((page + 1) * PAGE, len(finding.rows))
        counted = speech.say("answer.listed", counted=counted, first=page * PAGE + 1, last=last)
    return (*filter(None, (became,)), counted, *list_lines(speech, finding, page))


def _brief(speech: Speech, finding: RowFinding, code: str) -> tuple[str, ...]:
    return _brief_facts(speech, finding), brief_source(speech, finding.dataset, finding), _brief_end(speech, code)


def _brief_list(speech: Speech, finding: RowFinding, code: str, page: int) -> tuple[str, ...]:
    """The names come last: where there is no room for all of them, source and code remain."""
    counted = succession(speech, finding) or count(speech, finding)
    source = brief_source(speech, finding.dataset, finding)
    named = () if finding.succession and not asked_places(finding) else (brief_names(speech, finding, page),)
    return f"{counted}.", f"{source} {speech.say('answer.code', code=code)}", *named


def _brief_facts(speech: Speech, finding: RowFinding) -> str:
    if finding.form is RowForm.COUNT:
        return f"{count(speech, finding)}."
    row = finding.rows[0]
    became = succession(speech, finding)
    if finding.form is RowForm.RECORD:
        fields = clip("; ".join(record(speech, finding, row)), _BRIEF_RECORD)
        return ended(" ".join(filter(None, (became, f"{heading(speech, finding, row)}. {fields}"))))
    former = inside(merged(speech, finding, row)) if len(finding.rows) == 1 else ""
    remark = f" ({former})" if former and len(former) <= _BRIEF_MERGED else ""
    return ended(f"{became or _cells(speech, finding, '; ')}{remark}")


def _brief_end(speech: Speech, code: str) -> str:
    return f"{speech.say('answer.code', code=code)}. {speech.say('answer.full', invite=speech.invite(code))}"


def word_dataset(speech: Speech, dataset: Dataset, code: str) -> Reply:
    """What a dataset is: title, agency, date, licence, formats, link."""
    lines = (
        dataset.title,
        *_described(speech, dataset),
        source_line(speech, dataset),
        speech.say("answer.code", code=code),
    )
    brief = (f"{clip(dataset.title, _BRIEF_TITLE)}.", brief_source(speech, dataset), _brief_end(speech, code))
    return Reply(text="\n".join(lines), brief="\n".join(brief), link=dataset.url or None)


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
