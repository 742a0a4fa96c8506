"""Answers for channels that are paid by the part: of several wordings the fullest that costs least."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from bot.core import sms
from bot.core.catalogue import Dataset
from bot.core.findings import RowFinding, RowForm
from bot.core.text import unaccent
from bot.wording.computed import computed
from bot.wording.figure import asked_cells, asked_places, asks_number, heading, merged, record, succession
from bot.wording.listing import PAGE, brief_names, count, thousands
from bot.wording.source import brief_date, brief_source, source_line
from bot.wording.speech import Speech, clip, ended, inside, opening

_MOST_PARTS = 2
_PUBLISHERS = (80, 45, 25)
_WHOLE = 1000
_RECORDS = (300, 230, 170, 110)
_MERGED = 60
_TITLES = (200, 100, 60)
_ENTRY = 33
"""Room that the line of a choice takes, with its invitation."""


def fullest(
    candidates: Iterable[str], *, last_resorts: Iterable[str] = (), room: int = 0, accents: bool = False
) -> str:
    """The first of ``candidates``, fullest first, that fits into one part, else into two.

    When none does, the first of ``last_resorts`` that fits into two; else the last there is. Counted without accents,
    with ``room`` kept for choices. For a person who wants ``accents`` first the candidates that fit with them; where
    none is whole then, the answer is as without. Raises ValueError without any candidate.
    """
    complete, cut = tuple(candidates), tuple(last_resorts)
    if not complete:
        raise ValueError("nothing to choose from")
    everything = (*complete, *cut)
    found = _first_that_fits(complete, complete, room) if accents else None
    if found is None:
        found = _first_that_fits(tuple(map(unaccent, complete)), tuple(map(unaccent, everything)), room)
    return everything[-1 if found is None else found]


def _first_that_fits(in_one: Sequence[str], in_two: Sequence[str], room: int) -> int | None:
    """The place of the first text that fits into one part, else into two."""
    for parts, texts in ((1, in_one), (_MOST_PARTS, in_two)):
        for place, text in enumerate(texts):
            if sms.count(text + "x" * room).segments <= parts:
                return place
    return None


def brief_rows(speech: Speech, finding: RowFinding, code: str, *, hint: str = "") -> str:
    """The answer that ``finding`` holds (any form but LIST and AMBIGUOUS): facts, date, agency, code, ``hint``."""
    facts, *shorter = _facts(speech, finding)

    def sourced(fact: str) -> Iterator[str]:
        for end, limit in product(_ends(speech, code), _PUBLISHERS[:2]):
            source = brief_source(speech, finding.dataset, finding, limit=limit)
            yield "\n".join(filter(None, (fact, source, end, hint)))

    room = _ENTRY if finding.form is RowForm.COUNT else 0
    cut = (text for fact in shorter for text in sourced(fact))
    return fullest(sourced(facts), last_resorts=cut, room=room, accents=speech.accents)


def _ends(speech: Speech, code: str) -> tuple[str, str]:
    """The code with what it is for, and the code alone."""
    said = speech.say("answer.code", code=code)
    return f"{said}. {speech.say('answer.full', invite=speech.invite(code))}", said


def _facts(speech: Speech, finding: RowFinding) -> tuple[str, ...]:
    """What was asked, in ever fewer words."""
    if finding.form is RowForm.COUNT:
        return (f"{count(speech, finding, brief=True)}.",)
    row, became = finding.rows[0], succession(speech, finding)
    if finding.form is RowForm.RECORD:
        fields = "; ".join(record(speech, finding, row))
        name = " ".join(filter(None, (became, ended(opening(heading(speech, finding, row))))))
        return tuple(ended(f"{name} {clip(fields, limit)}".strip()) for limit in _RECORDS)
    if became:
        return tuple(ended(clip(became, limit)) for limit in (_WHOLE, *_RECORDS))
    cells = (asked_cells(speech, finding, row) for row in finding.rows[:PAGE])
    told = "; ".join(filter(None, (*cells, computed(speech, finding))))
    former = inside(merged(speech, finding, row)) if len(finding.rows) == 1 and asks_number(finding) else ""
    remark = f" ({former})" if former and len(former) <= _MERGED else ""
    return tuple(ended(f"{clip(told, limit)}{remark}") for limit in (_WHOLE, *_RECORDS))


def brief_list(
    speech: Speech, finding: RowFinding, code: str, *, page: int = 0, letter: str = "", hint: str = ""
) -> str:
    """Page ``page`` of a list: how many, the names, date and agency as far as there is room, code, ``hint``.

    The names go before the agency: what the code re-opens may be left out, what nothing else gives may not.
    """
    became = succession(speech, finding)
    if became and finding.total <= PAGE and not asked_places(finding):
        return "\n".join((ended(became), brief_source(speech, finding.dataset, finding), _ends(speech, code)[1]))
    counted = " ".join(ended(text) for text in (became, _counted(speech, finding, page, letter)) if text)
    names = brief_names(speech, finding, page)
    sources = tuple(brief_source(speech, finding.dataset, finding, limit=limit) for limit in _PUBLISHERS)
    date = brief_date(speech, finding.dataset)
    shorter = ((sources[-1], hint), (date, hint), (sources[-1], ""), (date, ""), ("", hint), ("", ""))
    said = speech.say("answer.code", code=code)

    def worded(shown: int, source: str, more: str) -> str:
        after = finding.total - page * PAGE - shown
        told = names[:shown] if after <= 0 else (*names[:shown], speech.say("answer.more", count=thousands(after)))
        return "\n".join(filter(None, (counted, ended("; ".join(told)), f"{source} {said}".strip(), more)))

    return fullest(
        (worded(len(names), source, hint) for source in sources),
        last_resorts=(worded(shown, *rest) for shown, rest in product(range(len(names), 0, -1), shorter)),
        room=_room(finding, page),
        accents=speech.accents,
    )


def _counted(speech: Speech, finding: RowFinding, page: int, letter: str) -> str:
    """How many rows there are; behind the first page only which of them follow."""
    if not page:
        counted = count(speech, finding, letter=letter, brief=True)
        reckoned = "" if letter else computed(speech, finding)
        return f"{ended(reckoned)} {counted}" if reckoned else counted
    last = min((page + 1) * PAGE, len(finding.rows))
    return speech.say("answer.range", first=page * PAGE + 1, last=last, total=thousands(finding.total))


def _room(finding: RowFinding, page: int) -> int:
    """Room for the ways on to the next page and back."""
    return _ENTRY * ((page > 0) + ((page + 1) * PAGE < len(finding.rows)))


def brief_dataset(speech: Speech, dataset: Dataset, code: str) -> str:
    """What a dataset is, in short; where its figures cannot be asked for, the link at once."""
    remark = ""
    if not any(resource.table for resource in dataset.resources):
        seen = dataset.url and speech.say("dataset.see", link=dataset.url)
        remark = seen or speech.say("dataset.no_table")
    ends = _ends(speech, code)[1:] if remark else _ends(speech, code)
    first, *shorter = (
        "\n".join(
            filter(None, (ended(clip(dataset.title, title)), remark, brief_source(speech, dataset, limit=limit), end))
        )
        for title, end, limit in product(_TITLES, ends, _PUBLISHERS[:2])
    )
    # only where it costs nothing: behind what is whole, and in no more parts than without it
    hint = speech.say("follow.hint", invite=speech.invite(speech.say("follow.word")))
    return fullest((f"{first}\n{hint}", first, *shorter), room=0 if remark else 2 * _ENTRY, accents=speech.accents)


def recalled_rows(speech: Speech, finding: RowFinding, code: str, *, page: int = 0, letter: str = "") -> str:
    """What the code of a brief answer re-opens: its facts, and now the whole source with licence and link."""
    if finding.form is RowForm.LIST:
        counted = ended(_counted(speech, finding, page, letter))
        names = brief_names(speech, finding, page)
        listed = ["; ".join(names[:shown]) for shown in range(len(names), 0, -1)]
        # with a long title and a long source, only the figures are left besides the source
        facts = (*(f"{counted}\n{told}" for told in listed), *listed)
        return recalled_facts(speech, finding.dataset, facts, code, finding)
    return recalled_facts(speech, finding.dataset, _facts(speech, finding), code, finding)


def recalled_dataset(speech: Speech, dataset: Dataset, code: str) -> str:
    """What the code of a brief description re-opens: what the data hold, the whole source, the link."""
    described = (f"{ended(dataset.title)} {dataset.description}", *(clip(dataset.title, length) for length in _TITLES))
    return recalled_facts(speech, dataset, tuple(ended(text.strip()) for text in described), code)


def recalled_facts(
    speech: Speech, dataset: Dataset, facts: tuple[str, ...], code: str, finding: RowFinding | None = None
) -> str:
    """``facts``, in ever fewer words, with the whole source, the link as far as there is room, and the code."""
    source, said = source_line(speech, dataset, finding), speech.say("answer.code", code=code)
    title = speech.say("answer.dataset", title=dataset.title) if finding else ""
    ends = ((title, source, dataset.url, said), (source, dataset.url, said), (source, said))

    def ended_with(texts: Iterable[str], ends: Iterable[tuple[str, ...]]) -> Iterator[str]:
        return ("\n".join(filter(None, (text, *end))) for text, end in product(texts, ends))

    return fullest(ended_with(facts[:1], ends[:2]), last_resorts=ended_with(facts, ends[1:]))
