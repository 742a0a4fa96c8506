"""Rows that answer a question: a figure, a record, a list, a count – or the honest "which one?"."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.catalogue import Dataset
from bot.core.findings import ColumnKind, ColumnRole, RowForm, Succession
from bot.core.text import tokens
from bot.search.candidate import Candidate, Source
from bot.search.choosing import Choice
from bot.search.columns import with_unit_of
from bot.search.demands import Wish
from bot.search.drafting import Draft, Drafting
from bot.search.evidence import Surroundings, fit_of_era, share_accounted
from bot.search.headings import Headings
from bot.search.lexicon import Cue
from bot.search.periods import Periods
from bot.search.query import Question
from bot.search.scan import distinct, is_remark
from bot.search.selection import Reader, Reading
from bot.search.sequences import Word
from bot.search.table import Rows

_SAMPLE = 5
_LONGEST_SAME = 4
_ALL_OF_A_PLACE = 0.9
"""Factor for a list of everything in a place when only the place was named."""
_CIRCULAR = 0.7
"""Factor when the name that is asked for is the one by which the row was found."""
_NO_NUMBER = 0.85
"""Factor for a whole row where a number was asked for."""
_BEFORE_MERGER = 0.75
"""Factor for figures of the time before the provinces of today when these are asked for."""
_REORGANISED = 2025
"""The year since which the provinces of today are there."""
_NOT_SAID = 0.85
"""Factor where it is asked in which unit something lies, and the table has no column for such units."""
_TELLS_SUCCESSOR = frozenset({ColumnRole.NAME, ColumnRole.MERGED, ColumnRole.PLACE})


def answer(question: Question, source: Source, around: Surroundings) -> Candidate | None:
    """What ``source`` answers to ``question``, None when nothing in it was meant.

    The score is the share of the question that table and title account for, so a question about something else scores
    low even when one of its words occurs here.
    """
    headings = source.headings(around.lexicon)
    home = _home(source.dataset, around)
    reader = Reader(source.table, headings, around.lexicon, around.places, around.known, home)
    readings = [
        reader.read(words, question.cues | ({Cue.CURRENT} if Cue.LIVE in question.cues else frozenset()))
        for words in (*question.sequences, *_reworded(question, source, around))
    ]
    candidates = [_Answer.of(source, around, headings, reading).candidate() for reading in readings]
    return max((found for found in candidates if found), key=lambda candidate: candidate.score, default=None)


def _reworded(question: Question, source: Source, around: Surroundings) -> Iterator[tuple[Word, ...]]:
    """The question with the table's own words for a phrase that means the same and is not in the table."""
    known, same = source.table.vocabulary, around.lexicon.operators.same
    for words in question.sequences:
        texts = tuple(word.text for word in words)
        for start in range(len(texts)):
            for end in range(start + 1, min(start + _LONGEST_SAME, len(texts)) + 1):
                meant = same.get(texts[start:end], ())
                if (
                    meant
                    and all(word in known for word in meant)
                    and any(word not in known for word in texts[start:end])
                ):
                    yield (*words[:start], *(Word(text=word, weight=1.0) for word in meant), *words[end:])


def _home(dataset: Dataset, around: Surroundings) -> frozenset[tuple[str, ...]]:
    """How people call the province of ``dataset``; nothing for one of the whole country."""
    province = around.places.locate(dataset.province)
    if not province:
        return frozenset()
    return frozenset(name for name, place in around.places.spellings.items() if place.province == province)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """One reading of one table on its way to a finding."""

    source: Source
    around: Surroundings
    reading: Reading
    drafting: Drafting

    @classmethod
    def of(cls, source: Source, around: Surroundings, headings: Headings, reading: Reading) -> "_Answer":
        choice = Choice(
            table=source.table,
            title=tokens(source.dataset.title),
            around=around,
            headings=headings,
            columns=with_unit_of(source.dataset.description, headings.columns, around.lexicon),
            reading=reading,
        )
        periods = Periods(source.dataset, source.table, headings, reading)
        return cls(source=source, around=around, reading=reading, drafting=Drafting(choice, periods))

    @property
    def headings(self) -> Headings:
        """The columns of the table."""
        return self.drafting.headings

    def candidate(self) -> Candidate | None:
        """What this reading gives, None for nothing."""
        choice = self.drafting.choice
        years = self.drafting.periods.columns()
        chosen = choice.choose()
        if years is None or chosen is None or not len(chosen.rows):
            return None
        draft = self.drafting.draft(chosen, years)
        if draft is None:
            return None
        succession = self._succession(draft.rows)
        form, asked = draft.form, draft.asked
        if succession and form in (RowForm.CELL, RowForm.RECORD):
            form, asked = self._of_successor(asked)
        share = share_accounted(
            self.reading,
            self.source.dataset,
            self.around,
            chosen.trust,
            also=chosen.held | self.drafting.equal_words() | self._kind_of_things(draft),
            unmet=self.reading.unmet | self._unserved(draft),
        )
        score = share * fit_of_era(self.reading, self.source.dataset, self.headings.columns, asked)
        score *= _NO_NUMBER if form is RowForm.RECORD and self._misses_number() else 1.0
        score *= _NOT_SAID if self._asks_for_other_units() else 1.0
        score *= _CIRCULAR if self._is_circular(asked) else 1.0
        score *= _ALL_OF_A_PLACE if self._repeats(form, asked) else 1.0
        score *= _ALL_OF_A_PLACE if form is RowForm.LIST and not self._is_of_subject(asked) else 1.0
        found = Candidate(
            source=self.source,
            lexicon=self.around.lexicon,
            places=self.around.places,
            drafting=self.drafting,
            draft=replace(draft, form=form, asked=asked),
            rows=distinct(self.source.table, draft.rows),
            succession=succession,
            score=score,
        )
        return replace(found, score=score * _BEFORE_MERGER) if self._is_before_merger(found) else found

    def _misses_number(self) -> bool:
        """Whether a number was asked for and a whole row has none or several kinds; one of units is no figure."""
        figures = self.headings.of_kind(ColumnKind.NUMBER)
        of_years = all(self.headings.years[column] and not self.headings.own[column] for column in figures)
        words = self.reading.text(0, len(self.reading.words))
        of_units = any(self.around.places.sort_ending(words, at) for at in range(1, len(words) + 1))
        return Cue.COUNT in self.reading.cues and (of_units or not figures or not of_years)

    def _is_before_merger(self, found: Candidate) -> bool:
        """Whether a province of today was asked for that others were merged into, and the figures are older."""
        if Cue.RENEWED not in self.reading.cues or not 0 < found.newest_year() < _REORGANISED:
            return False
        places = self.around.places
        named = places.find(self.reading.text(0, len(self.reading.words)))
        return any(places.provinces[mention.place.province].former for mention in named)

    def _kind_of_things(self, draft: Draft) -> frozenset[int]:
        """The words in front of "nào" with which the names of the found rows begin: "nhà hàng nào"."""
        which = self.reading.which
        if which is None or not len(draft.rows):
            return frozenset()
        first = [self.source.table.rows[row][self.headings.name] for row in draft.rows[:_SAMPLE].tolist()]
        for length in (2, 1):
            words = self.reading.text(max(0, which + 1 - length), which + 1)
            if len(words) == length and all(tokens(name)[:length] == words for name in first):
                return frozenset(range(which + 1 - length, which + 1))
        return frozenset()

    def _unserved(self, draft: Draft) -> frozenset[int]:
        """The words of wishes that the draft does not serve; the total of things that are counted is their count."""
        if draft.served:
            return frozenset()
        wishes = self.reading.demands.words_of
        counted = {Wish.TOTAL} if draft.form is RowForm.COUNT else set[Wish]()
        return frozenset(word for wish in wishes.keys() - counted for word in wishes[wish])

    def _is_circular(self, asked: tuple[int, ...]) -> bool:
        found_by = {name.column for name in self.reading.names}
        merged = set(self.headings.with_role(ColumnRole.MERGED))
        by_itself = asked == (self.headings.name,) and asked[0] in found_by and found_by.isdisjoint(merged)
        return self.reading.which in self.reading.sorts and by_itself

    def _asks_for_other_units(self) -> bool:
        """Whether "tỉnh nào" is asked of a table that neither has a column of provinces nor lists them."""
        which = self.reading.which
        if which is None or self.reading.text(which, which + 1) not in self.around.places.sorts:
            return False
        told = {position for each in self.reading.asked for position in range(each.start, each.end)}
        told.update(self.reading.sorts, *(range(name.start, name.end) for name in self.reading.names))
        table = self.source.table
        return which not in told and not any(
            self._names(row[self.headings.name]) & self.around.places.spellings.keys() for row in table.rows[:_SAMPLE]
        )

    def _repeats(self, form: RowForm, asked: tuple[int, ...]) -> bool:
        """Whether a list would give of each row only the unit it lies in: that list is another table's."""
        places = set(self.headings.with_role(ColumnRole.PLACE))
        return form is RowForm.LIST and bool(asked) and places.issuperset(asked)

    def _is_of_subject(self, asked: tuple[int, ...]) -> bool:
        """Whether more than a place was named: a thing, a sort of things, or a column."""
        roles = {self.headings.columns[name.column].role for name in self.reading.names}
        return bool(asked or self.reading.sorts or roles - {ColumnRole.PLACE})

    def _succession(self, rows: Rows) -> Succession | None:
        """Set when the rows were found by a former name that is not their own."""
        for name in self.reading.names:
            merged = self.headings.columns[name.column].role is ColumnRole.MERGED
            if merged and not is_remark(self.source.table, name.column, name.parts):
                former = min((self.source.table.parts[key] for key in name.parts), key=lambda part: len(part.words))
                now = self.source.table.rows[int(rows[0])][self.headings.name]
                if not self._names(former.text) & self._names(now) and not self._is_same_place(former.text, now):
                    return Succession(former=former.text, now=now)
        return None

    def _is_same_place(self, former: str, now: str) -> bool:
        """Whether both are spellings of one province of today ("TP.HCM")."""
        spellings = self.around.places.spellings
        places = [{spellings[name] for name in self._names(text) if name in spellings} for text in (former, now)]
        return bool(places[0] & places[1])

    def _names(self, text: str) -> set[tuple[str, ...]]:
        """A name with and without its sort: unaccented, "tịnh" of "Tịnh Khê" looks like one."""
        return {tokens(text), self.around.places.without_sort(tokens(text))}

    def _of_successor(self, asked: tuple[int, ...]) -> tuple[RowForm, tuple[int, ...]]:
        """Which unit it is now may be told; a figure of the new unit is only offered."""
        if all(self.headings.columns[column].role in _TELLS_SUCCESSOR for column in asked):
            return RowForm.CELL, tuple(sorted({self.headings.name, *asked}))
        return RowForm.AMBIGUOUS, asked
