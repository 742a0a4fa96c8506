"""The operator's own rows about columns, and what stops a start when a list is wrong."""

from pathlib import Path

import pytest

from bot.core.catalogue import Dataset
from bot.core.errors import ContentError
from bot.core.personal_values import MASK
from bot.store.table import make_table
from gateway.masking import fingerprint, load_personal_rules, mask_table
from tests.support.source import ROOT

FOLDER = ROOT / "data" / "personal"
TABLE = make_table(["Tên trường", "Hiệu trưởng", "Điện thoại"], [["Trường A", "Trần An", "0912345678"]])
DENY = '[[deny]]\ndataset = "D1"\ncolumn = "Hieu truong"\nreason = "xin không nêu tên"\n'
ALLOW = '[[allow]]\npublisher = "Sở Giáo dục và Đào tạo"\ncolumn = "Điện thoại"\nreason = "công văn 12"\n'
OPINIONS = {
    "nothing": ("", ["Trường A", "Trần An", MASK]),
    "a column denied": (DENY, ["Trường A", MASK, MASK]),
    "a column allowed": (ALLOW, ["Trường A", "Trần An", "0912345678"]),
    "both": (DENY + ALLOW, ["Trường A", MASK, "0912345678"]),
    "another dataset": (DENY.replace("D1", "D2"), ["Trường A", "Trần An", MASK]),
    "another publisher": (ALLOW.replace("Giáo dục", "Y tế"), ["Trường A", "Trần An", MASK]),
    "denied everywhere": ('[[deny]]\ncolumn = "hiệu trưởng"\nreason = "r"\n', ["Trường A", MASK, MASK]),
    "a dataset beats a publisher": (
        ALLOW + '[[deny]]\ndataset = "D1"\ncolumn = "điện thoại"\nreason = "r"\n',
        ["Trường A", "Trần An", MASK],
    ),
    "hiding beats showing": (
        ALLOW + '[[deny]]\npublisher = "so giao duc va dao tao"\ncolumn = "điện thoại"\nreason = "r"\n',
        ["Trường A", "Trần An", MASK],
    ),
}
SLIPS = {
    "an unknown section": ('[[hide]]\ncolumn = "x"\n', "hide: is not a section"),
    "no reason": ('[[deny]]\ncolumn = "x"\n', r"deny\[1\]: has no reason"),
    "no column": ('[[deny]]\nreason = "x"\n', r"deny\[1\]: has no column"),
    "an unknown key": ('[[deny]]\ncolumn = "x"\nreason = "r"\ntable = "y"\n', r"deny\[1\].table: is not a key"),
    "a number": ('[[deny]]\ncolumn = 3\nreason = "r"\n', r"deny\[1\].column: is to be a text"),
    "an empty text": ('[[deny]]\ncolumn = " "\nreason = "r"\n', r"deny\[1\].column: is to be a text"),
    "no word": ('[[deny]]\ncolumn = "--"\nreason = "r"\n', r"deny\[1\].column: holds no word"),
    "shown everywhere": ('[[allow]]\ncolumn = "x"\nreason = "r"\n', "names neither a dataset nor a publisher"),
    "single brackets": ('[deny]\ncolumn = "x"\nreason = "r"\n', r"is to be written \[\[deny\]\]"),
    "no TOML": ("[[deny", "TOML"),
}


def dataset(code: str = "D1", title: str = "") -> Dataset:
    return Dataset(code=code, title=title, publisher="Sở Giáo dục và Đào tạo")


def rules_with(folder: Path, text: str):
    file = folder / "personal.toml"
    file.write_text(text, encoding="utf-8")
    return load_personal_rules(FOLDER, file)


@pytest.mark.parametrize(("text", "shown"), OPINIONS.values(), ids=OPINIONS)
def test_the_operator_has_the_last_word_about_a_column(tmp_path, text, shown):
    masked = mask_table(TABLE, title="", dataset=dataset(), rules=rules_with(tmp_path, text))
    assert list(masked.table.rows[0]) == shown


def test_the_report_repeats_the_reason_of_the_operator(tmp_path):
    columns = mask_table(TABLE, title="", dataset=dataset(), rules=rules_with(tmp_path, DENY)).columns
    assert (columns[0].kind, columns[0].reason, columns[0].detail) == ("own", "operator", "xin không nêu tên")


@pytest.mark.parametrize(("text", "told"), SLIPS.values(), ids=SLIPS)
def test_a_slip_in_the_own_file_is_named_with_its_place(tmp_path, text, told):
    with pytest.raises(ContentError, match=told):
        rules_with(tmp_path, text)


def test_only_tables_that_a_change_is_about_are_masked_anew(tmp_path):
    before, after = rules_with(tmp_path, ""), rules_with(tmp_path, DENY)
    assert fingerprint(before, dataset()) != fingerprint(after, dataset())
    assert fingerprint(before, dataset("D2")) == fingerprint(after, dataset("D2"))
    assert fingerprint(before, dataset(title="a")) != fingerprint(before, dataset(title="b"))


BROKEN = {
    "a list that is missing": ("phone.toml", "private = [", "privat = [", "headings.privat: is not a key"),
    "a look that nobody knows": ("bank.toml", '"digits"', '"figures"', "looks: is none of phone"),
    "a phrase twice": ("bank.toml", "private = [", 'private = ["stk",', "headings.private: stk stands there twice"),
    "a phrase without a word": ("email.toml", "public = [", 'public = ["–",', "headings.public: '–' holds no word"),
    "an id twice": ("email.toml", 'id = "email"', 'id = "bank"', "id: bank is the id of another file"),
    "a needed kind that is gone": ("email.toml", 'id = "email"', 'id = "mail"', "email: no file has this id"),
    "surnames that are no list": ("people.toml", "surnames = [", 'surnames = "An"\nothers = [', "names.others"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_a_slip_in_a_shipped_list_is_named_with_its_place(tmp_path, name, old, new, told):
    for file in FOLDER.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if file.name == name else text, encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        load_personal_rules(tmp_path, tmp_path / "none.toml")


def test_without_the_list_of_people_nothing_is_masked_by_chance(tmp_path):
    with pytest.raises(ContentError, match=r"people.toml: file: is missing"):
        load_personal_rules(tmp_path, tmp_path / "none.toml")
