"""What a person can choose from: datasets, rows, yes and no."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.core.catalogue import Dataset, Hit
from bot.core.findings import ColumnRole, RowFinding
from bot.core.messages import Choice, Reply
from bot.core.text import fold
from bot.wording.figure import Row, context, distinct_rows, labels
from bot.wording.listing import thousands
from bot.wording.speech import Speech, clip, opening

MENU = 5
"""Most entries of a menu of answers."""

_LABEL_LENGTH = 90
_ECHO_LENGTH = 60
_HASH_LENGTH = 8
_SUCCESSORS, _OTHERS = 3, 2
_BETWEEN = re.compile(r"[;,+]|\s+và\s+")


def echo(question: str) -> str:
    """A question as it is repeated in an answer."""
    return clip(question, _ECHO_LENGTH)


def dataset_choices(speech: Speech, datasets: Sequence[Dataset]) -> tuple[Choice, ...]:
    """An entry for each of ``datasets``, with its province where they are of several."""
    several = len({dataset.province for dataset in datasets}) > 1
    return tuple(
        Choice(label=_entry(speech, dataset, named=several), value=f"dataset:{dataset.code}") for dataset in datasets
    )


def _entry(speech: Speech, dataset: Dataset, *, named: bool) -> str:
    title = clip(dataset.title, _LABEL_LENGTH)
    if not named or not dataset.province:
        return title
    return speech.say("menu.entry", title=title, province=speech.content.province(dataset.province))


def word_menu(speech: Speech, hits: Sequence[Hit], question: str) -> Reply:
    """The datasets that may answer ``question``."""
    choices = dataset_choices(speech, tuple(hit.dataset for hit in hits[:MENU]))
    text = speech.say("menu.found", question=echo(question))
    return Reply(text=text, brief=speech.say("menu.brief_found"), choices=choices)


def word_none(speech: Speech, question: str) -> Reply:
    """That there is nothing about ``question``: the topics there are, and how to ask that it be published."""
    invite = speech.invite(speech.say("catalogue.word"))
    request = speech.invite(speech.say("ticket.word_request"))
    return Reply(
        text=speech.say("menu.none", question=echo(question), invite=invite, request=request),
        brief=speech.say("menu.brief_none", question=echo(question), invite=invite, request=request),
    )


def word_rows_menu(speech: Speech, finding: RowFinding) -> Reply:
    """The rows that a question may mean: how many, and the first of them to choose from. Never one for the others."""
    rows = distinct_rows(finding)
    shown = rows[:MENU]
    told = _labels(speech, finding, tuple(row for _, row in shown))
    choices = tuple(
        Choice(label=label, value=row_value(finding, number)) for label, (number, _) in zip(told, shown, strict=True)
    )
    total = finding.total - (len(finding.rows) - len(rows))
    names = {row[finding.name] for _, row in rows}
    if finding.succession is not None:
        name = speech.unit_inside(finding.succession.former)
        text = speech.say("answer.ambiguous_former", total=thousands(total), name=name)
        if total > len(shown):
            invite = speech.invite(speech.say("answer.where"))
            text = f"{text} {speech.say('answer.first_former', shown=len(shown), invite=invite)}"
    elif total > len(shown):
        invite = speech.invite(speech.say("answer.hint"))
        text = speech.say("answer.ambiguous_many", total=thousands(total), shown=len(shown), invite=invite)
    elif len(names) == 1:
        text = speech.say("answer.ambiguous_name", total=thousands(total), name=names.pop())
    else:
        text = speech.say("answer.ambiguous", total=thousands(total))
    return Reply(text=text, choices=choices)


def _labels(speech: Speech, finding: RowFinding, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """How the rows are told apart; those of former units by where these lay, for their successors' names are new."""
    if finding.succession is None:
        # where the rows lie tells them apart even when that is what was asked for
        where = (place for place in finding.asked if finding.columns[place].role is not ColumnRole.PLACE)
        return labels(speech, replace(finding, asked=tuple(where)), rows)
    return tuple(_former_label(speech, finding, finding.succession.former, row) for row in rows)


def _former_label(speech: Speech, finding: RowFinding, former: str, row: Row) -> str:
    """ "Huyện Yên Mỹ, tỉnh Hưng Yên (nay xã Yên Mỹ)": what the table says of the former unit, then its successor."""
    written = [row[place] for place, column in enumerate(finding.columns) if column.role is ColumnRole.MERGED]
    pieces = [piece.strip() for cell in written for piece in _BETWEEN.split(cell)]
    piece = next((piece for piece in pieces if fold(former) in fold(piece)), former)
    name, _, beside = piece.partition("(")
    own = "" if fold(name).strip() == fold(former).strip() else name.strip()
    around = (row[place].strip() for place in context(speech, finding, row) if place not in finding.asked)
    where = ", ".join(filter(None, (own, beside.strip(" )"), *map(speech.unit_inside, around))))
    now = speech.unit_inside(row[finding.name])
    return opening(speech.say("menu.former_in", place=where, now=now) if where else now)


def row_value(finding: RowFinding, number: int) -> str:
    """The value of a choice of row ``number``, which stays true only as long as the table is the same."""
    asked = ",".join(str(place) for place in finding.asked)
    version = (finding.resource.table or "")[:_HASH_LENGTH]
    return f"row:{finding.dataset.code}:{version}:{number}:{asked}"


def word_former(speech: Speech, finding: RowFinding, hits: Sequence[Hit]) -> Reply:
    """Offers the figure of the successor, under its own name, to whoever asked for one of a unit that is no more.

    Raises ValueError when ``finding`` has no succession.
    """
    if finding.succession is None:
        raise ValueError("no former unit was asked for")
    former, now = finding.succession.former, finding.succession.now
    rows = distinct_rows(finding)[:_SUCCESSORS]
    asked = ", ".join(finding.columns[place].label for place in finding.asked) or finding.dataset.title
    choices = [
        Choice(
            label=clip(speech.say("menu.figure_of", label=asked, name=label), _LABEL_LENGTH),
            value=row_value(finding, number),
        )
        for (number, _), label in zip(rows, labels(speech, finding, tuple(row for _, row in rows)), strict=True)
    ]
    others = [hit.dataset for hit in hits if hit.dataset.code != finding.dataset.code]
    choices.extend(dataset_choices(speech, others[:_OTHERS]))
    text = speech.say("menu.former", former=opening(former), present=speech.unit_inside(now))
    return Reply(text=text, choices=tuple(choices))
