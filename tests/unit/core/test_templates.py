"""Templates: every one that is declared keeps the provider's limits, wrong files name their place, values are checked."""

import tomllib
import unicodedata

import pytest

from bot.content import load_templates
from bot.core.errors import ContentError
from bot.core.sms import count
from bot.core.template_file import read_template
from bot.core.templates import NOTHING, FormError, Param, ParamKind
from bot.core.text import unaccent
from tests.support.talk import DATA

TEMPLATES = load_templates(DATA / "templates")
EACH_TEMPLATE = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES.keys())
SLOTS = [(template, slot) for template in TEMPLATES.values() for slot in template.params]
EXAMPLES = {name: {slot: p.example for slot, p in one.params.items()} for name, one in TEMPLATES.items()}


def test_the_templates_of_this_project_are_there():
    assert TEMPLATES.keys() == {"nhac-han", "cap-nhat-phan-anh", "thong-bao-bao-tri"}


@EACH_TEMPLATE
def test_a_template_is_within_what_the_provider_approves(template):
    assert 9 <= len(template.title) <= 65
    assert all(9 <= len(text) <= 400 for text in template.paragraphs)
    assert not template.rows or 2 <= len(template.rows) <= 8
    assert len(template.buttons) <= 2
    assert template.purpose.keys() == {"vi", "en"}


@EACH_TEMPLATE
def test_the_examples_make_a_whole_message(template):
    text = template.preview(EXAMPLES[template.name])
    assert "{" not in text
    assert all(example in text for example in EXAMPLES[template.name].values())


@EACH_TEMPLATE
def test_every_template_has_its_sms_in_gsm7_without_diacritics(template):
    text = unaccent(template.word_sms(EXAMPLES[template.name]))
    assert count(text).encoding == "gsm7"
    assert count(text).segments <= 2
    assert all(unaccent(example) in text for example in EXAMPLES[template.name].values())


@pytest.mark.parametrize(("template", "slot"), SLOTS, ids=[f"{t.name} {slot}" for t, slot in SLOTS])
def test_a_slot_takes_its_example_and_nothing_longer_or_more_lines(template, slot):
    given = EXAMPLES[template.name]
    assert template.fill(given)[slot] == given[slot]
    for wrong in ("x" * (template.params[slot].longest + 1), "a\nb", "a\x07b", "a\u200bb", "a\ud800b"):
        with pytest.raises(FormError, match=slot) as raised:
            template.fill({**given, slot: wrong})
        assert wrong not in str(raised.value)


@pytest.mark.parametrize(("template", "slot"), SLOTS, ids=[f"{t.name} {slot}" for t, slot in SLOTS])
def test_a_required_slot_may_neither_lack_nor_be_empty_and_an_optional_one_is_marked(template, slot):
    lacking = {name: value for name, value in EXAMPLES[template.name].items() if name != slot}
    for given in (lacking, {**lacking, slot: " "}):
        if template.params[slot].required:
            with pytest.raises(FormError, match=slot):
                template.fill(given)
        else:
            assert template.fill(given)[slot] == NOTHING


def test_a_slot_that_is_none_is_named_and_words_that_are_no_name_are_not_repeated():
    template = TEMPLATES["nhac-han"]
    with pytest.raises(FormError, match=r"has no slot phone$"):
        template.fill({**EXAMPLES["nhac-han"], "phone": "x"})
    with pytest.raises(FormError, match=r"has no slot of that name$"):
        template.fill({**EXAMPLES["nhac-han"], "0901 000 001": "x"})


def slot_of(kind: ParamKind, longest: int = 30) -> Param:
    return Param(name="slot", kind=kind, longest=longest, required=True, example="")


def test_decomposed_vietnamese_is_composed_before_it_is_counted():
    composed = "Sở Nội vụ tỉnh Quảng Ngãi"
    decomposed = unicodedata.normalize("NFD", composed)
    assert len(decomposed) > len(composed)
    assert slot_of(ParamKind.LABEL, len(composed)).check(decomposed) == composed


FORMS = (
    (ParamKind.DATE, "30/11/2026", True),
    (ParamKind.DATE, "31/11/2026", False),
    (ParamKind.DATE, "1/2/2026", False),
    (ParamKind.DATE, "2026-11-30", False),
    (ParamKind.DATE, "30/11/26", False),
    (ParamKind.MOMENT, "22:00 21/11/2026", True),
    (ParamKind.MOMENT, "24:00 21/11/2026", False),
    (ParamKind.MOMENT, "21/11/2026", False),
    (ParamKind.NUMBER, "48213", True),
    (ParamKind.NUMBER, "4.8", False),
    (ParamKind.NUMBER, "٣", False),
    (ParamKind.CODE, "48213", True),
)


@pytest.mark.parametrize(("kind", "value", "fits"), FORMS, ids=[f"{kind} {value}" for kind, value, _ in FORMS])
def test_dates_and_numbers_have_one_spelling(kind, value, fits):
    if fits:
        assert slot_of(kind).check(value) == value
    else:
        with pytest.raises(FormError, match="the slot slot takes"):
            slot_of(kind).check(value)


def table(**changes):
    """The table of a template that is right, but for ``changes``; None takes a key away."""
    right = tomllib.loads((DATA / "templates" / "nhac-han.toml").read_text(encoding="utf-8"))
    return {key: value for key, value in {**right, **changes}.items() if value is not None}


def param(**changes):
    """The slots of that template, with ``changes`` in the date."""
    slots = table()["params"]
    return {"params": {**slots, "due": {**slots["due"], **changes}}}


ROW = {"label": "Hạn", "value": "{due}"}
BUTTON = {"kind": "url", "title": "Mở Cổng", "target": "https://opendata.example.vn"}
WRONG = (
    ("an unknown key", {"titel": "x"}, "titel", "unknown key"),
    ("another name than its file", {"name": "nhac"}, "name", "name of the file"),
    ("a name in capitals", {"name": "Nhac-Han"}, "name", "name of the file"),
    ("no tag", {"tag": None}, "tag", "1 (transaction)"),
    ("a tag beyond", {"tag": 4}, "tag", "1 (transaction)"),
    ("a tag that is no number", {"tag": True}, "tag", "1 (transaction)"),
    ("no word on user ids", {"by_uid": "yes"}, "by_uid", "true or false"),
    ("no purpose", {"purpose": None}, "purpose", "is missing"),
    ("no English purpose", {"purpose": {"vi": "Nhắc"}}, "en", "must be a text"),
    ("a short title", {"title": "Nhắc hạn"}, "title", "has 8 characters"),
    ("a long title", {"title": "x" * 66}, "title", "has 66 characters"),
    ("a title of two lines", {"title": "Nhắc hạn\ncập nhật"}, "title", "one line"),
    ("a decomposed title", {"title": unicodedata.normalize("NFD", "Nhắc hạn cập nhật")}, "title", "in NFC"),
    ("no paragraph", {"paragraphs": []}, "paragraphs", "at least one"),
    ("a short paragraph", {"paragraphs": ["x" * 8]}, "paragraphs[1]", "has 8 characters"),
    ("a long paragraph", {"paragraphs": ["x" * 401]}, "paragraphs[1]", "has 401 characters"),
    ("a paragraph that is a number", {"paragraphs": [7]}, "paragraphs[1]", "must be a text"),
    ("one row", {"rows": [ROW]}, "rows", "2 to 8"),
    ("nine rows", {"rows": [ROW] * 9}, "rows", "2 to 8"),
    ("a row without value", {"rows": [ROW, {"label": "Hạn"}]}, "rows[2]", "must have label, value"),
    ("a slot in a label", {"rows": [*table()["rows"][:3], {"label": "{due}", "value": "{contact}"}]}, "rows", "label"),
    ("three buttons", {"buttons": [BUTTON] * 3}, "buttons", "1 to 2"),
    ("a button that answers", {"buttons": [{**BUTTON, "kind": "reply"}]}, "buttons.kind", "url or phone"),
    ("an SMS without one of its slots", {"sms": "Nhắc {agency}: {dataset}, hạn {due}, {article}"}, "sms", "contact"),
    ("an SMS that is UCS-2 whatever is done", {"sms": table()["sms"] + " ☎"}, "sms", "☎"),
    ("an SMS with braces that do not match", {"sms": "Nhắc {due"}, "sms", "braces"),
    ("braces that do not match", {"title": "Nhắc hạn {due"}, "texts", "braces"),
    ("a slot that is not declared", {"title": "Nhắc hạn {day}"}, "params", "{day} is no slot"),
    ("a slot with a format", {"title": "Nhắc hạn {due:>9}"}, "params", "{due} is no slot"),
    ("a slot that is not used", {"rows": []}, "params.", "stands in no text"),
    ("no slots", {"params": None}, "params", "is missing"),
    ("a slot of no kind", param(kind="text"), "params.due", "kind must be one of"),
    ("a slot with an unknown key", param(max=3), "params.due", "kind, longest"),
    ("a slot longer than its kind", param(longest=11), "params.due", "1 to 10"),
    ("a slot of no length", param(longest=0), "params.due", "1 to 10"),
    ("a slot that may be there or not", param(required="no"), "params.due", "true or false"),
    ("a slot whose example does not fit", param(example="2026-11-30"), "params.due.example", "dd/mm/yyyy"),
)


@pytest.mark.parametrize(("changes", "key", "reason"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_template_stops_the_start_with_its_place_and_the_reason(changes, key, reason):
    with pytest.raises(ContentError) as raised:
        read_template("nhac-han.toml", table(**changes))
    assert raised.value.file == "nhac-han.toml"
    assert raised.value.key.startswith(key)
    assert reason in raised.value.reason


def test_a_template_with_buttons_and_without_a_table_is_read():
    slots = {"due": table()["params"]["due"]}
    read = read_template(
        "nhac-han.toml",
        table(title="Nhắc hạn {due}", paragraphs=["x" * 9], rows=None, params=slots, sms=None, buttons=[BUTTON]),
    )
    assert (read.rows, read.buttons[0].target) == ((), BUTTON["target"])
    assert read.preview({"due": "30/11/2026"}).startswith("Nhắc hạn 30/11/2026")
