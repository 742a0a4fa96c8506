"""Codes made for datasets: short, stable, one for each."""

from itertools import islice

import pytest

from gateway.dataset_code import Codes, KeyCodes, TakenError, make_codes

PREFIXES = {
    "quangngai": "quangngai",
    "Toàn quốc": "toanquoc",
    "Toàn quốc (NSO)": "nso",
    "Toàn quốc (Bộ TN&MT)": "botnmt",
    "Yên Bái (nay thuộc Lào Cai)": "yenbai",
    "": "vn",
    "Bà Rịa - Vũng Tàu": "bariavungtau",
}


@pytest.mark.parametrize(("province", "prefix"), PREFIXES.items(), ids=PREFIXES.values())
def test_a_code_begins_with_its_province(province, prefix):
    code = next(make_codes([province, "Dân số"]))
    assert code.rpartition("-")[0] == prefix


def test_a_code_that_people_know_never_changes():
    assert next(make_codes(["quangngai", "Danh sách trường học"])) == "quangngai-44eb7a"


def test_spelling_and_blanks_do_not_change_a_code():
    assert next(make_codes(["hue", "Danh mục loại vé"])) == next(make_codes(["hue", "DANH  MUC LOAI VE."]))


def test_codes_never_run_out():
    codes = list(islice(make_codes(["hue", "Vé", "Sở Du lịch"]), 50))
    assert len(set(codes)) == 50


def test_equal_titles_are_told_apart_by_what_follows_and_keep_their_codes():
    entries = [["hue", "Trường học", agency] for agency in ("Sở GDĐT", "UBND phường An Cựu", "UBND phường Phú Xuân")]
    both = [[codes.claim("", entry, line=n) for n, entry in enumerate(entries)] for codes in (Codes(), Codes())]
    assert both[0] == both[1]
    assert len(set(both[0])) == 3


def test_the_first_keeps_the_code_that_it_has_alone():
    alone, among = Codes(), Codes()
    first = alone.claim("", ["hue", "Trường học", "Sở GDĐT"], line=2)
    assert among.claim("", ["hue", "Trường học", "Sở GDĐT"], line=2) == first
    assert among.claim("", ["hue", "Trường học", "UBND"], line=3) != first


def test_a_printed_code_is_kept():
    assert Codes().claim("QN-01", ["quangngai", "Dân số"], line=2) == "QN-01"


@pytest.mark.parametrize("printed", ["QN-01", ""], ids=["code", "entry"])
def test_what_comes_twice_is_refused_with_the_first_line(printed):
    codes = Codes()
    codes.claim(printed, ["quangngai", "Dân số"], line=2)
    with pytest.raises(TakenError, match="stands in line 2 already"):
        codes.claim(printed, ["quangngai", "Dân số"], line=7)


def test_a_key_gives_one_short_code_for_ever():
    key = "91c9414e-13ce-49c2-9b1e-3ccc9e4a5314"
    code = KeyCodes("quangngai").claim(key)
    assert code == KeyCodes("quangngai").claim(key) == "quangngai-" + code.rpartition("-")[2]
    assert len(code) == len("quangngai-") + 8
    assert not set("ilou") & set(code.rpartition("-")[2])


def test_two_keys_with_one_code_are_told_apart_the_same_way_from_a_part_of_the_source():
    codes = KeyCodes("vn", digits=1)
    whole = {str(key): codes.claim(str(key)) for key in range(40)}
    assert len(set(whole.values())) == 40
    assert codes.longer
    for key in sorted(whole, reverse=True):
        assert KeyCodes("vn", codes.longer, digits=1).claim(key) == whole[key]


def test_codes_of_20_000_keys_differ():
    codes = KeyCodes("vn")
    assert len({codes.claim(f"key {number}") for number in range(20_000)}) == 20_000
