"""What the look-up is measured beside. Each peer is built from titles and then gives the ten best positions.

Peers get folded words both for titles and questions (the time of folding counts), as an application would that uses
them; tantivy folds the titles itself. None of them understands a question: that is what is compared.
"""

import asyncio
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bench.search.questions import folded

Ask = Callable[[str], Sequence[int]]
"""The positions of the best ten titles for a question."""

TEN = 10
_SHORTEST_FUZZY = 3
_RERANKED = 200


def rapidfuzz_of(scorer: Callable[..., float]) -> Callable[[Sequence[str]], Ask]:
    """Every title compared with the question by ``scorer``."""

    def build(titles: Sequence[str]) -> Ask:
        texts = [folded(title) for title in titles]
        return lambda question: [
            position for _, _, position in process.extract(folded(question), texts, scorer=scorer, limit=TEN)
        ]

    return build


def fts5(titles: Sequence[str]) -> Ask:
    """SQLite FTS5: all words, or where no title has all of them, any."""
    database = sqlite3.connect(Path(tempfile.mkdtemp()) / "titles.db")
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE VIRTUAL TABLE titles USING fts5(words, content='', tokenize='unicode61')")
    database.executemany(
        "INSERT INTO titles (rowid, words) VALUES (?, ?)", ((n, folded(title)) for n, title in enumerate(titles))
    )
    database.execute("INSERT INTO titles (titles) VALUES ('optimize')")
    database.commit()
    best = f"SELECT rowid FROM titles WHERE titles MATCH ? ORDER BY rank LIMIT {TEN}"

    def ask(question: str) -> Sequence[int]:
        words = [f'"{word}"' for word in folded(question).split()]
        for joint in (" ", " OR ") if words else ():
            rows = database.execute(best, (joint.join(words),)).fetchall()
            if rows:
                return [row[0] for row in rows]
        return []

    return ask


def tantivy_of(*, fuzzy: bool) -> Callable[[Sequence[str]], Ask]:
    """Tantivy: any of the words, with ``fuzzy`` also those one slip away at half the weight."""

    def build(titles: Sequence[str]) -> Ask:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True, indexed=False, fast=True)
        builder.add_text_field("words", stored=False, tokenizer_name="folded")
        schema = builder.build()
        index = tantivy.Index(schema, path=tempfile.mkdtemp())
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        folding = analyzer.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold()).build()
        index.register_tokenizer("folded", folding)
        writer = index.writer(heap_size=200_000_000, num_threads=1)
        for number, title in enumerate(titles):
            writer.add_document(tantivy.Document(number=number, words=title))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()

        def clause(word: str) -> list[tuple[object, object]]:
            term = tantivy.Query.term_query(schema, "words", word)
            if not fuzzy or word.isdigit() or len(word) < _SHORTEST_FUZZY:
                return [(tantivy.Occur.Should, term)]
            near = tantivy.Query.fuzzy_term_query(schema, "words", word, distance=1, transposition_cost_one=True)
            boosted = tantivy.Query.boost_query(term, 2.0)
            return [(tantivy.Occur.Should, boosted), (tantivy.Occur.Should, near)]

        def ask(question: str) -> Sequence[int]:
            clauses = [part for word in folded(question).split() for part in clause(word)]
            hits = searcher.search(tantivy.Query.boolean_query(clauses), TEN).hits
            return [searcher.doc(address)["number"][0] for _, address in hits]

        return ask

    return build


def bm25s_of(*, spelling: bool = False, rerank: bool = False) -> Callable[[Sequence[str]], Ask]:
    """bm25s compiled by numba; with ``spelling`` unknown words become their nearest by symspellpy, with ``rerank``
    the best 200 are ordered again by rapidfuzz's token_set_ratio.
    """

    def build(titles: Sequence[str]) -> Ask:
        import bm25s

        texts = [folded(title) for title in titles]
        ids: dict[str, int] = {}
        words = [[ids.setdefault(word, len(ids)) for word in text.split()] for text in texts]
        index = bm25s.BM25(backend="numba")
        index.index(bm25s.tokenization.Tokenized(ids=words, vocab=ids), show_progress=False)
        index.activate_numba_scorer()
        corrected = _corrected(texts, ids) if spelling else str.split
        count = min(_RERANKED if rerank else TEN, len(titles))

        def ask(question: str) -> Sequence[int]:
            asked = corrected(folded(question))
            numbers = [ids[word] for word in asked if word in ids]
            if not numbers:
                return []
            found, scores = index.retrieve([numbers], k=count, show_progress=False, n_threads=0)
            best: list[int] = found[0].tolist()
            if rerank:
                texts_found = [texts[number] for number in best]
                alike = process.cdist([" ".join(asked)], texts_found, scorer=fuzz.token_set_ratio, dtype=np.float32)[0]
                best = [best[at] for at in np.argsort(-(alike + 0.01 * scores[0]), kind="stable")]
            return best[:TEN]

        return ask

    return build


def _corrected(texts: Sequence[str], ids: dict[str, int]) -> Callable[[str], list[str]]:
    from symspellpy import SymSpell, Verbosity

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    for word, count in Counter(word for text in texts for word in text.split()).items():
        speller.create_dictionary_entry(word, count)

    def corrected(text: str) -> list[str]:
        found: list[str] = []
        for word in text.split():
            known = word in ids or word.isdigit()
            near = [] if known else speller.lookup(word, Verbosity.CLOSEST, max_edit_distance=2)[:3]
            found += [each.term for each in near] or [word]
        return found

    return corrected


class Postgres:
    """PostgreSQL's full text search: all words, or where no title has all of them, any. It starts its own server."""

    _LOAD = (
        "CREATE TABLE titles AS SELECT number, to_tsvector('simple', words) AS words FROM raw",
        "CREATE INDEX ON titles USING gin (words)",
        "VACUUM ANALYZE titles",
    )
    _BEST = (
        "SELECT number FROM titles, to_tsquery('simple', $1) AS asked WHERE words @@ asked"
        f" ORDER BY ts_rank(words, asked, 1) DESC LIMIT {TEN}"
    )

    def __init__(self, titles: Sequence[str]) -> None:
        from tests.support.postgres import find_binaries, running_cluster

        binaries = find_binaries()
        if binaries is None:
            raise ModuleNotFoundError("PostgreSQL is not installed")
        self._stack = ExitStack()  # closed when the process ends
        self._runner = self._stack.enter_context(asyncio.Runner())
        cluster = self._stack.enter_context(running_cluster(binaries))
        self._connection = self._runner.run(self._load(cluster.url("postgres"), titles))

    async def _load(self, url: str, titles: Sequence[str]) -> Any:
        import asyncpg

        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE raw (number int, words text)")
        rows = [(number, folded(title)) for number, title in enumerate(titles)]
        await connection.copy_records_to_table("raw", records=rows)
        for statement in self._LOAD:
            await connection.execute(statement)
        return connection

    def __call__(self, question: str) -> Sequence[int]:
        words = folded(question).split()
        for joint in (" & ", " | ") if words else ():
            rows = self._runner.run(self._connection.fetch(self._BEST, joint.join(words)))
            if rows:
                return [row["number"] for row in rows]
        return []


PEERS: dict[str, Callable[[Sequence[str]], Ask]] = {
    "bm25s (numba)": bm25s_of(),
    "symspell + bm25s": bm25s_of(spelling=True),
    "symspell + bm25s + rerank 200": bm25s_of(spelling=True, rerank=True),
    "tantivy, terms": tantivy_of(fuzzy=False),
    "tantivy, fuzzy": tantivy_of(fuzzy=True),
    "SQLite FTS5, all or any": fts5,
    "PostgreSQL, all or any": Postgres,
    "rapidfuzz token_set_ratio": rapidfuzz_of(fuzz.token_set_ratio),
    "rapidfuzz WRatio": rapidfuzz_of(fuzz.WRatio),
}
"""By the name in the table."""
