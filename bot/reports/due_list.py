"""Deadlines as a list to be read: rule by rule with its article, a line for each duty."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.obligations.obligation import Obligation, SubjectKind
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.progress import Status, status_of
from bot.register import Register
from bot.toml_file import read_toml

FILE = "due_list.toml"
_NAMED = frozenset({SubjectKind.ITEM, SubjectKind.DATASET})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWords:
    """Every word of the list in one language; ``states`` is how a duty stands. Those with braces are filled in."""

    head: str
    duty: str
    late_after: str
    no_term: str
    provisional: str
    nothing: str
    undetermined: str
    unmatched: str
    nobody: str
    states: Mapping[Status, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueList:
    """``duties`` by the rule set ``rules`` as they stand on the day ``today``."""

    register: Register
    rules: RuleSet
    duties: Sequence[Obligation]
    today: date

    def status(self, duty: Obligation) -> Status:
        """How ``duty`` stands."""
        return status_of(duty, self.register.progress(duty.key), self.today)

    def agency(self, duty: Obligation) -> str:
        """Whose it is: the agency by its own name, else as the catalogue prints it; empty when nobody is known."""
        if duty.agency is not None:
            return self.register.agencies[duty.agency].name
        return duty.owner if duty.subject.kind in _NAMED else ""

    def item(self, duty: Obligation) -> str:
        """The title of the item or dataset that it is about, empty for anything else."""
        return duty.subject.title if duty.subject.kind in _NAMED else ""

    def lines(self, words: ListWords, *, english: bool = False) -> Iterator[str]:
        """The list to be read, in the order of the rules and by date."""
        place = {rule.id: number for number, rule in enumerate(self.rules.rules)}
        ordered = sorted(self.duties, key=lambda duty: (place[duty.rule.id], duty.nominal_due))
        for _, found in groupby(ordered, key=lambda duty: duty.rule.id):
            duties = list(found)
            rule = duties[0].rule
            title = rule.title_en if english else rule.title
            yield words.head.format(title=title, rule=rule.id, article=self.rules.cite(rule))
            periods, dates = [duty.period for duty in duties], [self._dates(words, duty) for duty in duties]
            wide, long = max(map(len, periods)), max(map(len, (late for _, late in dates)))
            for duty, (due, late) in zip(duties, dates, strict=True):
                whose = " · ".join(filter(None, (self.agency(duty), self.item(duty))))
                line = words.duty.format(period=f"{duty.period:<{wide}}", due=due, late=f"{late:<{long}}")
                yield f"  {line}  {words.states[self.status(duty)]}{f'  {whose}' if whose else ''}"
        if not self.duties:
            yield words.nothing

    def remarks(self, words: ListWords) -> Iterator[str]:
        """Who has no deadline because nothing is recorded, as far as anybody is recorded at all."""
        for agency in self.register.undetermined():
            if agency.province == self.rules.id:
                yield words.undetermined.format(agency=agency.name)
        unmatched = self.register.unmatched() if self.register.agencies else {}
        for (province, owner), count in unmatched.items():
            if province == self.rules.id:
                yield words.unmatched.format(owner=owner or words.nobody, count=count)

    @staticmethod
    def _dates(words: ListWords, duty: Obligation) -> tuple[str, str]:
        late = words.late_after.format(day=_write(duty.late_after)) if duty.late_after else words.no_term
        return _write(duty.nominal_due), f"{late} {words.provisional}" if duty.provisional else late


def load_list_words(folder: Path, language: str) -> ListWords:
    """The words of ``language`` in the folder ``data/reports``. Raises ContentError with file, key and reason."""
    table = read_toml(folder / FILE).get(language, {})
    _check(language, table, {field.name for field in fields(ListWords)})
    _check(f"{language}.states", table["states"], set(Status))
    return ListWords(**{**table, "states": {Status(name): text for name, text in table["states"].items()}})


def _check(place: str, table: Mapping[str, Any], wanted: set[str]) -> None:
    for name in sorted(wanted ^ set(table)):
        raise ContentError(FILE, f"{place}.{name}", "is missing" if name in wanted else "unknown key")


def _write(day: date) -> str:
    return day.strftime("%d/%m/%Y")
