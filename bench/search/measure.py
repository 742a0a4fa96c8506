"""One engine, one catalogue, one process: how long it takes to build and to answer, what it takes, how right it is."""

import ctypes
import gc
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.conditions import percentile
from bench.search.ours import Look
from bench.search.peers import PEERS, TEN, Ask
from bench.search.questions import KINDS, Asked, folded

OURS = "tracuu"
_PAGE = 4096
_FEWEST = len(KINDS)


@dataclass(slots=True)
class Figures:
    """What one engine did: seconds, bytes a title, milliseconds a question, shares of questions answered."""

    engine: str
    size: int
    questions: int = 0
    build: float = 0.0
    resident: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    cpu50: float = 0.0
    cpu99: float = 0.0
    first: float = 0.0
    ten: float = 0.0
    kinds: dict[str, tuple[float, float]] = field(default_factory=dict)
    notes: dict[str, float] = field(default_factory=dict)


def measure(engine: str, titles: Sequence[str], questions: Sequence[Asked], seconds: float) -> Figures:
    """Figures of ``engine``; questions are asked in turn until ``seconds`` are over, at least one of every kind."""
    before, begin = _resident(), time.perf_counter()
    ask: Ask = Look(titles) if engine == OURS else PEERS[engine](titles)
    figures = Figures(engine=engine, size=len(titles), build=time.perf_counter() - begin)
    figures.resident = (_resident() - before) / len(titles)
    if isinstance(ask, Look):
        figures.notes = {"index bytes a title": ask.index_bytes() / len(titles), "seconds to open": ask.open_seconds()}
    _ask_all(ask, titles, questions, seconds, figures)
    return figures


def _ask_all(ask: Ask, titles: Sequence[str], questions: Sequence[Asked], seconds: float, figures: Figures) -> None:
    for asked in questions[:2]:
        ask(asked.text)  # whatever is compiled or cached at the first question
    times: list[float] = []
    cpu: list[float] = []
    right: dict[str, list[tuple[bool, bool]]] = {}
    begin = time.perf_counter()
    for number, asked in enumerate(questions):
        if number >= _FEWEST and number % _FEWEST == 0 and time.perf_counter() - begin > seconds:
            break
        started, used = time.perf_counter(), time.process_time()
        found = ask(asked.text)
        times.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - used))
        fits = [_answers(asked, position, titles) for position in found[:TEN]]
        right.setdefault(asked.kind, []).append((any(fits[:1]), any(fits)))
    figures.questions = len(times)
    figures.p50, figures.p99 = percentile(times, 0.5), percentile(times, 0.99)
    figures.cpu50, figures.cpu99 = percentile(cpu, 0.5), percentile(cpu, 0.99)
    every = [pair for pairs in right.values() for pair in pairs]
    figures.first, figures.ten = _shares(every)
    figures.kinds = {kind: _shares(pairs) for kind, pairs in right.items()}


def _answers(asked: Asked, position: int, titles: Sequence[str]) -> bool:
    if not asked.phrases:
        return position == asked.target
    text = f" {folded(titles[position])} "
    return all(f" {phrase} " in text for phrase in asked.phrases)


def _shares(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    return sum(first for first, _ in pairs) / len(pairs), sum(ten for _, ten in pairs) / len(pairs)


def _resident() -> int:
    """Bytes of memory held, without what was freed and only waits for being used again."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def to_json(figures: Figures) -> str:
    """``figures`` as one line."""
    return json.dumps(asdict(figures))
