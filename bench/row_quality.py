"""Quality of the row look-up on judged questions: does the finding hold what a right answer must contain?

    python bench/row_quality.py TABLES.csv ROWS.csv [CATALOGUE.csv] [--wrong]

TABLES.csv is a catalogue file with resources, CATALOGUE.csv one whose titles stand beside them, ROWS.csv has question,
kind, table, must_contain, must_not_contain.
"""

import asyncio
import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.findings import Findings, RowForm
from bot.core.text import fold
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup, find
from bot.search.places import load_places
from bot.search.table import TableIndex

ROOT = Path(__file__).resolve().parent.parent


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load_table(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = file.read()
    delimiter = ";" if text.count(";") > text.count(",") else ","
    lines = list(csv.reader(text.splitlines(), delimiter=delimiter))
    width = max(map(len, lines))
    header, *rows = (tuple(line) for line in lines if len(line) == width)
    if not rows[0][0].strip():
        header, rows = joined_headings(header, rows[0]), rows[1:]
    return Table(hash=path.name, columns=header, rows=tuple(rows))


def joined_headings(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    """One heading a column from two rows of headings, the upper one printed once for several columns."""
    above, found = "", []
    for over, under in zip(upper, lower, strict=True):
        above = over.strip() or above
        found.append(f"{above} {under}".strip())
    return tuple(found)


def compact(text: str) -> str:
    return fold(text).replace(" ", "").replace(".", "").replace(",", "")


def said(findings: Findings) -> str:
    """Everything that an answer made of the figures could print."""
    found = findings.figures
    if found is None:
        return ""
    words = [found.dataset.title] if found.form is RowForm.COUNT else []
    words += [str(found.total), *(f"{label} {count}" for label, count in found.breakdown)]
    shown = set(found.asked) | {found.name} if found.form is RowForm.CELL else set(range(len(found.columns)))
    for row in found.rows if found.form is not RowForm.COUNT else ():
        words += [f"{row[column]} {found.columns[column].unit}" for column in sorted(shown)]
    return " | ".join(words)


def right(row: dict[str, str], findings: Findings) -> bool:
    text = compact(said(findings))
    must = [compact(part) for part in row["must_contain"].split(" | ") if part]
    never = [compact(part) for part in row["must_not_contain"].split(" | ") if part]
    return all(part in text for part in must) and not any(part in text for part in never)


async def main() -> None:
    files = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    tables: dict[str, TableIndex] = {}
    datasets = []
    for number, row in enumerate(read(files[0])):
        path = files[0].parent / row["resources"]
        table = load_table(path)
        tables[table.hash] = TableIndex.build(table)
        resource = Resource(position=0, fields=table.columns, row_count=len(table.rows), table=table.hash)
        fields = {key: row[key] for key in ("title", "province", "theme", "publisher", "description", "licence")}
        datasets.append(Dataset(code=f"t{number}", resources=(resource,), **fields))
    for number, row in enumerate(read(files[2]) if len(files) > 2 else ()):
        fields = {key: row[key] for key in ("title", "province", "theme", "publisher", "description")}
        datasets.append(Dataset(code=f"c{number}", **fields))
    lexicon, places = load_lexicon(ROOT / "data/synonyms"), load_places(ROOT / "data/places")
    lookup = Lookup.build(datasets, lexicon=lexicon, places=places, version=1)

    async def load(content: str) -> TableIndex:
        return tables[content]

    kinds: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    times = []
    for row in read(files[1]):
        started = time.perf_counter()
        findings = await find(lookup, row["question"], load_table=load)
        times.append(1000 * (time.perf_counter() - started))
        good = right(row, findings)
        kinds[row["kind"]].append((good, findings.figures is None))
        if "--wrong" in sys.argv and not good:
            found = findings.figures
            form = f"{found.form} {found.score:.2f} {found.dataset.title}" if found else findings.decision
            print(
                row["kind"], row["question"], row["must_contain"], row["table"], form, said(findings)[:150], sep=" | "
            )
    for kind, judged in sorted(kinds.items()):
        print(f"{kind:16} n {len(judged):3}  right {sum(g for g, _ in judged):3}  silent {sum(s for _, s in judged):3}")
    every = [pair for judged in kinds.values() for pair in judged]
    wrong = sum(not good and not silent for good, silent in every)
    print(f"all  n {len(every)}  right {sum(g for g, _ in every)}  wrong {wrong}")
    print(f"p50 {sorted(times)[len(times) // 2]:.2f} ms  max {max(times):.2f} ms")


if __name__ == "__main__":
    asyncio.run(main())
