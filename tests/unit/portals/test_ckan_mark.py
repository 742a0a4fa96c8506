"""Where the next reading of a CKAN portal goes on."""

import pytest

from gateway.ckan.mark import ReadingMark, Watch, read_mark


def package(id_: str, modified: str | None) -> dict[str, object]:
    return {"id": id_, "metadata_modified": modified}


def mark_of(*packages: dict[str, object], before: ReadingMark | None = None) -> ReadingMark:
    watch = Watch(before)
    for each in packages:
        watch.note(each)
    mark = watch.mark(set())
    assert mark is not None
    return mark


def test_a_mark_is_the_newest_change_and_what_changed_a_day_before_it():
    mark = mark_of(
        package("a", "2026-10-01T00:00:00.000000"),
        package("b", "2026-11-01T12:00:00.000001"),
        package("c", "2026-11-01T02:00:00.000000"),
    )
    assert mark.since == "2026-10-31T12:00:00Z"
    assert set(mark.recent) == {"b", "c"}
    assert mark.knows(package("b", "2026-11-01T12:00:00.000001"))
    assert not mark.knows(package("b", "2026-11-01T12:00:00.000002"))
    assert not mark.knows(package("a", "2026-10-01T00:00:00.000000"))


def test_a_mark_survives_being_kept():
    mark = mark_of(package("b", "2026-11-01T12:00:00.000001"))
    assert read_mark(mark.write()) == mark


def test_a_mark_never_goes_back():
    first = mark_of(package("b", "2026-11-01T12:00:00"))
    assert mark_of(package("a", "2026-10-30T00:00:00"), before=first) == first


def test_a_mark_stays_small_when_everything_changes_at_once():
    mark = mark_of(*(package(str(number), "2026-11-01T12:00:00") for number in range(2001)))
    kept = read_mark(mark.write())
    assert kept is not None
    assert kept.recent == {}
    assert kept.newest == mark.newest


def test_a_portal_without_times_has_no_mark():
    watch = Watch(None)
    watch.note(package("a", None))
    watch.note(package("b", "hôm qua"))
    assert watch.mark(set()) is None


@pytest.mark.parametrize(
    "text", ["", "x", "5", "[]", "null", '{"ckan":2}', '{"ckan":1,"newest":"x"}', '{"ckan":1,"newest":5}']
)
def test_anything_else_is_no_mark(text: str):
    assert read_mark(text) is None
