"""How alike question and title are: letters, typed diacritics, and how much of the title the question explains."""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.search.coverage import Idea
from bot.search.index import Weights
from bot.search.numbering import MARKS, spelt
from bot.search.query import Question
from bot.search.sheet import Sheet, Truths

_BREAKDOWNS = (("phan", "theo"), ("chia", "theo"), ("theo", "dia"), ("o", "mot"), ("tai", "mot"))


def likeness(question: Question, sheet: Sheet) -> Mapping[str, Weights]:
    """``words``: how far one of title and question is part of the other; ``length``: how far they are the same.

    Both are shares of letters in words that stand in both, in any order.
    """
    asked = dict.fromkeys(question.words)
    letters = {word: len(word) + 1 for word in asked}
    total = np.float32(max(sum(letters.values()), 1))
    common = sheet.nothing()
    for word in asked:
        common += sheet.has(word) * np.float32(letters[word])
    titles = sheet.index.letters[sheet.candidates].astype(np.float32)
    shorter = np.maximum(np.minimum(titles, total), common)
    return {"words": 2 * common / (common + shorter), "length": 2 * common / (titles + total)}


def marks(question: Question, sheet: Sheet) -> Weights:
    """Share of the words typed with diacritics that the title has with the same ones; 1.0 when none was typed."""
    index = sheet.index
    typed = [word for part in question.typed if not part.isascii() for word in spelt(part) if word[1]]
    if not typed:
        return np.ones(len(sheet.candidates), np.float32)
    printed = index.printed_marks.take(sheet.positions, mode="clip")
    codes = np.where(sheet.titles == sheet.filler, 0, sheet.titles.astype(np.uint32) * np.uint32(MARKS) + printed)
    found = np.zeros(len(sheet.candidates), np.float32)
    for word, marks in typed:
        number, kind = index.vocabulary.ids.get(word), index.marks.get(marks)
        if number is not None and kind is not None:
            found += (codes == number * MARKS + kind).any(axis=0)
    return found / np.float32(len(typed))


def explained(question: Question, found: Sequence[Idea], sheet: Sheet) -> Mapping[str, Weights]:
    """How much of each title the question explains, by rarity: ``head`` of what it is about, ``tail`` of its breakdown.

    A title about something else besides has words that nobody asked for: "Tỷ số giới tính của dân số" for "dân số".
    """
    index = sheet.index
    told = np.zeros(sheet.filler + 1, np.bool_)
    told[[number for idea in found for reading in idea.readings for slot in reading for number, _ in slot]] = True
    names = (word for mention in question.places for spelling in mention.place.spellings for word in spelling)
    told[[index.vocabulary.ids[word] for word in (*question.words, *names) if word in index.vocabulary]] = True
    rarity = np.append(index.rarity, np.float32(0))
    weights = rarity[sheet.titles]
    known = weights * told[sheet.titles]
    tail = _tails(sheet)
    return {"head": _share(known, weights, ~tail), "tail": _share(known, weights, tail)}


def _share(known: Weights, weights: Weights, where: Truths) -> Weights:
    whole = (weights * where).sum(axis=0)
    share: Weights = np.where(
        whole > 0, (known * where).sum(axis=0) / np.maximum(whole, np.float32(1e-6)), np.float32(1)
    )
    return share


def _tails(sheet: Sheet) -> Truths:
    """Which words of the titles stand in a breakdown ("phân theo địa phương"), and not at the title's beginning."""
    begins = np.zeros(sheet.titles.shape, np.bool_)
    for left, right in _BREAKDOWNS:
        first, second = (sheet.index.vocabulary.ids.get(word, -1) for word in (left, right))
        if first >= 0 and second >= 0:
            begins[1:-1] |= (sheet.titles[1:-1] == first) & (sheet.titles[2:] == second)
    tails: Truths = np.logical_or.accumulate(begins, axis=0)
    return tails
