"""Quality of the look-up on judged questions, by kind: hit@1, hit@3, recall@10, and honest "không có".

    python bench/lookup_quality.py CATALOGUE.csv QUERIES.csv [--wrong]

CATALOGUE.csv has the columns of a catalogue file, QUERIES.csv query, kind, relevant_titles (joined by " | ").
"""

import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

from bot.core.catalogue import Dataset
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.places import load_places

ROOT = Path(__file__).resolve().parent.parent


def load(path: Path) -> Lookup:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    datasets = [
        Dataset(
            code=str(number),
            title=row["title"],
            province=row.get("province", ""),
            description=row.get("description", ""),
            publisher=row.get("publisher", ""),
            theme=row.get("theme", ""),
            fields=tuple(part.strip() for part in row.get("fields", "").split(";") if part.strip()),
        )
        for number, row in enumerate(rows)
    ]
    lexicon, places = load_lexicon(ROOT / "data/synonyms"), load_places(ROOT / "data/places")
    return Lookup.build(datasets, lexicon=lexicon, places=places, version=1)


def judge(lookup: Lookup, row: dict[str, str]) -> dict[str, float]:
    relevant = [title for title in row["relevant_titles"].split(" | ") if title]
    started = time.perf_counter()
    findings = lookup.titles(row["query"])
    milliseconds = 1000 * (time.perf_counter() - started)
    titles = [hit.dataset.title for hit in findings.hits] if findings.answered else []
    wanted = set(relevant)
    return {
        "answerable": float(bool(relevant)),
        "answered": float(findings.answered),
        "hit@1": float(bool(wanted & set(titles[:1]))),
        "hit@3": float(bool(wanted & set(titles[:3]))),
        "primary@1": float(titles[:1] == [row["primary_title"]]),
        "recall@10": len(wanted & set(titles[:10])) / min(10, len(wanted)) if wanted else 0.0,
        "ms": milliseconds,
    }


def mean(rows: list[dict[str, float]], key: str) -> float:
    return sum(row[key] for row in rows) / len(rows) if rows else float("nan")


def report(name: str, rows: list[dict[str, float]]) -> None:
    asked = [row for row in rows if row["answerable"]]
    none = [row for row in rows if not row["answerable"]]
    silent = [row for row in rows if not row["answered"]]
    precision = 1 - mean(silent, "answerable")
    figures = "  ".join(f"{key} {mean(asked, key):.3f}" for key in ("hit@1", "hit@3", "primary@1", "recall@10"))
    print(
        f"{name:26} n {len(rows):4}  {figures}  none: recall {1 - mean(none, 'answered'):.3f} precision {precision:.3f}"
    )


def main() -> None:
    lookup = load(Path(sys.argv[1]))
    with Path(sys.argv[2]).open(encoding="utf-8-sig", newline="") as file:
        queries = list(csv.DictReader(file))
    kinds: dict[str, list[dict[str, float]]] = defaultdict(list)
    for row in queries:
        judged = judge(lookup, row)
        kinds[row["kind"]].append(judged)
        if "--wrong" in sys.argv and not judged["hit@3"] and (judged["answerable"] or judged["answered"]):
            findings = lookup.titles(row["query"])
            print(row["kind"], "|", row["query"], "|", row["primary_title"], "|", findings.decision.value)
            for hit in lookup.rank(lookup.understand(row["query"]), (), 3):
                print(f"     {hit.score:.2f} {hit.dataset.title}", {k: round(v, 2) for k, v in hit.why.items()})
    for kind, rows in sorted(kinds.items()):
        report(kind, rows)
    every = [row for rows in kinds.values() for row in rows]
    report("all", every)
    times = sorted(row["ms"] for row in every)
    print(f"p50 {times[len(times) // 2]:.2f} ms  p99 {times[int(len(times) * 0.99)]:.2f} ms")


if __name__ == "__main__":
    main()
