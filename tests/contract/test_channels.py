"""Every channel that is found, under every check; the cases of a channel lie in ``cases/<channel>.toml``."""

import pytest

from tests.contract.check import CHECKS, Check
from tests.contract.harness import stand
from tests.contract.matrix import (
    FAILED,
    FILE,
    MODULES,
    PROPERTY,
    count_cases,
    document,
    draw,
    subject_of,
    tables,
    tell,
    tried,
)

EACH_CHANNEL = pytest.mark.parametrize("module", MODULES)


@EACH_CHANNEL
def test_a_channel_has_its_table_of_cases(module: str):
    subject = subject_of(module)
    assert subject.channel.name == module.replace("_", "-")
    assert subject.cases.account["channel"] == subject.channel.name
    assert bool(subject.channel.paths) == (subject.cases.message is not None) == (subject.cases.request is not None)


def test_every_table_of_cases_belongs_to_a_channel():
    assert tables() == set(MODULES)


@EACH_CHANNEL
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
async def test_a_channel_keeps_the_contract(module: str, check: Check, store, record_property, request):
    subject = subject_of(module)
    record_property(PROPERTY, (check.name, subject.channel.name, FAILED))
    async with stand(subject.channel, subject.cases, store) as prepared:
        outcome = tell(await check.carry_out(prepared))
    request.node.user_properties[-1] = (PROPERTY, (check.name, subject.channel.name, outcome))


def test_the_printed_matrix_is_what_the_tables_of_cases_say():
    assert FILE.read_text(encoding="utf-8") == document(), "write it anew: python -m tests.contract.matrix"


def test_no_channel_is_without_cases_unless_it_says_why():
    assert [place for place, cell in count_cases().items() if cell == "0"] == []


def report(name: str, channel: str, outcome: str, *, failed: bool = False) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid="test",
        location=("", 0, ""),
        keywords={},
        outcome="failed" if failed else "passed",
        longrepr=None,
        when="call",
        user_properties=[(PROPERTY, (name, channel, outcome))],
    )


def test_the_matrix_of_a_run_shows_numbers_reasons_and_failures():
    first, second = list(CHECKS)[:2]
    table = tried(
        [
            report(first, "web", "3"),
            report(first, "kannel", "3", failed=True),
            report(first, "kannel", "3"),
            report(second, "web", "nothing to try"),
        ]
    )
    assert table == {(first, "web"): "3", (first, "kannel"): FAILED, (second, "web"): "nothing to try"}
    drawn = draw(table)
    assert FAILED in drawn
    assert "– a" in drawn
    assert "- a: nothing to try" in drawn
