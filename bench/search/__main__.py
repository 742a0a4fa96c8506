"""``python -m bench.search [SIZE …] [--seed N] [--seconds S] [--peers …] [--kinds]``: one table for every size.

Each engine runs in a process of its own, one after the other, on the same titles and questions. Times move with
whatever else the machine does: read the ratios, and the column of CPU time, which waits for nobody (and does not see
the work of a server). ``--peers`` names those to measure beside, ``--kinds`` adds the shares by kind of question.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.conditions import conditions
from bench.search.catalogue import make_catalogue
from bench.search.measure import OURS, Figures, measure, to_json
from bench.search.peers import PEERS
from bench.search.questions import KINDS, Asked, make_questions

BARS = {10_000: (1.0, 2.0), 100_000: (3.0, 8.0), 1_000_000: (10.0, 30.0)}
"""Milliseconds at p50 and p99 that the look-up may take, by the size of the catalogue."""

QUALITY = {100_000: (0.96, 0.985)}
"""Shares of questions answered by the first title, and among ten, that the look-up must reach."""

MOST_BYTES, MOST_BUILD = 600, 2.0
_BASIS = "bm25s (numba)"
_HEAD = (
    "engine", "questions", "build s", "÷ bm25s", "B/title", "p50 ms", "÷ ours", "p99 ms", "÷ ours",
    "CPU p50", "CPU p99", "R@1", "R@10",
)  # fmt: skip
_WIDTHS = (30, 9, 8, 8, 8, 9, 8, 9, 8, 8, 8, 6, 6)


def main() -> None:
    """Measure and print, or as the child of such a run measure one engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        _measure_one(arguments.engine, arguments.folder, arguments.seconds)
        return
    print(*conditions(), sep="\n")
    engines = (OURS, *arguments.peers)
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), size, arguments.seed)
            _show(size, list(_measured(engines, Path(folder), arguments.seconds)), kinds=arguments.kinds)


def _write(folder: Path, size: int, seed: int) -> None:
    titles = make_catalogue(size)
    questions = [asdict(asked) for asked in make_questions(titles, seed=seed)]
    content = {"titles": [title.text for title in titles], "questions": questions}
    (folder / "catalogue.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _measure_one(engine: str, folder: Path, seconds: float) -> None:
    content = json.loads((folder / "catalogue.json").read_text(encoding="utf-8"))
    questions = [Asked(**{**one, "phrases": tuple(one["phrases"])}) for one in content["questions"]]
    print(to_json(measure(engine, content["titles"], questions, seconds)))


def _measured(engines: Sequence[str], folder: Path, seconds: float) -> Iterator[Figures]:
    """Figures of every engine that runs here; what is not installed, or breaks, is named and left out."""
    for engine in engines:
        command = [sys.executable, "-m", "bench.search", "--engine", engine, "--folder", folder, "--seconds", seconds]
        found = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        if found.returncode == 0:
            yield Figures(**json.loads(found.stdout.splitlines()[-1]))
        else:
            print(f"{engine} did not run: {(found.stderr.strip().splitlines() or ['?'])[-1]}")


def _show(size: int, figures: Sequence[Figures], *, kinds: bool) -> None:
    by_name = {one.engine: one for one in figures}
    ours, basis = by_name.get(OURS), by_name.get(_BASIS)
    print(f"\n{size:,} titles", _row(_HEAD), sep="\n")
    for one in sorted(figures, key=lambda found: found.p50):
        print(_row(_cells(one, ours, basis)))
    if ours:
        print(*_verdicts(ours, basis), sep="\n")
    for one in figures if kinds else ():
        shares = (f"{kind} {one.kinds[kind][0]:.2f}/{one.kinds[kind][1]:.2f}" for kind in KINDS if kind in one.kinds)
        print(f"{one.engine}: {'  '.join(shares)}")


def _cells(one: Figures, ours: Figures | None, basis: Figures | None) -> tuple[str, ...]:
    return (
        one.engine,
        str(one.questions),
        f"{one.build:.2f}",
        f"{one.build / basis.build:.2f}" if basis else "",
        f"{one.resident:.0f}",
        f"{one.p50:.3f}",
        f"{one.p50 / ours.p50:.2f}" if ours else "",
        f"{one.p99:.3f}",
        f"{one.p99 / ours.p99:.2f}" if ours else "",
        f"{one.cpu50:.3f}",
        f"{one.cpu99:.3f}",
        f"{one.first:.3f}",
        f"{one.ten:.3f}",
    )


def _verdicts(ours: Figures, basis: Figures | None) -> Iterator[str]:
    """What was asked of the look-up, and whether it holds."""
    yield ", ".join(f"{name} {value:.3g}" for name, value in ours.notes.items())
    if ours.size in BARS:
        p50, p99 = BARS[ours.size]
        yield _verdict(f"p50 ≤ {p50} ms and p99 ≤ {p99} ms", met=ours.p50 <= p50 and ours.p99 <= p99)
    if ours.size in QUALITY:
        first, ten = QUALITY[ours.size]
        yield _verdict(f"R@1 ≥ {first} and R@10 ≥ {ten}", met=ours.first >= first and ours.ten >= ten)
    if basis:
        yield _verdict(f"build ≤ {MOST_BUILD} × bm25s", met=ours.build <= MOST_BUILD * basis.build)
    yield _verdict(f"index ≤ {MOST_BYTES} B a title", met=ours.notes["index bytes a title"] <= MOST_BYTES)


def _verdict(bar: str, *, met: bool) -> str:
    return f"{bar}: {'met' if met else 'MISSED'}"


def _row(cells: Sequence[str]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    return " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


if __name__ == "__main__":
    main()
