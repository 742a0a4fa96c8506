"""A version of the catalogue as it is asked: datasets by number and code, their themes, provinces and titles.

It lies in arrays, in memory or in an index file: a million datasets must not be a million of Python's objects.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Dataset
from bot.search.index import TitleIndex
from bot.search.packed import Packed, Texts
from bot.search.words import NumberedTexts
from bot.store.dataset import from_document

_REMEMBERED = 2000


class Datasets(Sequence[Dataset]):
    """The datasets of JSON documents (:mod:`bot.store.dataset`), decoded when they are asked for."""

    __slots__ = ("_documents", "_memory")

    def __init__(self, documents: Texts) -> None:
        self._documents = documents
        self._memory: dict[int, Dataset] = {}

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, index: int) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Dataset, ...]: ...
    def __getitem__(self, index: int | slice) -> Dataset | tuple[Dataset, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        number = range(len(self))[index]
        dataset = self._memory.get(number)
        if dataset is None:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            dataset = self._memory[number] = self._decoded(number)
        return dataset

    def __iter__(self) -> Iterator[Dataset]:
        return map(self._decoded, range(len(self)))

    def _decoded(self, number: int) -> Dataset:
        return from_document(json.loads(self._documents[number]))


class Chosen(Sequence[Dataset]):
    """Some of the datasets of a catalogue, by their numbers."""

    __slots__ = ("_datasets", "_numbers")

    def __init__(self, datasets: Sequence[Dataset], numbers: Sequence[int] | NDArray[np.intp]) -> None:
        self._datasets, self._numbers = datasets, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Dataset, ...]: ...
    def __getitem__(self, index: int | slice) -> Dataset | tuple[Dataset, ...]:
        if isinstance(index, slice):
            return tuple(self._datasets[int(number)] for number in self._numbers[index])
        return self._datasets[int(self._numbers[index])]


@dataclass(frozen=True, slots=True)
class Labels:
    """One text for each dataset, of which there are few different ones: ``texts``, and which of them each has."""

    texts: tuple[str, ...]
    numbers: NDArray[np.uint32]

    @classmethod
    def of(cls, labels: Iterable[str]) -> "Labels":
        """Number ``labels`` in the order of their first dataset."""
        known: dict[str, int] = {}
        numbers = np.fromiter((known.setdefault(label, len(known)) for label in labels), np.uint32)
        return cls(tuple(known), numbers)

    @classmethod
    def opened(cls, packed: Packed, name: str) -> "Labels":
        """What was written as :meth:`arrays` under ``name``."""
        return cls(tuple(packed.texts(name)), packed.arrays[f"{name}.numbers"])

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What to write, so that :meth:`opened` finds it under ``name``."""
        return {**Texts.of(self.texts).arrays(name), f"{name}.numbers": self.numbers}

    def counts(self, allowed: NDArray[np.bool_]) -> dict[str, int]:
        """How many ``allowed`` datasets have each label, without those that have none."""
        counts = np.bincount(self.numbers[allowed], minlength=len(self.texts)).tolist()
        return {text: count for text, count in zip(self.texts, counts, strict=True) if text and count}

    def having(self, text: str, allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The numbers of the ``allowed`` datasets with the label ``text``."""
        if text not in self.texts:
            return np.zeros(0, np.intp)
        return np.flatnonzero((self.numbers == self.texts.index(text)) & allowed)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Datasets by number; ``codes`` are numbered like them, ``with_tables`` are the numbers of those with rows.

    ``tables`` are the content hashes of all loaded tables, ``cells`` how many cells each has.
    """

    datasets: Sequence[Dataset]
    codes: NumberedTexts
    titles: TitleIndex
    themes: Labels
    provinces: Labels
    with_tables: NDArray[np.int32]
    tables: Sequence[str]
    cells: NDArray[np.int64]

    @classmethod
    def of(cls, datasets: Sequence[Dataset]) -> "Catalogue":
        """Index ``datasets``, which are kept as they are. Pure computation."""
        with_tables: list[int] = []
        cells: dict[str, int] = {}
        for number, dataset in enumerate(datasets):
            loaded = {r.table: r.row_count * max(1, len(r.fields)) for r in dataset.resources if r.table}
            cells |= loaded
            with_tables += [number] if loaded else []
        return cls(
            datasets=datasets,
            codes=NumberedTexts.of(dataset.code for dataset in datasets),
            titles=TitleIndex.build(datasets),
            themes=Labels.of(dataset.theme for dataset in datasets),
            provinces=Labels.of(dataset.province for dataset in datasets),
            with_tables=np.array(with_tables, np.int32),
            tables=tuple(cells),
            cells=np.array(list(cells.values()), np.int64),
        )


def pack_catalogue(documents: Texts) -> Packed:
    """The catalogue of the JSON ``documents`` as an index file holds it. Pure computation."""
    catalogue = Catalogue.of(Datasets(documents))
    arrays = {
        **documents.arrays("documents"),
        **catalogue.codes.arrays("codes"),
        **catalogue.titles.arrays(),
        **catalogue.themes.arrays("themes"),
        **catalogue.provinces.arrays("provinces"),
        "with_tables": catalogue.with_tables,
        **Texts.of(catalogue.tables).arrays("tables"),
        "cells": catalogue.cells,
    }
    return Packed(arrays, catalogue.titles.facts())


def open_catalogue(packed: Packed) -> Catalogue:
    """The catalogue of :func:`pack_catalogue`."""
    return Catalogue(
        datasets=Datasets(packed.texts("documents")),
        codes=NumberedTexts.opened(packed, "codes"),
        titles=TitleIndex.opened(packed),
        themes=Labels.opened(packed, "themes"),
        provinces=Labels.opened(packed, "provinces"),
        with_tables=packed.arrays["with_tables"],
        tables=packed.texts("tables"),
        cells=packed.arrays["cells"],
    )
