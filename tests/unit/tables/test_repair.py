"""Cells typed with an old font become Unicode, and nothing else changes."""

from gateway.tables.repair import repair
from gateway.tables.sheet import Book, Record, Sheet


def book(*rows: tuple[str, ...], name: str = "Biểu 1") -> Book:
    return Book(sheets=(Sheet(name=name, records=[Record(line=1, cells=row) for row in rows]),))


def texts(repaired: Book) -> list[tuple[str, ...]]:
    return [record.cells for record in repaired.sheets[0].records]


def test_a_sheet_in_an_old_font_is_read_whole_and_said_to_be_guessed():
    repaired = repair(book(("X·", "Sè hé", "km²"), ("NghÜa ThuËn", "85", "d©n sè"), name="BiÓu"))
    assert texts(repaired) == [("Xã", "Số hộ", "km²"), ("Nghĩa Thuận", "85", "dân số")]
    assert repaired.notices == ("BiÓu: letters of the font encoding TCVN3 (ABC) are read as Unicode (guessed)",)
    assert repaired.sheets[0].name == "Biểu"


def test_vni_is_told_from_tcvn3():
    assert texts(repair(book(("Xaõ", "Soá hoä"), ("Nghóa Thuaän", "Moä Ñöùc")))) == [
        ("Xã", "Số hộ"),
        ("Nghĩa Thuận", "Mộ Đức"),
    ]


def test_in_a_sheet_that_mixes_fonts_only_strange_cells_change():
    repaired = repair(book(("Xã", "Số hộ", "Hà"), ("NghÜa ThuËn", "B×nh Ch­¬ng", "NghÌo")))
    assert texts(repaired) == [("Xã", "Số hộ", "Hà"), ("Nghĩa Thuận", "Bình Chương", "Nghèo")]


def test_unicode_stays_as_it_is():
    plain = book(("Xã", "Số hộ", "café", "Größe"), ("Nghĩa Thuận", "Đăk Glei", "naïve", "±5°"))
    assert repair(plain) == plain


def test_too_few_words_are_no_evidence():
    plain = book(("Sè", "T×m", "abc"))
    assert repair(plain) == plain
