"""Rows on disk: the same table as in memory, read as often as wanted, and no file that a kill could leave behind."""

from bot.store.table import make_table
from gateway.downloads.page import told_by_page
from gateway.downloads.spool import RowSpool, unnamed_file

ROWS = [("Bình Sơn", "1\n2"), ("", '"'), ("\u2028", "€ 😀")]
TABLE = b"<html><table><tr><td>a</td></tr></table></html>"


def test_spooled_rows_make_the_same_table_and_can_be_read_again():
    with RowSpool(["a", "b"]) as spool:
        for row in ROWS:
            spool.add(row)
        assert list(spool) == list(spool) == ROWS
        assert spool.head.hash == make_table(["a", "b"], ROWS).hash
        assert (spool.head.row_count, spool.head.columns) == (3, ("a", "b"))


def test_a_spool_without_rows_is_a_table_without_rows():
    with RowSpool(["a"]) as spool:
        assert list(spool) == []
        assert spool.head.hash == make_table(["a"], []).hash


def test_a_download_has_no_name_that_could_outlive_it():
    with unnamed_file() as path:
        path.write_bytes(b"abc")
        assert path.read_bytes() == b"abc"
        assert str(path.readlink()).endswith("(deleted)")
    assert not path.exists()


def test_a_page_is_no_failure_where_a_portal_may_publish_pages(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(TABLE)
    told = {
        form: told_by_page(file, form=form, said="") for form in ("", "XLS", "html", "URL", "CSV", "text/csv", ".json")
    }
    assert [form for form, told in told.items() if told] == ["CSV", "text/csv", ".json"]
