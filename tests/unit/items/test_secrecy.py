"""Rows that an annex marks as not public: every row of the content file, and what only looks like one."""

import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import fold
from gateway.items.secrecy import load_secrecy

FOLDER = Path(__file__).parents[3] / "data" / "catalogue"
LISTS = tomllib.loads((FOLDER / "not_public.toml").read_text(encoding="utf-8"))
SECRECY = load_secrecy(FOLDER)
PUBLIC = {
    "an ordinary row": ({"title": "Danh sách chợ", "publisher": "Sở Công Thương"}, ["CSV"]),
    "a title about secrets": ({"title": "Danh mục bí mật nhà nước đã giải mật"}, []),
    "density is no secret": ({"title": "Mật độ dân số", "theme": "Mật độ"}, []),
    "honey is no secret": ({"title": "Sản lượng mật ong"}, ["mật ong"]),
    "other diacritics": ({"title": "Nước mặt"}, ["Mặt"]),
    "public by its column": ({"title": "Chợ", "public": "Công khai"}, []),
    "nothing in the column for what is not": ({"title": "Chợ", "not_public": ""}, []),
    "a dash in the column for what is not": ({"title": "Chợ", "not_public": "–"}, []),
}


@pytest.mark.parametrize("mark", LISTS["mark"])
def test_a_mark_is_met_as_a_whole_cell_and_in_brackets(mark):
    for way in (mark, mark.upper(), fold(mark)):
        assert SECRECY.find({"title": "Chợ"}, [way]) == way
        assert SECRECY.find({"title": f"Chợ ({way})"}, []) == way


@pytest.mark.parametrize("phrase", LISTS["phrase"])
def test_a_phrase_is_met_inside_a_cell(phrase):
    for way in (f"Dữ liệu {phrase} theo quy định", fold(phrase)):
        assert SECRECY.find({"title": "Chợ"}, [way]) == way


@pytest.mark.parametrize("word", LISTS["closed"])
def test_a_column_of_publicity_closes_a_row(word):
    assert SECRECY.find({"title": "Chợ", "public": word}, []) == word


@pytest.mark.parametrize("word", LISTS["denial"])
def test_a_column_for_what_is_not_public_may_be_denied(word):
    assert not SECRECY.find({"title": "Chợ", "not_public": word}, [])


def test_any_cross_in_a_column_for_what_is_not_public_refuses_the_row():
    assert SECRECY.find({"title": "Chợ", "not_public": "x"}, []) == "x"


@pytest.mark.parametrize(("cells", "others"), PUBLIC.values(), ids=PUBLIC)
def test_what_only_looks_like_a_mark_is_public(cells, others):
    assert SECRECY.find(cells, others) == ""


def test_a_broken_list_is_refused_with_its_name(tmp_path):
    (tmp_path / "not_public.toml").write_text('mark = ["Mật"]\nphrase = "x"\nclosed = []\ndenial = []\n')
    with pytest.raises(ContentError) as refused:
        load_secrecy(tmp_path)
    assert refused.value.key == "phrase"
