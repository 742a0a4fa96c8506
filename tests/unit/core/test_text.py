"""Vietnamese text as people type it, as tables spell it and as cheap phones can show it."""

import unicodedata

import pytest

from bot.core.sms import count
from bot.core.text import MAX_MARKS, clean, contradicts, fold, normalise, tokens, unaccent


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("  dân số  ", "dân số", id="space around"),
        pytest.param(unicodedata.normalize("NFD", "Đường thủy"), "Đường thủy", id="decomposed letters"),
        pytest.param("dân\x00 số\x07", "dân số", id="NUL and bell"),
        pytest.param("dân\ud800 số\udfff", "dân số", id="lone surrogates"),
        pytest.param("một\r\nhai\rba\u2028bốn\x85năm", "một\nhai\nba\nbốn\nnăm", id="every kind of line end"),
        pytest.param("cột\tcột", "cột\tcột", id="a tab stays"),
        pytest.param("\ufeffNGỪNG\u200b", "NGỪNG", id="byte order mark and zero-width space"),
        pytest.param("\u202eabc\u202c", "abc", id="direction overrides"),
        pytest.param("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", id="an emoji family stays together"),
        pytest.param("\x00\x01", "", id="control characters only"),
        pytest.param("🙂" * 12, "🙂" * 12, id="many emoji are no heap of marks"),
    ],
)
def test_clean_keeps_what_can_be_read(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_clean_keeps_only_so_many_marks_on_a_letter() -> None:
    heap = "a" + "\u0316\u0301" * 100_000 + "b"
    assert clean(heap) == unicodedata.normalize("NFC", "a" + "\u0316\u0301" * (MAX_MARKS // 2) + "b")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Đường Hoàng Sa", "duong hoang sa", id="đ and tones"),
        pytest.param("ẮẰẲẴẶ ỨỪỬỮỰ ẾỀỂỄỆ", "aaaaa uuuuu eeeee", id="capitals with two marks"),
        pytest.param(unicodedata.normalize("NFD", "Quảng Ngãi"), "quang ngai", id="decomposed"),
        pytest.param("Ðà Nẵng", "da nang", id="eth left by an old converter"),
        pytest.param("km²", "km2", id="superscript"),
        pytest.param("𝗗𝗮̂𝗻 𝘀𝗼̂́", "dan so", id="decorated letters of social networks"),
        pytest.param("ＤÂＮ", "dan", id="full-width letters"),
        pytest.param("Straße İstanbul", "strasse istanbul", id="foreign letters"),
        pytest.param("日本 😀", "日本 😀", id="other scripts stay"),
        pytest.param("ABC-123", "abc-123", id="ASCII"),
    ],
)
def test_fold_leaves_plain_lower_case(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_keeps_every_position_of_precomposed_vietnamese() -> None:
    text = "Nghiêng ngả “Đắk Lắk” – thuở khuỷu, ưỡn ẹo"
    assert [fold(char) for char in text] == list(fold(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Giá vé Đại Nội?", ("gia", "ve", "dai", "noi"), id="a question"),
        pytest.param("QĐ 112/2026/QĐ-UBND", ("qd", "112", "2026", "qd", "ubnd"), id="a decision's number"),
        pytest.param("… 😀 !", (), id="no words"),
    ],
)
def test_tokens_are_folded_words(text: str, words: tuple[str, ...]) -> None:
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        pytest.param("hoà", "hòa", id="oa"),
        pytest.param("Thuỷ", "thủy", id="uy"),
        pytest.param("khoẻ", "KHỎE", id="oe"),
        pytest.param("quý", "qúy", id="the u of qu bears no tone"),
        pytest.param("quả", "qủa", id="qua"),
        pytest.param("già", "gìa", id="the i of gi bears no tone"),
        pytest.param("hoàn toàn", "hòan tòan", id="closed syllable"),
        pytest.param("của", "cuả", id="ua"),
        pytest.param("nước", "nứơc", id="ươ"),
        pytest.param("tiếng", "tíêng", id="iê"),
        pytest.param("thuyền", "thùyên", id="uyê"),
        pytest.param("ngoài", "ngòai", id="oai"),
        pytest.param("khuỷu", "khủyu", id="uyu"),
        pytest.param("mùa", "muà", id="mùa"),
        pytest.param("xã Hòa Thủy", "xã Hoà Thuỷ", id="inside a sentence"),
        pytest.param(unicodedata.normalize("NFD", "thủy"), "thuỷ", id="decomposed"),
    ],
)
def test_spellings_that_differ_in_tone_placement_are_equal(spelling: str, other: str) -> None:
    assert normalise(spelling) == normalise(other)


@pytest.mark.parametrize(
    "word",
    [
        "quý",
        "giá",
        "già",
        "giữ",
        "gìn",
        "gì",
        "quốc",
        "của",
        "kìa",
        "múa",
        "lúa",
        "hoàn",
        "thuở",
        "khuya",
        "mía",
        "ưu",
        "rượu",
        "quạ",
        "đắk",
        "nghiêng",
        "oẹ",
    ],
)
def test_a_well_spelt_word_stays(word: str) -> None:
    assert normalise(word) == word


@pytest.mark.parametrize("word", ["ápphích", "résumé", "éà", "xyz", "pnônǵ"])
def test_what_is_no_syllable_stays(word: str) -> None:
    assert normalise(word) == unicodedata.normalize("NFC", word)


def test_other_tones_stay_different() -> None:
    assert len({normalise(word) for word in ["hoa", "hoà", "hoá", "hoả", "hoã", "hoạ", "hỏa"]}) == 6


@pytest.mark.parametrize(
    ("typed", "word", "contradicted"),
    [
        pytest.param("lai", "lại", False, id="nothing typed"),
        pytest.param("lãi", "lại", True, id="another tone"),
        pytest.param("lại", "lại", False, id="the same"),
        pytest.param("lâi", "lại", True, id="a hat where none is"),
        pytest.param("lãi", "lai", True, id="a tone where none is"),
        pytest.param("đung", "đúng", False, id="only the stroke typed"),
        pytest.param("đung", "dừng", True, id="a stroke where none is"),
        pytest.param("dúng", "đúng", False, id="only the tone typed"),
        pytest.param("ngưng", "ngừng", False, id="only the horn typed"),
        pytest.param("ngùng", "ngừng", False, id="only the tone typed under a horn"),
        pytest.param("ngứng", "ngừng", True, id="right horn, other tone"),
        pytest.param("bằng", "bảng", True, id="breve and other tone"),
        pytest.param("hoàn", "hoãn", True, id="hoàn is not hoãn"),
        pytest.param("hủy", "huỷ", False, id="old and new placement"),
        pytest.param("hùy", "huỷ", True, id="old placement, other tone"),
        pytest.param("HỦY", "hủy", False, id="capitals"),
        pytest.param(unicodedata.normalize("NFD", "tiếp"), "tiếp", False, id="decomposed"),
        pytest.param(unicodedata.normalize("NFD", "lãi"), "lại", True, id="decomposed, other tone"),
        pytest.param("trợ giup", "trợ giúp", False, id="one word with, one without"),
        pytest.param("trở giúp", "trợ giúp", True, id="first word contradicts"),
        pytest.param("tro giúp", "trợ  giúp", False, id="other white space"),
        pytest.param("khong doi", "không", True, id="more words"),
        pytest.param("lan", "lại", True, id="other letters"),
    ],
)
def test_typed_diacritics_decide(typed: str, word: str, contradicted: bool) -> None:
    assert contradicts(typed, word) is contradicted


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("Đường Nguyễn Huệ, quận 1", "Duong Nguyen Hue, quan 1", id="case and punctuation stay"),
        pytest.param("9.361,38 km² – “cũ”…", '9.361,38 km2 - "cu"...', id="typographic signs"),
        pytest.param("• mục ‘a’", "- muc 'a'", id="bullet and quotes"),
        pytest.param("1.000\u00a0đ, 5\u202f₫", "1.000 d, 5 d", id="no-break spaces and currency"),
        pytest.param("10² m, 1½ ha, ½ ha", "10^2 m, 1 1/2 ha, 1/2 ha", id="a value is not altered"),
        pytest.param("30°C ≥ 25°C → nóng", "30oC >= 25oC -> nong", id="signs"),
        pytest.param("a`b\tc\fd", "a'b c\nd", id="ASCII that GSM-7 has not"),
        pytest.param("a\x1bb\x00c", "abc", id="control characters"),
        pytest.param("Chào 👋🏽 bạn", "Chao  ban", id="emoji disappear"),
        pytest.param("日本 Привет", "?? ??????", id="other scripts"),
        pytest.param("「x」〜※", "(x)-?", id="foreign punctuation"),
        pytest.param("giá 5€ [A|B] {x}", "gia 5€ [A|B] {x}", id="the extension table stays"),
        pytest.param("à é Ñ ö Å", "a e N o A", id="accents that GSM-7 has go too"),
        pytest.param(unicodedata.normalize("NFD", "Quảng Ngãi"), "Quang Ngai", id="decomposed"),
        pytest.param("dòng 1\ndòng 2", "dong 1\ndong 2", id="line breaks stay"),
        pytest.param("Soan DL 2 gui 8179", "Soan DL 2 gui 8179", id="already plain"),
    ],
)
def test_unaccented_text_fits_gsm7(text: str, plain: str) -> None:
    assert unaccent(text) == plain
    assert count(plain).encoding == "gsm7"
