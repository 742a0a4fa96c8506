"""What every handler must survive, whoever writes it."""

import pytest

from bot.core.conversation import Conversation
from bot.core.findings import Decision, RowForm
from bot.core.grammar import Command
from bot.core.messages import Choice, InboundMessage
from bot.handler import Context, Outcome
from tests.support.talk import (
    NOW,
    PEOPLE,
    PERSON,
    SHARED,
    SIMPLE,
    UNITS,
    GivenReads,
    content,
    figures,
    handlers,
    people,
    titles,
    units,
)

TEXTS = {
    "empty": "",
    "spaces": " \n\t ",
    "huge": "dân số " * 2000,
    "emoji": "😀👨‍👩‍👧‍👦🇻🇳",
    "control": "a\x00b\x1b[31m\u202e\ufeff",
    "marks": "a" + "\u0301" * 500,
    "braces": "{question} {0} %s <b>&amp;",
    "quotes": "'; DROP TABLE datasets; --",
    "number": "99999999999999999999",
}
ARGUMENTS = (
    "",
    ":",
    ":::::",
    "next:x:-1::",
    "next:mau-00000002:0::q",
    "a" * 5000,
    "{x}",
    "mau-00000001",
    "0:",
    "themes:٣",
    "x:y:²:z",
)
STATES = ("", "menu", "narrow", "confirm", "rows", "a state of a newer version")
CHOICES = (Choice(label="A", value="dataset:mau-00000001"),)


class EverythingFound(GivenReads):
    """Every question finds something else, in turn."""

    FOUND = (
        figures(people(RowForm.CELL, 0, asked=(4,))),
        figures(units(RowForm.AMBIGUOUS, 0, 1)),
        figures(units(RowForm.LIST, *range(25))),
        figures(units(RowForm.COUNT, *range(25))),
        titles(Decision.MENU, PEOPLE, UNITS),
        titles(Decision.SUGGEST, SIMPLE),
        titles(Decision.SUGGEST),
        titles(Decision.NONE),
    )

    async def find(self, question):
        return self.FOUND[len(question) % len(self.FOUND)]

    async def find_in(self, code, question):
        return self.FOUND[len(code + question) % len(self.FOUND)]


async def ask(handler, text="", *, state="", language="vi", command=None, choice=None):
    conversation = Conversation(
        address=PERSON,
        state=state,
        data={"dataset": UNITS.code, "question": "q"} if state else {},
        choices=CHOICES if state else (),
        language=language,
    )
    return await handler.handle(
        Context(
            now=NOW,
            account=SHARED,
            message=InboundMessage(address=PERSON, external_id="1", received_at=NOW, text=text, choice=choice),
            conversation=conversation,
            content=content(),
            reads=EverythingFound(),
            command=command,
            choice=choice,
        )
    )


def check(outcome):
    assert isinstance(outcome, Outcome)
    assert outcome.replies
    for reply in outcome.replies:
        assert reply.text.strip()
        assert reply.brief is None or reply.brief.strip()
        assert "{" not in reply.text.replace("{question} {0}", "").replace("{x}", "").replace("{X}", "")
        names = {handler.name for handler in handlers()}
        assert all(choice.label and choice.value.partition(":")[0] in names for choice in reply.choices)


def by_name(items):
    return {"argvalues": items, "ids": [item.name for item in items]}


@pytest.mark.parametrize("handler", **by_name(handlers()))
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_in_any_state_and_language_gets_an_answer(handler, text):
    for state in STATES:
        for language in ("vi", "en"):
            check(await ask(handler, text, state=state, language=language))


@pytest.mark.parametrize("handler", **by_name(handlers()))
@pytest.mark.parametrize("argument", ARGUMENTS, ids=[argument[:20] or "nothing" for argument in ARGUMENTS])
async def test_any_argument_of_a_choice_gets_an_answer(handler, argument):
    for state in STATES:
        check(await ask(handler, "q", state=state, choice=argument))


@pytest.mark.parametrize("handler", **by_name([handler for handler in handlers() if handler.commands]))
async def test_each_command_gets_an_answer_in_any_state_and_language(handler):
    arguments = {
        "about": ("1", "99"),
        "initial": ("a", "Đ"),
        "reopen": ("7KQ2M",),
        "agree": ("", "bao-tri"),
        "status": ("4821",),
        "wrong": ("", "7KQ2M"),
    }
    for name in handler.commands:
        for argument in arguments.get(name, ("",)):
            for state in STATES:
                for language in ("vi", "en"):
                    for text in ("", "x", "{x} " * 300):
                        command = Command(name=name, argument=argument, text=text)
                        check(await ask(handler, f"x {text}", state=state, language=language, command=command))


@pytest.mark.parametrize("handler", **by_name(handlers()))
def test_a_handler_is_named_as_its_file_and_importing_it_does_nothing_else(handler):
    assert handler.handle.__module__ == f"bot.handlers.{handler.name}"
