"""The look-up itself, by the way that every question takes: understanding, candidates, coverage, rank, decision."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.search.peers import TEN
from bot.core.catalogue import Dataset
from bot.search.index import TitleIndex
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.packed import open_packed, write_packed
from bot.search.places import load_places

DATA = Path(__file__).resolve().parents[2] / "data"


class Look:
    """An :data:`bench.search.peers.Ask` that also knows how large its index is."""

    def __init__(self, titles: Sequence[str]) -> None:
        datasets = [Dataset(code=str(number), title=title) for number, title in enumerate(titles)]
        lexicon, places = load_lexicon(DATA / "synonyms"), load_places(DATA / "places")
        self._lookup = Lookup.build(datasets, lexicon=lexicon, places=places, version=1)

    def __call__(self, question: str) -> Sequence[int]:
        return [int(hit.dataset.code) for hit in self._lookup.titles(question, limit=TEN).hits]

    def index_bytes(self) -> int:
        """How many bytes the arrays of the index take."""
        return sum(array.nbytes for array in self._lookup.index.arrays().values())

    def open_seconds(self) -> float:
        """How long it takes to open the index from its file."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "titles.index"
            write_packed(path, self._lookup.index.arrays(), self._lookup.index.facts())
            begin = time.perf_counter()
            TitleIndex.opened(open_packed(path))
            return time.perf_counter() - begin
