"""Speed and size of the title look-up on catalogues of any size, made from the titles of a real one.

    python bench/lookup_speed.py CATALOGUE.csv QUERIES.csv [SIZE …]

Every title is repeated for places and years until the size is reached, so that words are as frequent as in a portal
that publishes the same table for every commune and year. Prints the build, the memory it added, the time of a question.
"""

import csv
import gc
import itertools
import sys
import time
from pathlib import Path

from bot.core.catalogue import Dataset
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.places import load_places

ROOT = Path(__file__).resolve().parent.parent
PAGE = 4096


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def synthetic(titles: list[str], names: list[str], size: int) -> list[Dataset]:
    communes = [f"{left} {right}" for left, right in itertools.permutations(names[:20], 2)]
    scopes = [
        (name, f"xã {commune.split()[0]} {commune.split()[-1]} tỉnh {name}") for commune in communes for name in names
    ]
    made = ((title, *scope, year) for year in range(2010, 2030) for scope in scopes for title in titles)
    return [
        Dataset(code=str(number), title=f"{title} {place} năm {year}", province=province, publisher="Sở Tài chính")
        for number, (title, province, place, year) in enumerate(itertools.islice(made, size))
    ]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(size: int, titles: list[str], queries: list[str]) -> None:
    lexicon, places = load_lexicon(ROOT / "data/synonyms"), load_places(ROOT / "data/places")
    datasets = synthetic(titles, [province.name for province in places.provinces.values()], size)
    gc.collect()
    before, started = resident(), time.perf_counter()
    lookup = Lookup.build(datasets, lexicon=lexicon, places=places, version=1)
    seconds = time.perf_counter() - started
    gc.collect()
    added = resident() - before
    asked = queries + [f"{title[:60]} quang ngai 2021" for title in titles[::7]]
    times = []
    for question in asked:
        started = time.perf_counter()
        lookup.titles(question)
        times.append(1000 * (time.perf_counter() - started))
    print(
        f"{size:8} titles  build {1e6 * seconds / size:5.1f} µs/title  memory {1e6 * added / size:6.0f} B/title  "
        f"p50 {percentile(times, 0.5):5.2f} ms  p99 {percentile(times, 0.99):5.2f} ms  max {max(times):5.2f} ms"
    )


def main() -> None:
    titles, queries = column(Path(sys.argv[1]), "title"), column(Path(sys.argv[2]), "query")
    for size in [int(argument) for argument in sys.argv[3:]] or [10_000, 100_000]:
        measure(size, titles, queries)


if __name__ == "__main__":
    main()
