"""The house rules, one row each: where it holds, why, and a breach that it must notice."""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support import rules
from tests.support.source import Source, sources

CODE = ("bot/", "gateway/", "simulator/")
PURE = ("bot/core/", "bot/handlers/", "bot/search/", "bot/notify/")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check of one file; ``breach`` is a file named ``breaching`` that must not pass, ``fine`` one that must."""

    name: str
    reason: str
    check: Callable[[Source], Iterator[str]]
    within: tuple[str, ...]
    breach: str
    fine: str
    breaching: str = "bot/core/example.py"
    outside: tuple[str, ...] = ()

    def binds(self, source: Source) -> bool:
        return source.path.startswith(self.within) and not source.path.startswith(self.outside or ("\0",))


RULES = (
    Rule(
        name="a file is about one thing",
        reason=f"beyond {rules.LONGEST_FILE} lines it is about several; split it by meaning",
        check=rules.too_long,
        within=("",),
        breach="x = 1\n" * (rules.LONGEST_FILE + 1),
        fine="x = 1\n" * rules.LONGEST_FILE,
    ),
    Rule(
        name="the core imports the standard library only",
        reason="what the service means must not depend on how it is stored, sent or shown",
        check=rules.foreign_imports,
        within=("bot/core/",),
        breach="def f():\n    import numpy\n",
        fine="from datetime import date\nfrom bot.core.text import fold\n",
    ),
    Rule(
        name="only the store speaks SQL",
        reason="a statement elsewhere would be tested on neither engine",
        check=rules.sql_imports,
        within=CODE,
        outside=("bot/store/",),
        breach="from sqlalchemy.ext.asyncio import AsyncConnection\n",
        fine="from bot.store.engine import Store\n",
    ),
    Rule(
        name="time and chance are arguments",
        reason="else a deadline cannot be tested on the day it matters",
        check=rules.clock_uses,
        within=PURE,
        breach="from datetime import datetime as moment\nx = moment.now\n",
        fine="from datetime import datetime\ndef f(now: datetime) -> datetime:\n    return max(now, datetime.min)\n",
    ),
    Rule(
        name="chance is an argument too",
        reason="the same input must give the same answer",
        check=rules.clock_uses,
        within=PURE,
        breach="import uuid\nx = str(uuid.uuid4())\n",
        fine="from random_words import pick\nx = pick()\n",
    ),
    Rule(
        name="a name says what the thing is",
        reason="utils, helpers, managers and services collect what has no home",
        check=rules.vague_names,
        within=("",),
        breach="class OutboxManager:\n    pass\n",
        fine="class Outbox:\n    pass\n",
    ),
    Rule(
        name="a module's name says what it holds",
        reason="utils, helpers, managers and services collect what has no home",
        check=rules.vague_names,
        within=("",),
        breach="",
        breaching="bot/core/text_utils.py",
        fine="",
    ),
    Rule(
        name="nothing is printed outside the command line",
        reason="a log has a level and fields and never a text or a number; standard output belongs to --json",
        check=rules.prints,
        within=CODE,
        outside=("gateway/cli.py", "gateway/terminal.py"),
        breach="print(1)\n",
        fine="from rich import print as show\n",
    ),
    Rule(
        name="whatever is public says what it promises",
        reason="a caller should not have to read the body",
        check=rules.missing_docstrings,
        within=CODE,
        breach='"""M."""\nclass A:\n    """A."""\n    def b(self): ...\n',
        fine='"""M."""\ndef a():\n    """A."""\ndef _b(): ...\n',
    ),
    Rule(
        name="a test's name is a sentence",
        reason="the list of failures should read as a list of broken promises",
        check=rules.short_test_names,
        within=("tests/",),
        breach="def test_claim(): ...\n",
        fine="def test_two_workers_never_share_a_row(): ...\n",
    ),
    Rule(
        name="nothing of ours is patched",
        reason="where a test must patch, the design passes too little in",
        check=rules.patches,
        within=("tests/",),
        breach="def test_a_b_c(monkeypatch):\n    monkeypatch.setattr('bot.core.text.fold', str)\n",
        fine="def test_a_b_c(monkeypatch):\n    monkeypatch.setenv('A', 'b')\n",
    ),
    Rule(
        name="a record of the core cannot change",
        reason="it is read by several tasks; keywords keep its fields from being swapped",
        check=rules.loose_records,
        within=("bot/core/",),
        breach="@dataclass(frozen=True)\nclass A:\n    b: int\n",
        fine="@dataclass(frozen=True, slots=True, kw_only=True)\nclass A:\n    b: int\n",
    ),
)
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@EACH_RULE
def test_every_file_keeps_the_rule(rule: Rule):
    bound = [source for source in sources() if rule.binds(source)]
    breaches = [f"{source.path}: {breach}" for source in bound for breach in rule.check(source)]
    assert not breaches, "\n".join([f"{rule.name} – {rule.reason}:", *breaches])


@EACH_RULE
def test_the_rule_notices_a_breach(rule: Rule):
    assert list(rule.check(Source(path=rule.breaching, text=rule.breach)))


@EACH_RULE
def test_the_rule_lets_good_code_pass(rule: Rule):
    assert not list(rule.check(Source(path="bot/core/example.py", text=rule.fine)))


def test_functions_stay_small(capsys: pytest.CaptureFixture[str]):
    lengths = sorted(n for source in sources() if source.path.startswith(CODE) for n in rules.function_lengths(source))
    median, most = statistics.median(lengths), lengths[len(lengths) * 9 // 10]
    with capsys.disabled():
        print(f"\n{len(lengths)} functions: median {median:g} lines, nine in ten at most {most}")
    assert median <= 10
    assert most <= 30
