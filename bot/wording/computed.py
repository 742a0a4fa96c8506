"""Numbers that we computed, in words that say so."""

from decimal import Decimal

from bot.core.findings import Computation, RowFinding
from bot.wording.figure import asked_places
from bot.wording.speech import Speech, inside


def computed(speech: Speech, finding: RowFinding) -> str:
    """What was computed of the rows, said to be computed; empty when nothing was."""
    found = finding.computed
    if found is None:
        return ""
    column = finding.columns[found.column]
    label = inside(column.label)
    if found.kind is Computation.RANK:
        place = grouped(found.value)
        if found.descending:
            return speech.say("answer.computed_rank_down", value=place, of=found.of, label=label)
        return speech.say("answer.computed_rank_up", value=place, of=found.of, label=label)
    value = grouped(found.value)
    if column.unit:
        value = speech.say("answer.unit", value=value, unit=column.unit)
    if found.kind is Computation.DIFFERENCE:
        return speech.say("answer.computed_difference", label=_compared(finding), value=value)
    if found.kind is Computation.MEAN:
        return speech.say("answer.computed_mean", label=label, value=value, of=found.of)
    return speech.say("answer.computed_sum", label=label, value=value, of=found.of)


def _compared(finding: RowFinding) -> str:
    """The figure that two rows have, or the two of one row: "dân số, 2017 – 2019"."""
    labels = [finding.columns[place].label for place in asked_places(finding)]
    if finding.total > 1 or len(labels) != len(("one", "other")):
        return inside(labels[0])
    first, second = labels
    return f"{inside(first)} – {second.removeprefix(first[: first.rfind(', ') + 2]) if ', ' in first else second}"


def grouped(number: Decimal) -> str:
    """A number that we computed: dots between thousands, a decimal comma, no more digits than it has."""
    return f"{number:,f}".replace(",", " ").replace(".", ",").replace(" ", ".")
