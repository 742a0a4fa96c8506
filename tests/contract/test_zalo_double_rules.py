"""Every rule of docs/zalo-contract.md that the Zalo double enforces: a wrong client is refused, a right one is not."""

import re
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulator.zalo.clock import Timeline
from simulator.zalo.double import running_zalo
from simulator.zalo.errors import OPEN_API_ERRORS, TEMPLATE_ERRORS
from tests.conftest import NOW
from tests.contract.zalo_caller import Answer, Caller, Row
from tests.contract.zalo_wrong_access import ROWS as ACCESS
from tests.contract.zalo_wrong_messages import ROWS as MESSAGES
from tests.contract.zalo_wrong_templates import ROWS as TEMPLATES
from tests.contract.zalo_wrong_uploads import ROWS as UPLOADS
from tests.contract.zalo_wrong_webhooks import ROWS as WEBHOOKS
from tests.support.source import ROOT

ROWS = (*ACCESS, *MESSAGES, *TEMPLATES, *UPLOADS)
EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}: {row.what}" for row in ROWS])
CONTRACT = (ROOT / "docs" / "zalo-contract.md").read_text(encoding="utf-8")
DOUBLE = {file.name: file.read_text(encoding="utf-8") for file in sorted((ROOT / "simulator" / "zalo").glob("*.py"))}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with running_zalo(clock=Timeline(NOW, speed=0)) as zalo, aiohttp.ClientSession() as session:
        calling = Caller(zalo=zalo, session=session)
        calling.arrange()
        yield calling


def rules_marked(mark: str) -> set[str]:
    """The rules whose last cell is ``mark``."""
    return set(re.findall(rf"^\| (Z\d+) \|.*\| {mark} \|$", CONTRACT, re.MULTILINE))


def codes_listed(table: str) -> set[int]:
    """The numbers in the first column of the table whose head is ``table``."""
    rows = CONTRACT.partition(f"| {table}")[2].partition("\n\n")[0].splitlines()[2:]
    return {int(code) for row in rows for code in re.findall(r"-\d+", row.split("|")[1])}


@EACH_ROW
async def test_a_client_that_breaks_the_rule_is_refused(row: Row, caller: Caller):
    answer = await row.wrong(caller)
    if row.code is None:
        assert answer["error_name"]
        assert "access_token" not in answer
    else:
        assert answer["error"] == row.code
        assert "data" not in answer
    assert [violation.rule for violation in caller.zalo.violations] == [row.rule]


@EACH_ROW
async def test_a_client_that_keeps_the_rule_is_served(row: Row, caller: Caller):
    answer = await row.right(caller)
    assert is_success(answer), answer
    assert not caller.zalo.violations


def is_success(answer: Answer) -> bool:
    """An envelope without error, both tokens, or the way back from the consent page."""
    tokens = answer.get("access_token") and answer.get("refresh_token")
    return answer.get("error") == 0 or bool(tokens) or "code=" in answer.get("location", "")


def test_every_rule_that_the_double_enforces_has_a_wrong_client():
    assert rules_marked("enforces") == {row.rule for row in (*ROWS, *WEBHOOKS)}


def test_every_rule_that_the_double_cites_stands_in_the_contract():
    cited = {rule for text in DOUBLE.values() for rule in re.findall(r'"(Z\d+)"', text)}
    assert cited == rules_marked("enforces")


def test_no_rule_stands_twice_in_the_contract():
    numbers = Counter(re.findall(r"^\| (Z\d+) \|", CONTRACT, re.MULTILINE))
    assert len(numbers) > 100
    assert set(numbers.values()) == {1}
    assert numbers.keys() == rules_marked("enforces") | rules_marked("behaves") | rules_marked("–")


def test_every_error_code_of_the_contract_is_known_to_the_double_and_the_reverse():
    assert codes_listed("Z171") == set(OPEN_API_ERRORS)
    assert codes_listed("Z172") == set(TEMPLATE_ERRORS)
