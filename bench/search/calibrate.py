"""Fit the weights of ``bot/search/relevance.py`` to judged questions, and show how well they hold for unseen ones.

    python -m bench.search.calibrate CATALOGUE.csv QUERIES.csv … [--curve FILE.png]

Utility is a conditional logit: the share that relevant titles have among all candidates of a question is made likely.
Chance is a logistic regression on the parts of each question's first title. Both are held small (ridge), and all
figures printed are from ten-fold cross-validation: no question is judged with weights that were fitted to it.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.search.decide import MENU_FROM
from bot.search.evaluation import Given, Judged, measure, read_judged
from bot.search.lexicon import Cue
from bot.search.relevance import CHANCE, UTILITY, lead_of
from gateway.commands.search import Searcher, open_searcher
from gateway.terminal import Terminal

Floats = NDArray[np.float64]

CANDIDATES = 30
FOLDS = 10
RIDGE_UTILITY, RIDGE_CHANCE = 0.3, 1.0
STEPS = 300
UNJUDGED = {"year": 2.0}
"""Parts that the judged questions hardly touch keep about this weight in the utility, and none in the chance."""


@dataclass(frozen=True, slots=True)
class Case:
    """A judged question: its candidates' ``parts`` (a row each), which are ``relevant``, and their ``titles``."""

    judged: Judged
    parts: Floats
    relevant: NDArray[np.bool_]
    titles: tuple[str, ...]
    live: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted weights: of the utility, and of the log-odds with what they are at rest."""

    utility: Floats
    chance: Floats
    at_rest: float


def gather(searcher: Searcher, judged: Judged) -> Case:
    """The candidates of one question; none when it is no question for the catalogue."""
    asked = searcher.lookup.understand(judged.query)
    hits = searcher.lookup.rank(asked, (), CANDIDATES) if searcher.is_question(judged.query) else []
    titles = tuple(hit.dataset.title for hit in hits)
    parts = np.array([[hit.why[name] for name in UTILITY] for hit in hits], float).reshape(len(hits), len(UTILITY))
    relevant = np.array([title in judged.relevant for title in titles], bool)
    return Case(judged, parts, relevant, titles, Cue.LIVE in asked.cues)


def fit_utility(cases: Sequence[Case]) -> Floats:
    """Weights under which relevant candidates stand out among the others of their question."""
    resting = np.array([UNJUDGED.get(name, 0.0) for name in UTILITY])
    weights, seen = resting.copy(), np.full(len(UTILITY), 1e-6)
    telling = [case for case in cases if case.relevant.any()]
    for _ in range(STEPS):
        slope = RIDGE_UTILITY * (weights - resting)
        for case in telling:
            odds = case.parts @ weights
            share = np.exp(odds - odds.max())
            share /= share.sum()
            wanted = np.where(case.relevant, share, 0.0)
            slope -= case.parts.T @ (wanted / wanted.sum() - share)
        seen += slope**2
        weights -= 0.5 * slope / np.sqrt(seen)
    return weights


def first_of(case: Case, utility: Floats) -> tuple[Floats, bool]:
    """The parts of the first candidate with lead and utility behind them, and whether it is relevant."""
    merits = case.parts @ utility
    first = int(np.argmax(merits))
    lead = lead_of(merits.astype(np.float32))[first]
    return np.append(case.parts[first], [merits[first], lead]), bool(case.relevant[first])


def fit_chance(cases: Sequence[Case], utility: Floats) -> tuple[Floats, float]:
    """Weights of the log-odds that the first candidate is relevant, by Newton's method on standardised parts."""
    firsts = [first_of(case, utility) for case in cases if len(case.parts)]
    parts, right = np.array([row for row, _ in firsts]), np.array([good for _, good in firsts], float)
    middle, spread = parts.mean(axis=0), parts.std(axis=0) + 1e-6
    rows = np.column_stack([np.ones(len(parts)), (parts - middle) / spread])
    ridge = np.diag([0.0] + [RIDGE_CHANCE] * parts.shape[1])
    weights = np.zeros(rows.shape[1])
    for _ in range(60):
        odds = 1 / (1 + np.exp(-rows @ weights))
        bend = (rows * (odds * (1 - odds))[:, None]).T @ rows + ridge
        weights -= np.linalg.solve(bend + 1e-9 * np.eye(len(bend)), rows.T @ (odds - right) + ridge @ weights)
    told = parts.std(axis=0) > 0
    scaled = np.where(told, weights[1:] / spread, 0.0)
    return scaled, float(weights[0] - scaled @ middle)


def fit(cases: Sequence[Case]) -> Weights:
    """Both kinds of weights."""
    utility = fit_utility(cases)
    return Weights(utility, *fit_chance(cases, utility))


def answer(case: Case, weights: Weights) -> tuple[Given, float]:
    """What would be said with ``weights``, and the chance of the first title."""
    if not len(case.parts):
        return Given(judged=case.judged, answered=False, titles=()), 0.0
    parts, _ = first_of(case, weights.utility)
    chance = float(1 / (1 + np.exp(-(parts @ weights.chance + weights.at_rest))))
    order = np.argsort(-(case.parts @ weights.utility), kind="stable")
    titles = tuple(case.titles[at] for at in order)
    return Given(judged=case.judged, answered=chance >= MENU_FROM and not case.live, titles=titles), chance


def cross_validate(cases: Sequence[Case]) -> list[tuple[Given, float]]:
    """Every question answered with weights that were fitted without its fold."""
    fold = np.random.default_rng(1).permutation(len(cases)) % FOLDS
    found: list[tuple[Given, float]] = []
    for number in range(FOLDS):
        weights = fit([case for case, at in zip(cases, fold, strict=True) if at != number])
        found += [answer(case, weights) for case, at in zip(cases, fold, strict=True) if at == number]
    return found


def leave_kinds_out(cases: Sequence[Case]) -> None:
    """Print the measures of each kind of question with weights fitted without any of that kind."""
    for kind in sorted({case.judged.kind for case in cases}):
        weights = fit([case for case in cases if case.judged.kind != kind])
        told = measure([answer(case, weights)[0] for case in cases if case.judged.kind == kind])
        shown = ("n", "hit@1", "hit@3", "recall@10", "no_answer_recall")
        print(f"{kind:24}", "  ".join(f"{name} {told[name]}" for name in shown))


def reliability(answers: Sequence[tuple[Given, float]]) -> list[tuple[float, float, int]]:
    """Mean chance, share of right first titles, and number of questions, for each tenth of the chance."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for given, chance in answers:
        right = bool(given.titles[:1]) and given.titles[0] in given.judged.relevant
        bins.setdefault(min(9, int(chance * 10)), []).append((chance, right))
    rows = [bins[number] for number in sorted(bins)]
    return [(float(np.mean([c for c, _ in row])), float(np.mean([r for _, r in row])), len(row)) for row in rows]


def draw(curve: Sequence[tuple[float, float, int]], path: Path) -> None:
    """The calibration curve as an image."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot(xlabel="chance said", ylabel="share of right first titles", xlim=(0, 1), ylim=(0, 1))
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--")
    axes.plot([said for said, *_ in curve], [was for _, was, _ in curve], marker="o", color="#1a5fb4")
    for said, was, count in curve:
        axes.annotate(str(count), (said, was), xytext=(6, -10), textcoords="offset points")
    axes.set_title("Chance and truth, cross-validated (numbers: questions)")
    figure.savefig(path, dpi=120)


def print_weights(weights: Weights) -> None:
    """The tables as ``bot/search/relevance.py`` has them."""
    print(
        "UTILITY = {", *(f'    "{n}": {w:.2f},' for n, w in zip(UTILITY, weights.utility, strict=True)), "}", sep="\n"
    )
    named = zip((*UTILITY, "utility", "lead"), weights.chance, strict=True)
    print("CHANCE = {", *(f'    "{name}": {weight:.2f},' for name, weight in named), "}", sep="\n")
    print(f"AT_REST = {weights.at_rest:.2f}")


def main() -> None:
    """Fit, judge and print."""
    image = Path(sys.argv[sys.argv.index("--curve") + 1]) if "--curve" in sys.argv else None
    files = [Path(argument) for argument in sys.argv[1:] if argument.endswith(".csv")]
    searcher = asyncio.run(open_searcher(Terminal(), files[0]))
    groups = {file.stem: [gather(searcher, judged) for judged in read_judged(file)] for file in files[1:]}
    cases = [case for group in groups.values() for case in group]
    answers = cross_validate(cases)
    for name, group in groups.items():
        members = {id(case.judged) for case in group}
        print(name, measure([given for given, _ in answers if id(given.judged) in members]))
    print("all", measure([given for given, _ in answers]))
    leave_kinds_out(cases)
    curve = reliability(answers)
    for said, was, count in curve:
        print(f"chance {said:.2f}  right {was:.2f}  questions {count}")
    if image:
        draw(curve, image)
    if set(CHANCE) != {*UTILITY, "utility", "lead"}:
        print("bot/search/relevance.py names other parts than are judged", file=sys.stderr)
    print_weights(fit(cases))


if __name__ == "__main__":
    main()
