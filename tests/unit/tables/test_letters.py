"""Every Vietnamese letter is read from the old encodings, by the tables of their standards."""

import pytest

from gateway.tables.letters import from_tcvn3, from_vni

# The bytes are those of TCVN 5712:1993 (VN3) from 0xA1 on; capitals with tones have none.
TCVN3 = """
    a b5 à b6 ả b7 ã b8 á b9 ạ · a8 ă bb ằ bc ẳ bd ẵ be ắ c6 ặ · a9 â c7 ầ c8 ẩ c9 ẫ ca ấ cb ậ · ae đ ·
    cc è ce ẻ cf ẽ d0 é d1 ẹ · aa ê d2 ề d3 ể d4 ễ d5 ế d6 ệ · d7 ì d8 ỉ dc ĩ dd í de ị ·
    df ò e1 ỏ e2 õ e3 ó e4 ọ · ab ô e5 ồ e6 ổ e7 ỗ e8 ố e9 ộ · ac ơ ea ờ eb ở ec ỡ ed ớ ee ợ ·
    ef ù f1 ủ f2 ũ f3 ú f4 ụ · ad ư f5 ừ f6 ử f7 ữ f8 ứ f9 ự · fa ỳ fb ỷ fc ỹ fd ý fe ỵ ·
    a1 Ă a2 Â a7 Đ a3 Ê a4 Ô a5 Ơ a6 Ư
"""
VNI = """
    aø à aû ả aõ ã aù á aï ạ aê ă aè ằ aú ẳ aü ẵ aé ắ aë ặ aâ â aà ầ aå ẩ aã ẫ aá ấ aä ậ ñ đ
    eø è eû ẻ eõ ẽ eù é eï ẹ eâ ê eà ề eå ể eã ễ eá ế eä ệ ì ì æ ỉ ó ĩ í í ò ị
    oø ò oû ỏ oõ õ où ó oï ọ oâ ô oà ồ oå ổ oã ỗ oá ố oä ộ ô ơ ôø ờ ôû ở ôõ ỡ ôù ớ ôï ợ
    uø ù uû ủ uõ ũ uù ú uï ụ ö ư öø ừ öû ử öõ ữ öù ứ öï ự yø ỳ yû ỷ yõ ỹ yù ý î ỵ
"""
ALPHABET = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"


def pairs(text: str, *, hexadecimal: bool) -> dict[str, str]:
    words = [word for word in text.split() if word not in {"·", "a"}] if hexadecimal else text.split()
    old = [bytes.fromhex(word).decode("latin-1") for word in words[::2]] if hexadecimal else words[::2]
    return dict(zip(words[1::2], old, strict=True))


OF_TCVN3, OF_VNI = pairs(TCVN3, hexadecimal=True), pairs(VNI, hexadecimal=False)


def test_the_tables_hold_the_whole_alphabet():
    assert set(OF_TCVN3) == {*ALPHABET, *"ĂÂĐÊÔƠƯ"}
    assert set(OF_VNI) == set(ALPHABET)


@pytest.mark.parametrize("letter", OF_TCVN3)
def test_a_letter_is_read_from_tcvn3(letter):
    assert from_tcvn3(OF_TCVN3[letter]) == letter


@pytest.mark.parametrize("letter", OF_VNI)
def test_a_letter_and_its_capital_are_read_from_vni(letter):
    assert from_vni(OF_VNI[letter]) == letter
    assert from_vni(OF_VNI[letter].upper()) == letter.upper()


def test_whole_sentences_are_read():
    assert from_vni("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam") == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert from_tcvn3("Céng hßa x· héi chñ nghÜa ViÖt Nam") == "Cộng hòa xã hội chủ nghĩa Việt Nam"


def test_a_word_of_capitals_is_raised_as_a_whole_where_the_encoding_has_none():
    assert from_tcvn3("TæNG Sè d©n, Hµ NéI") == "TỔNG Số dân, Hà NỘI"


@pytest.mark.parametrize("read", [from_tcvn3, from_vni])
def test_what_is_no_letter_stays(read):
    assert read("12,5 km² – 30° “A”") == "12,5 km² – 30° “A”"
