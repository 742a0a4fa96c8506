"""Commands and questions that look like commands."""

import pytest

from bot.core.accounts import Account
from bot.core.answer_code import make_code
from bot.core.errors import ContentError
from bot.core.grammar import Command, Usage, build_grammar, own_words
from tests.support.talk import content

CODE = make_code("an answer")

QUESTIONS = (
    "kích hoạt sim",
    "kich hoat vneid muc 2",
    "kích hoạt tài khoản định danh điện tử",
    "kich hoat 123456789",
    "kich hoat nguoilaoo",
    "kich hoat 7KQ2M4HXA de lam gi",
    "bang gia dat an giang 2026",
    "bảng giá đất an giang 2026",
    "ma xa tinh khe",
    "mã xã tịnh khê",
    "ma truong tieu hoc",
    "ma so thue",
    "ma vung dien thoai thai binh",
    "ma 12345",
    f"ma {CODE} la gi",
    f"ma {CODE[:-1]}{'3' if CODE[-1] != '3' else '4'}",
    "xem cam duong pho",
    "xem cam duong pho da nang",
    "xem phim",
    "dung dien thoai di dong",
    "dung cu y te",
    "dừng",
    "đừng",
    "dùng",
    "huy chuong",
    "huy chương vàng",
    "huy dong von",
    "huy dong",
    "hủy hoại đất",
    "lai chau",
    "lai chau dan so",
    "lai xe",
    "lãi",
    "lái",
    "viec lam",
    "su co moi truong",
    "tinh trang viec lam 2019",
    "tinh trang 12",
    "tinh trang 123456789",
    "tinh trang 0482",
    "bao sai gon",
    "hoan thanh",
    "chuyen doi so",
    "vi thanh",
    "vi du",
    "ví",
    "vị",
    "vi khuan",
    "cô dâu",
    "cô đầu",
    "có đau không",
    "không đau",
    "không đâu",
    "khong dau da day",
    "co dau o an giang",
    "co dau hieu lua dao",
    "dấu",
    "tieng viet",
    "tiep giap",
    "tiep can dat dai",
    "tiệp",
    "truoc day",
    "truoc 2025",
    "trạc",
    "mot",
    "hai",
    "00",
    "100",
    "2026",
    "1 2",
    "2 xa",
    "so 2 nguyen trai",
    "danh muc thuoc",
    "danh mục nghề nặng nhọc",
    "tro giup phap ly",
    "trợ giúp xã hội",
    "huong dan khai thue",
    "hướng dẫn khai thuế",
    "thong tin",
    "thông tin quy hoạch",
    "biểu đồ dân số",
    "bieu do 2019",
    "biểu đồ 34 tỉnh",
    "biểu độ 2",
    "ve bieu do dan so",
    "thong tin vuon quoc gia bach ma",
    "tu choi tiep nhan ho so",
    "từ chối khám bệnh",
    "ngung hoat dong kinh doanh",
    "ngung viec",
    "stop motion",
    "tc xay dung",
    "tiêu chuẩn",
    "dk kinh doanh",
    "dang ky khai sinh",
    "đk xe",
    "en vi",
    "ên",
    "english center",
    "t nhe nhe nhe nhe nhe",
    "menu quan an",
    "help desk",
    "phai nop gi",
    "co bao nhieu xa",
    "khong khi",
    "kq xo so mien nam hom nay",
    "nhé",
    "ạ",
    "",
    "😀",
    "'; DROP TABLE datasets; --",
)
COMMANDS = (
    ("stop", "withdraw", ""),
    ("STOP.", "withdraw", ""),
    ("Stop!!!", "withdraw", ""),
    ("TC", "withdraw", ""),
    ("tc ạ", "withdraw", ""),
    ("từ chối", "withdraw", ""),
    ("tu choi", "withdraw", ""),
    ("ngừng", "withdraw", ""),
    ("ngưng", "withdraw", ""),
    ("ngung", "withdraw", ""),
    ("ngừng ạ", "withdraw", ""),
    ("ngung giup toi voi a", "withdraw", ""),
    ("hủy", "withdraw", ""),
    ("huỷ", "withdraw", ""),
    ("hu\u0309y", "withdraw", ""),
    ("HUY", "withdraw", ""),
    ("huy bt", "withdraw", "bao-tri"),
    ("hủy bảo trì nhé", "withdraw", "bao-tri"),
    ("HUY BAO-TRI", "withdraw", "bao-tri"),
    ("dk bao tri", "agree", "bao-tri"),
    ("đăng ký dữ liệu mới", "agree", "du-lieu-moi"),
    ("ĐK", "agree", ""),
    ("2", "choose", "2"),
    ("2.", "choose", "2"),
    ("(2)", "choose", "2"),
    ("2 ạ", "choose", "2"),
    ("số 2", "choose", "2"),
    ("xem 2", "choose", "2"),
    ("XEM: 2 nhé", "choose", "2"),
    ("thong tin 3", "about", "3"),
    ("thông tin mục 12", "about", "12"),
    ("info 1", "about", "1"),
    ("biểu đồ", "chart", ""),
    ("BIEU DO 2", "chart", "2"),
    ("biểu đồ mục 2 ạ", "chart", "2"),
    ("vẽ biểu đồ giúp tôi", "chart", ""),
    ("xem biểu đồ 12", "chart", "12"),
    (f"biểu đồ {CODE.lower()}", "chart", CODE.lower()),
    (f"bieu do ma {CODE}", "chart", CODE),
    ("chart", "chart", ""),
    ("dung", "yes", ""),
    ("đúng", "yes", ""),
    ("đúng rồi ạ", "yes", ""),
    ("ok", "yes", ""),
    ("phải", "yes", ""),
    ("không", "no", ""),
    ("sai", "no", ""),
    ("t", "next", ""),
    ("tiếp", "next", ""),
    ("TIEP di", "next", ""),
    ("0", "previous", ""),
    ("trước", "previous", ""),
    ("trúoc", "previous", ""),
    ("lai", "previous", ""),
    ("lại", "previous", ""),
    ("xem t", "initial", "t"),
    ("XEM Đ", "initial", "Đ"),
    (f"mã {CODE}", "reopen", CODE),
    (f"ma {CODE.lower()}", "reopen", CODE.lower()),
    (f"Mã: {CODE} ạ", "reopen", CODE),
    ("HD", "help", ""),
    ("/start", "help", ""),
    ("trợ giúp", "help", ""),
    ("huong dan", "help", ""),
    ("Hướng dẫn sử dụng", "help", ""),
    ("danh muc", "catalogue", ""),
    ("DANH MỤC DỮ LIỆU", "catalogue", ""),
    ("en", "english", ""),
    ("EN", "english", ""),
    ("vi", "vietnamese", ""),
    ("VI.", "vietnamese", ""),
    ("CÓ DẤU", "with_accents", ""),
    ("co dau", "with_accents", ""),
    ("có dấu ạ", "with_accents", ""),
    ("Tiếng Việt có dấu", "with_accents", ""),
    ("accents", "with_accents", ""),
    ("KHÔNG DẤU", "without_accents", ""),
    ("khong dau nhe", "without_accents", ""),
    ("ko dấu", "without_accents", ""),
    ("no accents", "without_accents", ""),
    ("BÁO SAI", "wrong", ""),
    ("bao sai a", "wrong", ""),
    (f"báo sai {CODE}", "wrong", CODE),
    (f"bao sai ma {CODE.lower()}", "wrong", CODE.lower()),
    ("đề nghị dữ liệu", "request", ""),
    ("gop y", "feedback", ""),
    ("TÌNH TRẠNG 4821", "status", "4821"),
    ("tinh trang phan anh so 48210", "status", "48210"),
    ("KÍCH HOẠT", "activate", ""),
    ("kich hoat 7kq2m4hxa", "activate", "7kq2m4hxa"),
    ("Kích hoạt mã 7KQ2M4HXB ạ", "activate", "7KQ2M4HXB"),
    ("activate 7KQ2M4HXA", "activate", "7KQ2M4HXA"),
)


@pytest.mark.parametrize("text", QUESTIONS, ids=lambda text: text or "nothing")
def test_what_only_begins_or_sounds_like_a_command_is_none(text):
    assert content().grammar.read(text) is None


@pytest.mark.parametrize(("text", "name", "argument"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_a_complete_form_is_a_command(text, name, argument):
    assert content().grammar.read(text) == Command(name=name, argument=argument)


def test_every_form_in_the_content_is_read_as_its_command_with_and_without_diacritics():
    grammar = content().grammar
    examples = {"{n}": "7", "{letter}": "B", "{code}": CODE, "{number}": "4821", "{invitation}": "7KQ2M4HXA"}
    for letters, forms in grammar.forms.items():
        for form in forms:
            written = " ".join(examples.get(word, word) for word in form.words)
            unmarked = " ".join(examples.get(word, word) for word in letters)
            assert grammar.read(written).name == grammar.read(unmarked).name == form.command, written


WRONG_CONTENT = (
    ({"a": ("XEM {m}",)}, "unknown placeholder {m}"),
    ({"a": ("XEM {n}.",)}, "unknown placeholder {n}."),
    ({"a": ("XEM",), "b": ("xem",)}, "reads like a"),
    ({"a": ("ĐÚNG",), "b": ("DỪNG",)}, "reads like a"),
    ({"a": ("HỦY {topic}",), "b": ("HỦY BT",)}, "reads like a"),
    ({"a": ("…",)}, "holds no word"),
)


@pytest.mark.parametrize(("forms", "reason"), WRONG_CONTENT, ids=[reason for _, reason in WRONG_CONTENT])
def test_ambiguous_or_unknown_forms_stop_the_start(forms, reason):
    with pytest.raises(ContentError, match=reason.replace("{", r"\{")) as raised:
        build_grammar(
            forms=forms, usages={name: Usage() for name in forms}, topics={"bao-tri": ("BT",)}, tails=(), file="f.toml"
        )
    assert raised.value.file == "f.toml"


def test_a_topic_cannot_be_withdrawn_as_another():
    with pytest.raises(ContentError, match="reads like a"):
        build_grammar(
            forms={"a": ("HỦY {topic}",)},
            usages={"a": Usage()},
            topics={"x": ("BT",), "y": ("BT",)},
            tails=(),
            file="f",
        )


SHARED = Account(channel="kannel", name="8179", keyword="DL", number="8179")
KEYWORDS = (
    (SHARED, "DL dan so quang ngai", "dan so quang ngai"),
    (SHARED, "dl 2", "2"),
    (SHARED, "DL2", "2"),
    (SHARED, " dl: sự cố: không tải được", "sự cố: không tải được"),
    (SHARED, "soạn DL 2 gửi 8179", "2"),
    (SHARED, "DL soạn DL 2 gửi 8179", "2"),
    (SHARED, "DL dl quang ngai", "dl quang ngai"),
    (SHARED, "SOAN DL XEM T GUI 8179.", "XEM T"),
    (SHARED, "dan so quang ngai", "dan so quang ngai"),
    (SHARED, "DLVN la gi", "DLVN la gi"),
    (SHARED, "dự án gửi 8179 hồ sơ", "dự án gửi 8179 hồ sơ"),
    (SHARED, "DL", ""),
    (Account(channel="web", name="main"), "DL 2", "DL 2"),
)


@pytest.mark.parametrize(("account", "text", "own"), KEYWORDS, ids=[row[1] for row in KEYWORDS])
def test_the_keyword_of_a_shared_number_is_taken_off_and_nothing_else(account, text, own):
    assert own_words(text, account) == own
