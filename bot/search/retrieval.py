"""From a question to ranked datasets: gather candidates by the rarest of its words, then judge them all at once."""

import numpy as np

from bot.search.clues import clues_of
from bot.search.coverage import ideas, lay_out
from bot.search.gather import Allowed, Scope, gather
from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon
from bot.search.query import Question
from bot.search.rank import Ranked, closest, fit_of_place
from bot.search.sheet import Sheet

_ONLY_A_PLACE = 0.7


def retrieve(
    question: Question, index: TitleIndex, lexicon: Lexicon, scope: Scope, *, allowed: Allowed | None, limit: int
) -> list[Ranked]:
    """The best ``limit`` of the ``allowed`` datasets (None: all) for ``question``, best first, whatever their score."""
    found = ideas(question, index)
    sheet = Sheet(index, gather(clues_of(question, found, index), index, scope, allowed))
    if not len(sheet.candidates):
        return []
    plan = lay_out(found, index)
    ids = index.vocabulary.ids
    held = plan.hold(sheet, (ids[word] for word in question.words if word in ids))
    subject = any(idea.term.weight == 1.0 for idea in found)
    only_place = _ONLY_A_PLACE if question.places else 0.0
    covered = plan.covered(held) if subject else np.full(len(sheet.candidates), only_place, np.float32)
    fit = fit_of_place(question, sheet, scope)
    return closest(question, sheet, held, covered * fit, lexicon=lexicon, limit=limit)
