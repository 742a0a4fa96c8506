"""What to do with ranked hits: answer, offer, suggest, or say honestly that there is nothing.

A wrong figure is worse than none, so the bar for a figure is the highest. Scores of titles are chances (see
``bot/search/relevance.py``), scores of rows the share of the question that they account for.
"""

from collections.abc import Sequence

from bot.core.catalogue import Hit
from bot.core.findings import ColumnRole, Decision, Findings, RowFinding
from bot.search.lexicon import Cue

FIGURES_FROM = 0.8
"""Least score at which rows are given as the answer."""

TITLE_LEAD = 0.05
"""A title that explains the question by this much better than any rows goes first."""

MENU_FROM = 0.3
"""Least chance of the best title at which the titles are offered as an answer."""

SUGGEST_FROM = 0.05
"""Least chance of a title that may be named as near."""

NEAR_FROM = 0.3
"""Least share of the subject that a title must cover to be named as near."""

NEAR_BEST = 3.0
"""A menu holds what is at most so much less useful than its first entry: about one in twenty against it."""

MENU_SIZE = 5
"""Most entries of a menu."""


def decide_titles(query: str, hits: Sequence[Hit], cues: frozenset[Cue], limit: int) -> Findings:
    """MENU, SUGGEST or NONE for ``hits`` (best first); at most ``limit`` of them are carried.

    Today's state, or a year that the title excludes, is never an answer, however near the title is.
    """
    if not hits or hits[0].score < SUGGEST_FROM:
        return Findings(decision=Decision.NONE, query=query)
    of_another_year = hits[0].why["year"] == 0.0
    if hits[0].score >= MENU_FROM and Cue.LIVE not in cues and not of_another_year:
        return Findings(decision=Decision.MENU, query=query, hits=tuple(hits[:limit]))
    near = tuple(hit for hit in hits[:limit] if hit.score >= SUGGEST_FROM and hit.why["subject"] >= NEAR_FROM)
    return Findings(decision=Decision.SUGGEST if near else Decision.NONE, query=query, hits=near)


def close_to_best(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Those of ``hits`` that a person may as well have meant as the first."""
    return tuple(hit for hit in hits if hits[0].why["utility"] - hit.why["utility"] <= NEAR_BEST)


def decide(titles: Findings, figures: RowFinding | None, cues: frozenset[Cue], rival: float) -> Findings:
    """FIGURES when rows answer the question, else what the ``titles`` allow; ``rival`` is the share of the
    question that the best title accounts for.
    """
    live = Cue.LIVE in cues and figures is not None and not _is_of_units(figures)
    if figures and figures.score >= max(FIGURES_FROM, rival - TITLE_LEAD) and not live:
        return Findings(decision=Decision.FIGURES, query=titles.query, hits=titles.hits, figures=figures)
    return titles


def _is_of_units(figures: RowFinding) -> bool:
    """Whether only administrative units are told, which are today as they were published."""
    told = {figures.columns[place].role for place in figures.asked}
    return bool(told) and told <= {ColumnRole.NAME, ColumnRole.PLACE, ColumnRole.MERGED}
