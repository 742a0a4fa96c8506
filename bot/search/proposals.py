"""Rows for the lexicon that a question without an answer speaks for, each with its evidence. A person decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz.distance import OSA

from bot.core.catalogue import Dataset
from bot.core.text import fold, tokens
from bot.search.demand import MASKED
from bot.search.lexicon import Phrase
from bot.search.lookup import Lookup

CHOSEN_FROM = 3
"""So many people must have opened a dataset after the question before that counts as evidence."""

_LONGEST = 8
"""Words of a title that name its subject."""
_DIVIDES = frozenset({"phân", "theo", "tỉnh", "năm", "từ", "tại", "trên"})
"""Words with which titles begin to say by what, where and when."""
_NEAREST = 2
_LETTERS_A_SLIP = 5
_NEAR_FROM = 0.1
"""A title that holds less than about half of the question is near to nothing."""
_STOPS = ',;:()–/."“”'


class Evidence(StrEnum):
    """Why a row is proposed: people chose the dataset · it is spelt almost the same · it is the nearest there is."""

    CHOICE = "choice"
    SPELLING = "spelling"
    NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``"typed" = ["official"]`` in ``section`` of a lexicon.

    ``dataset`` is the code of the dataset that it leads to, empty for a spelling. ``people`` chose it; ``strength`` is
    how well it fits, 0…1: the share of those who chose, the likeness of the spelling, the score of the title.
    ``helps``: with this row the question is answered, by that dataset first.
    """

    section: str
    typed: str
    official: str
    evidence: Evidence
    dataset: str = ""
    people: int = 0
    strength: float = 0.0
    helps: bool = False


def propose(lookup: Lookup, text: str, chosen: Mapping[str, int]) -> tuple[Proposal, ...]:
    """The rows that may answer ``text`` (as it was counted), the best evidence first.

    ``chosen`` says how many people opened which dataset after it. What the lexicon says already is not proposed.
    """
    found = [*_by_choice(lookup, text, chosen), *_by_spelling(lookup, text), *_by_nearness(lookup, text)]
    known = _rows(lookup)
    fresh = {
        (one.typed, tokens(one.official)): one
        for one in reversed(found)
        if one.typed and tokens(one.official) not in ((), tokens(one.typed), *known.get(tokens(one.typed), ()))
    }
    return tuple(replace(one, helps=_helps(lookup, text, one)) for one in reversed(fresh.values()))


def _helps(lookup: Lookup, text: str, row: Proposal) -> bool:
    changed = lookup.lexicon.with_row(row.section, row.typed, row.official)
    findings = lookup.reading_with(changed).titles(_asked(text), limit=1)
    return findings.answered and row.dataset in ("", findings.hits[0].dataset.code)


def _by_choice(lookup: Lookup, text: str, chosen: Mapping[str, int]) -> Iterator[Proposal]:
    total = sum(chosen.values())
    for code, people in sorted(chosen.items(), key=lambda choice: (-choice[1], choice[0])):
        dataset = lookup.dataset(code)
        if people >= CHOSEN_FROM and dataset is not None:
            row = _row(lookup, text, dataset, Evidence.CHOICE)
            yield replace(row, people=people, strength=round(people / total, 4))


def _by_nearness(lookup: Lookup, text: str) -> Iterator[Proposal]:
    for hit in lookup.titles(_asked(text), limit=_NEAREST).hits:
        if hit.score < _NEAR_FROM:
            return
        yield replace(_row(lookup, text, hit.dataset, Evidence.NEAR), strength=round(hit.score, 4))


def _row(lookup: Lookup, text: str, dataset: Dataset, evidence: Evidence) -> Proposal:
    """A row that leads from ``text`` to ``dataset``.

    In the weaker section: that it contains what was asked for is likely, that it means the same is for a person to say.
    """
    return Proposal(
        section="broader",
        typed=_own_words(lookup, text, dataset.title),
        official=_head(dataset.title),
        evidence=evidence,
        dataset=dataset.code,
    )


def _by_spelling(lookup: Lookup, text: str) -> list[Proposal]:
    """What people write is one slip away from what the lexicon reads; the likest first."""
    words = tuple(tokens(_asked(text)))
    strange = {word for word in words if not lookup.knows(word)}
    found: list[Proposal] = []
    for typed, readings in _rows(lookup).items() if strange else ():
        for place in range(len(words) - len(typed) + 1):
            piece = words[place : place + len(typed)]
            likeness = _likeness(" ".join(piece), " ".join(typed)) if strange.intersection(piece) else 0.0
            if likeness:
                row = Proposal(
                    section="short",
                    typed=" ".join(piece),
                    official=_printed(lookup, readings[0]),
                    evidence=Evidence.SPELLING,
                    strength=likeness,
                )
                found.append(row)
    return sorted(found, key=lambda one: -one.strength)[:_NEAREST]


def _rows(lookup: Lookup) -> dict[Phrase, tuple[Phrase, ...]]:
    lexicon = lookup.lexicon
    return {phrase: lexicon.readings(phrase) for phrase in (*lexicon.synonyms.rows, *lexicon.abbreviations.rows)}


def _likeness(ours: str, theirs: str) -> float:
    """0…1; 0 where more than a slip in a few letters lies between them."""
    slips = len(ours) // _LETTERS_A_SLIP
    distance = OSA.distance(ours, theirs, score_cutoff=slips)
    return round(1 - distance / len(ours), 4) if 0 < distance <= slips else 0.0


def _own_words(lookup: Lookup, text: str, title: str) -> str:
    """The longest run of words in ``text`` without a place, less what ``title`` has at its ends; all where none is."""
    asked = lookup.understand(_asked(text))
    places = {word for mention in asked.places for word in asked.words[mention.start : mention.end]}
    runs: list[list[str]] = [[]]
    for word in text.split():
        if word in places or word == MASKED:
            runs.append([])
        else:
            runs[-1].append(word)
    told = set(tokens(title))
    trimmed = [_trimmed(run, told) for run in runs]
    longest: list[str] = max(trimmed, key=len)
    return " ".join(longest or _asked(text).split())


def _trimmed(words: list[str], told: set[str]) -> list[str]:
    own = [place for place, word in enumerate(words) if word not in told]
    return words[own[0] : own[-1] + 1] if own else []


def _head(title: str) -> str:
    """What a title names first, as printed: up to its first comma or bracket, or the words that divide its figures."""
    kept: list[str] = []
    for word in title.split():
        if word.lower() in _DIVIDES and len(kept) > 1:
            break
        kept.append(word.rstrip(_STOPS))
        if word.endswith(tuple(_STOPS)) or len(kept) == _LONGEST:
            break
    return " ".join(filter(None, kept))


def _printed(lookup: Lookup, phrase: Phrase) -> str:
    """``phrase`` with its diacritics, as some title prints it; as it is where none does."""
    plain = " ".join(phrase)
    for dataset in lookup.datasets:
        title = " ".join(dataset.title.split())
        place = f" {fold(title)} ".find(f" {plain} ")
        if place >= 0 and len(fold(title)) == len(title):
            return title[place : place + len(plain)].lower()
    return plain


def _asked(text: str) -> str:
    return " ".join(word for word in text.split() if word != MASKED)
