"""A dataset survives being written down, and equal ones are written down equally."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalogue import Dataset, Resource
from bot.store.dataset import digest_of, from_document, to_document
from bot.store.types import to_json

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
texts = st.lists(text, max_size=3).map(tuple)
dates = st.none() | st.dates()
resources = st.builds(
    Resource, position=st.integers(0, 9), format=text, url=text, fields=texts, row_count=st.integers(0), table=st.none() | text.filter(bool)
)  # fmt: skip
datasets = st.builds(
    Dataset, code=text.filter(bool), title=text.filter(bool), province=text, description=text, publisher=text, theme=text, cycle=text,
    licence=text, format=text, url=text, fields=texts, issued_at=dates, published_at=dates, changed_at=dates,
    resources=st.lists(resources, max_size=3).map(tuple),
)  # fmt: skip


@given(datasets)
def test_a_dataset_comes_back_as_it_was(dataset):
    document = to_document(dataset)
    assert from_document(document) == dataset
    assert digest_of(document) == digest_of(to_document(from_document(document)))


def test_what_is_empty_is_not_written_down():
    dataset = Dataset(code="a", title="Lúa", changed_at=date(2025, 7, 1), resources=(Resource(position=0),))
    assert (
        to_json(to_document(dataset))
        == '{"changed_at":"2025-07-01","code":"a","resources":[{"position":0}],"title":"Lúa"}'
    )


@given(datasets, datasets)
def test_only_equal_datasets_share_a_digest(one, other):
    assert (digest_of(to_document(one)) == digest_of(to_document(other))) is (one == other)
