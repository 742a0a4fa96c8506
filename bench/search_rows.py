"""Search in a million rows, in one table and in many: ``python -m bench.search_rows [--quick]``.

Builds and asks mapped index files as the service does, one question after the other.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from random import Random

from bench.conditions import conditions, percentile
from bench.registers import COLUMNS, Registers, questions, registers, rows
from bench.table import Line, show, show_head
from bot.core.catalogue import Dataset, Resource
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup, find
from bot.search.packed import write_packed
from bot.search.places import load_places
from bot.search.table import TableIndex, open_table
from bot.search.table_builder import TableBuilder
from gateway.deployment import DATA

BAR_MS = 50.0
_PORTION = 1000
_MB = 1e6


def main() -> None:
    """Measure and print."""
    held, asked, tables = (20_000, 20, 10) if "--quick" in sys.argv[1:] else (1_000_000, 1000, 200)
    show_head(conditions())
    with tempfile.TemporaryDirectory() as folder:
        for line in chain(_one(Path(folder), held, asked), _many(Path(folder), held, asked, tables)):
            show(line)


def _one(folder: Path, held: int, asked: int) -> Iterator[Line]:
    random, begun = Random(1), time.perf_counter()
    builder = TableBuilder("one", COLUMNS)
    for first in range(0, held, _PORTION):
        builder.add(list(rows(_PORTION, random, first=first)))
    packed = builder.packed()
    write_packed(folder / "one", packed.arrays, packed.facts)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB
    size = (folder / "one").stat().st_size / _MB
    yield Line(
        what=f"index one table of {held} rows", figure=f"{seconds:.1f} s, peak {peak:.0f} MB, file {size:.0f} MB"
    )
    published = Resource(position=0, format="csv", fields=COLUMNS, row_count=held, table="one")
    dataset = Dataset(code="dn", title="Danh sách doanh nghiệp đăng ký", province="Toàn quốc", resources=(published,))
    tables = {"one": open_table(folder / "one")}
    yield from _asked(f"one table of {held} rows", [dataset], tables, questions(asked, held, random))


def _many(folder: Path, held: int, asked: int, count: int) -> Iterator[Line]:
    random = Random(2)
    made: Registers = registers(count, held // count, random)
    begun = time.perf_counter()
    for table in made.tables:
        builder = TableBuilder(table.hash, table.columns)
        builder.add(table.rows)
        packed = builder.packed()
        write_packed(folder / table.hash, packed.arrays, packed.facts)
    each = (time.perf_counter() - begun) / count
    begun = time.perf_counter()
    tables = {table.hash: open_table(folder / table.hash) for table in made.tables}
    opening = 1000 * (time.perf_counter() - begun) / count
    yield Line(what=f"index {count} tables", figure=f"{each:.2f} s each, opened in {opening:.2f} ms each")
    yield from _asked(f"{count} tables, {held} rows in all", made.datasets, tables, questions(asked, held, random))


def _asked(
    what: str, datasets: Sequence[Dataset], tables: Mapping[str, TableIndex], asked: Sequence[str]
) -> Iterator[Line]:
    lexicon, places = load_lexicon(DATA / "synonyms"), load_places(DATA / "places")
    lookup = Lookup.build(datasets, lexicon=lexicon, places=places, version=1)
    for name in ("first time", "again"):
        times, computed = asyncio.run(_ask(lookup, tables, asked))
        p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
        figure = f"p50 {p50:.1f}, p99 {p99:.1f}, longest {max(times):.1f} ms"
        ratio = f"CPU p50 {percentile(computed, 0.5):.1f}, p99 {percentile(computed, 0.99):.1f} ms"
        yield Line(what=f"{what}, {name}", figure=figure, ratio=ratio, bar=f"p99 {BAR_MS:.0f} ms", met=p99 <= BAR_MS)


async def _ask(
    lookup: Lookup, tables: Mapping[str, TableIndex], asked: Sequence[str]
) -> tuple[list[float], list[float]]:
    """How long each question took, and how much of that this process computed, in ms."""

    async def load(content: str) -> TableIndex:
        return tables[content]

    times, computed = [], []
    for question in asked:
        begun, before = time.perf_counter(), time.process_time()
        await find(lookup, question, load_table=load)
        times.append(1000 * (time.perf_counter() - begun))
        computed.append(1000 * (time.process_time() - before))
    return times, computed


if __name__ == "__main__":
    main()
