"""The measures of judged questions, worked out by hand."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.search.evaluation import Given, Judged, measure, measure_kinds, read_judged


def given(relevant: str, titles: str, *, answered: bool = True, kind: str = "dau") -> Given:
    """A question whose titles are single letters; the first relevant one is the primary."""
    judged = Judged(query="?", kind=kind, relevant=frozenset(relevant), primary=relevant[:1])
    return Given(judged=judged, answered=answered, titles=tuple(titles))


def test_hits_count_from_the_first_place_on():
    measures = measure([given("a", "ab"), given("b", "ab"), given("d", "abcd"), given("a", "xyz")])
    assert (measures["hit@1"], measures["hit@3"], measures["primary@1"]) == (0.25, 0.5, 0.25)
    assert measures["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 4) / 4, abs=1e-4)


def test_recall_divides_by_what_ten_places_can_hold():
    assert measure([given("abcdefghijklmno", "abcdefghij")])["recall@10"] == 1.0
    assert measure([given("ab", "xa")])["recall@10"] == 0.5
    assert measure([given("a", "bcdefghijka")])["recall@10"] == 0.0


def test_titles_of_a_refusal_do_not_count():
    measures = measure([given("a", "a", answered=False)])
    assert (measures["hit@1"], measures["recall@10"], measures["mrr@10"]) == (0.0, 0.0, 0.0)


def test_refusals_are_judged_by_what_deserved_them():
    refusals = [given("", "a", answered=False), given("", "a"), given("a", "a", answered=False), given("a", "a")]
    measures = measure(refusals)
    assert (measures["no_answer_recall"], measures["no_answer_precision"]) == (0.5, 0.5)


def test_what_was_not_asked_is_not_measured():
    assert measure([])["hit@1"] is None
    assert measure([given("a", "a")])["no_answer_recall"] is None


def test_every_kind_is_measured_by_itself():
    kinds = measure_kinds([given("a", "a", kind="vni"), given("a", "b", kind="dau")])
    assert [(kind, measures["hit@1"]) for kind, measures in kinds.items()] == [("dau", 0.0), ("vni", 1.0)]


def test_judged_questions_are_read_as_they_are_written(tmp_path: Path):
    path = tmp_path / "judged.csv"
    path.write_text("\ufeffquery,kind,relevant_titles,primary_title\ndan so,dau,A | B,B\nhi,x,,\n", encoding="utf-8")
    first, second = read_judged(path)
    assert (first.query, first.relevant, first.primary) == ("dan so", frozenset("AB"), "B")
    assert second.relevant == frozenset()


@pytest.mark.parametrize(
    ("content", "reason"),
    [("query,kind,primary_title\n", "column is missing"), (None, "cannot be read")],
    ids=["a column is missing", "no such file"],
)
def test_a_file_that_is_not_judged_questions_is_refused(tmp_path: Path, content: str | None, reason: str):
    path = tmp_path / "judged.csv"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=reason):
        read_judged(path)
