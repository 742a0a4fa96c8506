"""Which handler gets which message, in which situation."""

import csv
import tomllib

import pytest

from bot.core.conversation import Conversation
from bot.core.errors import TracuuError
from bot.core.messages import Choice, InboundMessage
from bot.handler import Context, Handler, Outcome
from bot.routing import Router
from tests.support.talk import DATA, NOW, OPEN, PERSON, SHARED, content, handlers, router

TESTS = DATA.parent / "tests" / "data"
MENU = (Choice(label="A", value="dataset:mau-1"), Choice(label="B", value="dataset:mau-2"))
YES_NO = (Choice(label="Đúng", value="dataset:mau-1"), Choice(label="Không", value="confirm:no"))
FIRST_PAGE = (Choice(label="Trang tiếp", value="rows:next:mau-1:1::xa an giang"),)
MIDDLE_PAGE = (*FIRST_PAGE, Choice(label="Trang trước", value="rows:back:mau-1:0::xa an giang"))


def route(text, *, state="", choices=(), account=OPEN, choice=None):
    message = InboundMessage(address=PERSON, external_id="1", received_at=NOW, text=text, choice=choice)
    conversation = Conversation(address=PERSON, state=state, choices=choices)
    way = router().route(message=message, conversation=conversation, account=account)
    return way.handler.name, way.command.name if way.command else None, way.choice


TALKS = (
    # text, state, choices → handler, command, choice
    ("dân số Quảng Ngãi", "", (), ("lookup", None, None)),
    ("STOP", "", (), ("consent", "withdraw", None)),
    ("ngừng ạ", "narrow", MENU, ("consent", "withdraw", None)),
    ("huy", "confirm", YES_NO, ("consent", "withdraw", None)),
    ("huy chuong", "menu", MENU, ("lookup", None, None)),
    ("2", "menu", MENU, ("dataset", None, "mau-2")),
    ("xem 2", "menu", MENU, ("dataset", None, "mau-2")),
    ("số 1 ạ", "", MENU, ("dataset", None, "mau-1")),
    ("3", "menu", MENU, ("fallback", None, None)),
    ("2", "", (), ("fallback", None, None)),
    ("xem 2", "", (), ("fallback", None, None)),
    ("0", "", (), ("fallback", None, None)),
    ("mot", "menu", MENU, ("dataset", None, "mau-1")),
    ("Hai ạ", "menu", MENU, ("dataset", None, "mau-2")),
    ("mục hai", "menu", MENU, ("dataset", None, "mau-2")),
    ("hải", "menu", MENU, ("lookup", None, None)),
    ("ba", "menu", MENU, ("lookup", None, None)),
    ("mot", "", (), ("lookup", None, None)),
    ("mot xa", "menu", MENU, ("lookup", None, None)),
    ("2 xa", "menu", MENU, ("lookup", None, None)),
    ("thông tin 2", "menu", MENU, ("dataset", "about", None)),
    ("biểu đồ", "", (), ("chart", "chart", None)),
    ("bieu do 2", "menu", MENU, ("chart", "chart", None)),
    ("biểu đồ dân số", "menu", MENU, ("lookup", None, None)),
    ("thong tin quy hoach", "menu", MENU, ("lookup", None, None)),
    ("dung", "confirm", YES_NO, ("dataset", None, "mau-1")),
    ("đúng rồi ạ", "confirm", YES_NO, ("dataset", None, "mau-1")),
    ("ok", "confirm", YES_NO, ("dataset", None, "mau-1")),
    ("không", "confirm", YES_NO, ("confirm", None, "no")),
    ("2", "confirm", YES_NO, ("confirm", None, "no")),
    ("dung", "", (), ("lookup", None, None)),
    ("dung", "menu", MENU, ("lookup", None, None)),
    ("dừng", "confirm", YES_NO, ("lookup", None, None)),
    ("ok", "", (), ("lookup", None, None)),
    ("co", "menu", MENU, ("lookup", None, None)),
    ("t", "rows", FIRST_PAGE, ("rows", None, "next:mau-1:1::xa an giang")),
    ("TIẾP", "rows", MIDDLE_PAGE, ("rows", None, "next:mau-1:1::xa an giang")),
    ("0", "rows", MIDDLE_PAGE, ("rows", None, "back:mau-1:0::xa an giang")),
    ("trước", "rows", FIRST_PAGE, ("fallback", None, None)),
    ("lãi", "rows", MIDDLE_PAGE, ("lookup", None, None)),
    ("lại", "rows", MIDDLE_PAGE, ("rows", None, "back:mau-1:0::xa an giang")),
    ("t", "", (), ("fallback", None, None)),
    ("tiep", "menu", MENU, ("fallback", None, None)),
    ("xem t", "rows", FIRST_PAGE, ("rows", "initial", None)),
    ("hd", "rows", FIRST_PAGE, ("start", "help", None)),
    ("/start", "", (), ("start", "help", None)),
    ("en", "", (), ("language", "english", None)),
    ("vi", "menu", MENU, ("language", "vietnamese", None)),
    ("danh mục", "", (), ("catalogue", "catalogue", None)),
    ("ĐK BẢO TRÌ", "", (), ("consent", "agree", None)),
    ("cháy nhà ở xã Tịnh Khê", "menu", MENU, ("emergency", None, None)),
    ("chay nha", "", (), ("lookup", None, None)),
    ("", "", (), ("fallback", None, None)),
    ("😀😀😀", "menu", MENU, ("fallback", None, None)),
    ("?!…", "", (), ("fallback", None, None)),
    ("a" * 501, "", (), ("fallback", None, None)),
    ("cứu tôi với " * 50, "", (), ("emergency", None, None)),
    ("2026", "", (), ("lookup", None, None)),
    ("BÁO SAI", "rows", FIRST_PAGE, ("wrong", "wrong", None)),
    ("báo sai: số này cũ", "menu", MENU, ("wrong", "wrong", None)),
    ("đề nghị dữ liệu giá vàng", "", (), ("wish", "request", None)),
    ("góp ý chữ to hơn", "menu", MENU, ("wish", "feedback", None)),
    ("góp ý " + "a" * 600, "", (), ("wish", "feedback", None)),
    ("tình trạng 4821", "menu", MENU, ("status", "status", None)),
    ("cháy nhà góp ý", "", (), ("emergency", None, None)),
    ("báo sài gòn", "", (), ("lookup", None, None)),
)


@pytest.mark.parametrize(
    ("text", "state", "choices", "way"), TALKS, ids=[f"{row[0][:30] or 'nothing'} | {row[1]}" for row in TALKS]
)
def test_a_message_goes_where_its_situation_sends_it(text, state, choices, way):
    assert route(text, state=state, choices=choices) == way


def test_a_bare_answer_code_goes_to_the_answers_and_the_code_in_a_sentence_does_not():
    from bot.core.answer_code import make_code

    code = make_code("an answer")
    assert route(code.lower()) == ("answer", None, code.lower())
    assert route(f"MÃ {code}") == ("answer", "reopen", None)
    assert route(f"soạn DL {code} gửi 8179", account=SHARED) == ("answer", None, code)
    assert route(f"{code} la gi") == ("lookup", None, None)


PRESSED = (
    ("dataset:mau-9", ("dataset", None, "mau-9")),
    ("rows:next:a:1::b:c", ("rows", None, "next:a:1::b:c")),
    ("dataset", ("fallback", None, None)),
    ("chart:7KQ2M", ("chart", None, "7KQ2M")),
    ("nobody:x", ("fallback", None, None)),
    ("", ("fallback", None, None)),
    (":", ("fallback", None, None)),
)


@pytest.mark.parametrize(("value", "way"), PRESSED, ids=[value or "nothing" for value, _ in PRESSED])
def test_a_button_means_what_it_meant_whatever_the_state(value, way):
    assert route("STOP", choice=value, state="rows", choices=MENU) == way


@pytest.mark.parametrize("state", ["", "menu", "narrow", "confirm", "rows", "never heard of"])
@pytest.mark.parametrize("word", ["STOP", "ngừng", "NGUNG", "hủy bt", "TC.", "từ chối ạ", "DL huy"])
def test_stop_works_in_every_state(word, state):
    assert route(word, state=state, choices=MIDDLE_PAGE, account=SHARED)[:2] == ("consent", "withdraw")


def _titles():
    file = DATA / "sample" / "catalogue.csv"
    return [row["title"] for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())]


def _places():
    provinces = tomllib.loads((DATA / "places" / "provinces.toml").read_text(encoding="utf-8"))
    for entry in provinces.values():
        yield from (entry["name"], *entry.get("aliases", ()))
        for former in entry.get("former", ()):
            yield from (former["name"], *former.get("aliases", ()))


def _questions():
    judged = csv.DictReader((TESTS / "queries-dev.csv").read_text(encoding="utf-8-sig").splitlines())
    asked = csv.DictReader((TESTS / "rows-dev.csv").read_text(encoding="utf-8-sig").splitlines())
    return [row["query"] for row in judged if row["kind"] not in {"lenh_he_thong", "khan_cap"}] + [
        row["question"] for row in asked
    ]


@pytest.mark.parametrize("texts", [_titles, _places, _questions], ids=["titles", "places", "judged questions"])
@pytest.mark.parametrize(
    ("state", "choices"), [("", ()), ("menu", MENU), ("rows", MIDDLE_PAGE)], ids=["alone", "menu", "list"]
)
def test_no_title_no_place_and_no_judged_question_is_taken_for_a_command(texts, state, choices):
    from bot.core.text import fold

    emoji = "😀😀😀"
    sent = [variant for text in texts() if text != emoji for variant in (text, fold(text))]
    assert len(sent) > 50
    astray = {text: route(text, state=state, choices=choices) for text in sent}
    assert {text: way for text, way in astray.items() if way != ("lookup", None, None)} == {}


async def _handle(ctx: Context) -> Outcome:
    return Outcome(replies=())


CLASHES = (
    ({"name": "start"}, "name start belongs to two handlers: start and start"),
    ({"name": "other", "commands": ("help",)}, "command help belongs to two handlers: "),
    ({"name": "other", "commands": ("nothing",)}, "command nothing has no form"),
)


@pytest.mark.parametrize(("fields", "reason"), CLASHES, ids=[reason for _, reason in CLASHES])
def test_two_handlers_that_claim_the_same_stop_the_start(fields, reason):
    with pytest.raises(TracuuError, match=reason):
        Router.build((*handlers(), Handler(handle=_handle, **fields)), content())


def test_two_handlers_with_one_state_stop_the_start():
    both = (Handler(name="a", handle=_handle, states=("x",)), Handler(name="b", handle=_handle, states=("x",)))
    with pytest.raises(TracuuError, match="state x belongs to two handlers: a and b"):
        Router.build((*handlers(), *both), content())


def test_a_command_without_a_handler_and_a_missing_handler_stop_the_start():
    with pytest.raises(TracuuError, match="command help has no handler"):
        Router.build([h for h in handlers() if h.name != "start"], content())
    with pytest.raises(TracuuError, match="there is no handler fallback"):
        Router.build([h for h in handlers() if h.name != "fallback"], content())


def test_text_in_the_state_of_a_handler_goes_to_it_before_other_commands():
    writing = Handler(name="writing", handle=_handle, states=("writing",))
    routing = Router.build((*handlers(), writing), content())
    message = InboundMessage(address=PERSON, external_id="1", received_at=NOW, text="hướng dẫn")
    conversation = Conversation(address=PERSON, state="writing")
    assert routing.route(message=message, conversation=conversation, account=OPEN).handler is writing
