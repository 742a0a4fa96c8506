"""A sheet is read whole or refused with one sentence that says where and why."""

from pathlib import Path

import pytest

from gateway.tables.loading import load_book
from gateway.tables.sheet import LIMITS, MIB, Limits, Record, SheetError

DELIMITERS = {
    "a comma": "ten,gia\nGạo,1\nNgô,2\n",
    "a semicolon, as spreadsheets save it here": "ten;gia\nGạo;1\nNgô;2\n",
    "a semicolon beside decimal commas": "ten;gia\nGạo;1,5\nNgô;2,5\n",
    "a tabulator": "ten\tgia\nGạo\t1\nNgô\t2\n",
    "a comma beside lists": 'ten,gia\n"Gạo; tẻ; nếp",1\nNgô; bắp,2\n',
}
REFUSED = {
    "empty": (b"", "the file is empty"),
    "blank lines only": (b"\n , \n\n", "the file is empty"),
    "a mark and nothing else": (b"\xef\xbb\xbf", "the file is empty"),
    "a NUL character": (b"a,b\n1,\x00\n", "line 2 holds a NUL character"),
    "UTF-16 that breaks off": ("a,b\n1,2\n".encode("utf-16")[:-1], "line 2 is damaged: it is not in UTF-16"),
    "UTF-8 that breaks off": (b"\xef\xbb\xbfa,b\n1,\xc3\n", "line 2 is damaged: it is not in UTF-8"),
    "NUL characters in UTF-16": ("a,b\n1,\0\n".encode("utf-16"), "line 2 holds a NUL character"),
    "a web page without a table": (b"<!DOCTYPE html><p>x", "the page holds no table"),
    "XML": (b'<?xml version="1.0"?><a/>', "the file is XML"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "the file is a picture"),
    "an archive": (b"Rar!\x1a\x07", "the file is a RAR archive; unpack it first"),
    "an old encoding without evidence": (b"a,b\n1,2\nG\xe3,3\n", "line 3 is not in UTF-8, and the words do not tell"),
    "a quotation mark never closed": (b'a,b\n1,2\n3,"4\n5,6\n', "begins in line 3 is not CSV"),
    "a quotation mark closed too early": (b'a,b\n"1"2,3\n', "begins in line 2 is not CSV"),
    "a cell of a megabyte": (b"a,b\n" + b"x" * 2**20 + b",1\n", "begins in line 2 is not CSV"),
}


def read_records(file: Path, limits: Limits = LIMITS) -> list[Record]:
    (sheet,) = load_book(file, limits=limits).sheets
    return list(sheet.records)


def written(folder: Path, content: bytes) -> Path:
    file = folder / "sheet.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("text", DELIMITERS.values(), ids=DELIMITERS)
def test_the_delimiter_is_found_out(tmp_path, text):
    assert {len(record.cells) for record in read_records(written(tmp_path, text.encode()))} == {2}


def test_the_line_that_tells_excel_the_delimiter_is_no_record(tmp_path):
    file = written(tmp_path, b"sep=;\r\nten;gia\r\nx;1\r\n")
    assert [record.cells for record in read_records(file)] == [("ten", "gia"), ("x", "1")]


def test_a_mark_at_the_beginning_and_blanks_are_no_part_of_a_cell(tmp_path):
    file = written(tmp_path, b"\xef\xbb\xbf ten , gia\r\n  G\xe1\xba\xa1o,1 \r\n")
    assert [record.cells for record in read_records(file)] == [("ten", "gia"), ("Gạo", "1")]


def test_a_record_knows_the_line_it_begins_in(tmp_path):
    file = written(tmp_path, b'a,b\n"one\ntwo",2\n\n3,4\n')
    assert read_records(file)[1:] == [Record(line=2, cells=("one\ntwo", "2")), Record(line=5, cells=("3", "4"))]


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_sheet_is_refused_with_its_place(tmp_path, content, reason):
    with pytest.raises(SheetError, match=reason) as refused:
        read_records(written(tmp_path, content))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SheetError, match="there is no such file"):
        read_records(tmp_path / "none.csv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SheetError, match="there is no such file"):
        read_records(tmp_path)


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    file = written(tmp_path, b"a,b\n" * 300_000)
    with pytest.raises(SheetError, match="larger than 1 MB"):
        read_records(file, Limits(bytes=MIB))


def test_as_many_rows_as_allowed_are_read_beside_the_header(tmp_path):
    assert len(read_records(written(tmp_path, b"a,b\n" * 11), Limits(rows=10))) == 11


def test_rows_beyond_the_limit_are_refused(tmp_path):
    file = written(tmp_path, b"a,b\n" * 12)
    with pytest.raises(SheetError, match="more than 10 rows"):
        read_records(file, Limits(rows=10))


def test_columns_beyond_the_limit_are_refused(tmp_path):
    with pytest.raises(SheetError, match="more than 3 columns"):
        read_records(written(tmp_path, b"a,b,c,d\n"), Limits(columns=3))
