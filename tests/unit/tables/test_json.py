"""JSON as portals wrap it: rows found, headings from the dictionary of fields, and what is cut off said."""

import json

import pytest

from gateway.tables.loading import load_tables
from gateway.tables.sheet import Limits, NoTableError, SheetError

TWO = [{"xa": "A", "so": 1}, {"xa": "B", "so": 2}]
ROWS = (("A", "1"), ("B", "2"))
WRAPPERS = {
    "a bare list": TWO,
    "data with a count": {"data": TWO, "totalRows": 2},
    "news": {"totalCount": 2, "newsList": TWO},
    "an answer with a code": {"code": 200, "message": "OK", "data": TWO},
    "a chart beside": {"chart": [{"x": 1}], "grid": TWO},
    "a result of CKAN": {"success": True, "result": {"fields": [{"id": "xa"}], "records": TWO, "total": 2}},
    "places": {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": row} for row in TWO]},
    "a name of its own": {"danhsach": TWO},
    "lists": [["xa", "so"], ["A", 1], ["B", 2]],
}
DICTIONARIES = {
    "by key": [{"khoa": "xa", "tentruong": "Xã", "mota": "tên"}, {"khoa": "so", "tentruong": "Số hộ", "mota": ""}],
    "by name": [{"khoa": 1, "tentruong": "xa", "mota": "Xã"}, {"khoa": 0, "tentruong": "so", "mota": "Số hộ"}],
}
NO_ROWS = {
    "an empty list": ([], NoTableError, "no list of rows"),
    "no row": ({"data": [], "totalRows": 0}, NoTableError, "no list of rows"),
    "an error": ({"code": 500, "message": "x"}, SheetError, "the message of an error"),
    "a failure": ({"success": False, "error": {"message": "x"}}, SheetError, "the message of an error"),
}


def load(folder, document, **limits):
    file = folder / "a.bin"
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    file.write_text(text, encoding="utf-8")
    return load_tables(file, limits=Limits(**limits))


@pytest.mark.parametrize("document", WRAPPERS.values(), ids=WRAPPERS)
def test_rows_are_found_in_whatever_they_are_wrapped(tmp_path, document):
    (loaded,) = load(tmp_path, document).tables
    assert (loaded.table.columns, loaded.table.rows) == (("xa", "so"), ROWS)


@pytest.mark.parametrize("dictionary", DICTIONARIES.values(), ids=DICTIONARIES)
def test_the_dictionary_of_fields_gives_the_headings(tmp_path, dictionary):
    (loaded,) = load(tmp_path, {"code": 200, "data": TWO, "hienthi": dictionary}).tables
    assert loaded.table.columns == ("Xã", "Số hộ")


def test_what_the_portal_cuts_off_is_said(tmp_path):
    assert load(tmp_path, {"data": TWO, "totalRows": 190}).notices == (
        "the file holds 2 of 190 rows: its portal cuts it off",
    )


def test_values_stay_as_they_are_printed(tmp_path):
    text = '[{"a": 1.50, "b": null, "c": true, "d": "0123", "e": [1, "x"]}, {"f": 1e3}]'
    (loaded,) = load(tmp_path, text).tables
    assert loaded.table.rows == (("1.50", "", "true", "0123", '["1","x"]', ""), ("", "", "", "", "", "1e3"))


@pytest.mark.parametrize(("document", "error", "told"), NO_ROWS.values(), ids=NO_ROWS)
def test_what_holds_no_rows_is_told_apart_from_an_error(tmp_path, document, error, told):
    with pytest.raises(error, match=told):
        load(tmp_path, document)


def test_half_a_document_is_refused_with_its_line(tmp_path):
    with pytest.raises(SheetError, match="line 2 is not JSON"):
        load(tmp_path, '[{"a": 1},\n{"a"')


def test_a_document_too_deep_or_too_large_is_refused(tmp_path):
    with pytest.raises(SheetError, match="damaged or incomplete"):
        load(tmp_path, '{"a":' * 100_000)
    with pytest.raises(SheetError, match="too large for this format"):
        load(tmp_path, TWO, part=10)
    with pytest.raises(SheetError, match="more than 1 rows"):
        load(tmp_path, TWO, rows=1)
