"""From a question to ranked datasets: gather candidates by the rarest of its words, then judge them all at once."""

from bot.search.clues import clues_of
from bot.search.coverage import ideas
from bot.search.gather import Allowed, Scope, gather
from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon
from bot.search.query import Question
from bot.search.rank import Ranked, judge, rank
from bot.search.sheet import Sheet


def retrieve(
    question: Question, index: TitleIndex, lexicon: Lexicon, scope: Scope, *, allowed: Allowed | None, limit: int
) -> list[Ranked]:
    """The best ``limit`` of the ``allowed`` datasets (None: all) for ``question``, best first, whatever their score."""
    found = ideas(question, index)
    sheet = Sheet(index, gather(clues_of(question, found, index), index, scope, allowed))
    if not len(sheet.candidates):
        return []
    return rank(judge(question, found, lexicon, sheet, scope), sheet, limit)
