"""What to do with ranked hits: answer, offer, suggest, or say honestly that there is nothing.

A wrong figure is worse than none, so the bar for a figure is the highest. The bars were set on judged questions
(``bench/lookup_quality.py``); scores are coverages, so 0.58 means that more than half of what was asked for is there.
"""

from collections.abc import Sequence

from bot.core.catalogue import Hit
from bot.core.findings import Decision, Findings, RowFinding
from bot.search.lexicon import Cue

FIGURES_FROM = 0.8
"""Least score at which rows are given as the answer."""

TITLE_LEAD = 0.05
"""A title that explains the question by this much better than any rows goes first."""

MENU_FROM = 0.58
"""Least score of the best title at which the titles are offered as an answer."""

SUGGEST_FROM = 0.3
"""Least score of a title that may be named as near."""

NEAR_BEST = 0.72
"""A menu holds what scores at least this share of its first entry."""

MENU_SIZE = 5
"""Most entries of a menu."""


def decide_titles(query: str, hits: Sequence[Hit], cues: frozenset[Cue], limit: int) -> Findings:
    """MENU, SUGGEST or NONE for ``hits`` (best first); at most ``limit`` of them are carried."""
    near = tuple(hit for hit in hits if hit.score >= SUGGEST_FROM)[:limit]
    if not near:
        return Findings(decision=Decision.NONE, query=query)
    if near[0].score < MENU_FROM or Cue.LIVE in cues:
        return Findings(decision=Decision.SUGGEST, query=query, hits=near)
    close = tuple(hit for hit in near if hit.score >= NEAR_BEST * near[0].score)
    return Findings(decision=Decision.MENU, query=query, hits=close)


def decide(titles: Findings, figures: RowFinding | None, cues: frozenset[Cue], rival: float) -> Findings:
    """FIGURES when rows answer the question, else what the ``titles`` allow; ``rival`` is the best title's score."""
    if figures and figures.score >= max(FIGURES_FROM, rival - TITLE_LEAD) and Cue.LIVE not in cues:
        return Findings(decision=Decision.FIGURES, query=titles.query, hits=titles.hits, figures=figures)
    return titles
