"""Whatever a file holds, reading its tables ends in tables or in one sentence."""

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.tables.letters import from_tcvn3, from_vni
from gateway.tables.loading import load_tables
from gateway.tables.number_format import print_cell
from gateway.tables.sheet import Limits, SheetError
from tests.support.sheets import write_docx, write_pdf, write_xls, write_xlsx

MAGICS = [
    b"",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"a;b\n",
]
ROWS = [["TT", "Xã", "Số hộ"], [1, "Xã A", 12.5], [2, "Xã B", None]]
LIMITS = Limits(rows=1000, unpacked=10 * 2**20)
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["", " ", "2019", "12,5", "Đơn vị: ha", "(1)"]
)


def load(content: bytes) -> None:
    """Read a file; anything but tables of one width each, or a SheetError of one line, fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        file.write_bytes(content)
        loading = None
        try:
            loading = load_tables(file, limits=LIMITS)
        except SheetError as error:
            reason = str(error)
        else:
            reason = ""
    if reason:
        assert "\n" not in reason
        return
    assert loading is not None
    assert loading.tables
    for loaded in loading.tables:
        assert {len(row) for row in loaded.table.rows} <= {len(loaded.table.columns)}


@cache
def whole_files() -> dict[str, bytes]:
    """A small sound file of each binary format."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "table"
        text = [[str(cell or "") for cell in row] for row in ROWS]
        write_xlsx(file, {"Biểu": ROWS}, merged=["A2:A3"], formats={"C2": "#,##0.0"})
        found = {"xlsx": file.read_bytes()}
        found["xls"] = write_xls(file, ROWS, merged=[(1, 0, 2, 0)]).read_bytes()
        found["docx"] = write_docx(file, ["Bảng 1", text], merged=[(1, 0, 2, 0)]).read_bytes()
        found["pdf"] = write_pdf(file, [["Bảng 1", text]], spans={}).read_bytes()
    return found


@PATIENT
@given(st.sampled_from(MAGICS), st.binary(max_size=400))
def test_no_bytes_whatever_do_worse_than_being_refused(magic: bytes, rest: bytes) -> None:
    load(magic + rest)


@PATIENT
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(whole_files()[data.draw(st.sampled_from(["xls", "xlsx", "docx", "pdf"]))])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    load(bytes(content[: data.draw(st.integers(1, len(content)) | st.just(len(content)))]))


@PATIENT
@given(st.data())
def test_an_archive_with_a_damaged_part_is_read_or_refused(data: st.DataObject) -> None:
    whole = zipfile.ZipFile(io.BytesIO(whole_files()[data.draw(st.sampled_from(["xlsx", "docx"]))]))
    parts = {name: bytearray(whole.read(name)) for name in whole.namelist()}
    part = parts[data.draw(st.sampled_from(sorted(parts)))]
    start = data.draw(st.integers(0, len(part)))
    part[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, bytes(content))
    load(packed.getvalue())


@PATIENT
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_any_rows_of_cells_are_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    load("\n".join(delimiter.join(row) for row in rows).encode())


@PATIENT
@given(
    st.lists(
        st.sampled_from(["<table>", "</table>", "<tr>", "<td>", "<td rowspan=3>", "<td colspan='2'>", "x", "1", "<p>"])
    )
)
def test_a_page_in_any_disorder_is_read_or_refused(pieces: list[str]) -> None:
    load(("<html>" + "".join(pieces)).encode())


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_reading_old_letters_never_fails(text: str) -> None:
    from_tcvn3(text)
    from_vni(text)


@given(st.floats() | st.integers(), st.text('#0?,.;%@E/[]"\\_*dmyhs -', max_size=12) | st.just("General"))
def test_any_number_is_printed_in_any_format(value: float, number_format: str) -> None:
    assert "\n" not in print_cell(value, number_format)
