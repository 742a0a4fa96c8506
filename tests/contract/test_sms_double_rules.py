"""Every rule of docs/sms-contract.md that the SMS doubles enforce: a wrong client is refused, a right one is not."""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from gateway.site import open_site
from simulator.sms.esms_shortcode import EsmsShortcode
from simulator.sms.provider import Provider, running
from simulator.zalo.clock import Timeline
from tests.conftest import NOW
from tests.contract.sms_caller import KINDS, PERSON, RIGHT, Ask, call
from tests.contract.sms_wrong_clients import ANSWERS, ROWS, Answered, Row
from tests.support.source import ROOT

CONTRACT = (ROOT / "docs" / "sms-contract.md").read_text(encoding="utf-8")
DOUBLE = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "simulator" / "sms").glob("*.py"))]
IN_A_GET = "A31"
"""The rule that is broken by any call at all, of a double of its own."""


@contextlib.asynccontextmanager
async def at_the_door(provider: str) -> AsyncIterator[tuple[Provider, aiohttp.ClientSession]]:
    clock = Timeline(NOW, speed=0)
    async with running(KINDS[provider], clock=clock) as double, aiohttp.ClientSession() as session:
        double.receipts = False
        yield double, session


@contextlib.asynccontextmanager
async def hook(answer: tuple[int, str, str]) -> AsyncIterator[str]:
    status, kind, body = answer

    async def respond(_: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    app = web.Application()
    app.router.add_route("*", "/hook", respond)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        yield f"{url}/hook"


def rules_marked(mark: str) -> set[str]:
    """The rules whose last cell is ``mark``."""
    return set(re.findall(rf"^\| (A\d+) \|.*\| {mark} \|$", CONTRACT, re.MULTILINE))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.rule}: {row.what}" for row in ROWS])
async def test_a_client_that_breaks_the_rule_is_refused(row: Row) -> None:
    async with at_the_door(row.provider) as (double, session):
        row.arrange(double)
        ask = RIGHT[row.provider](double)
        for _ in range(row.after):
            await call(session, double, ask)
        before = len(double.sent)
        _, body = await call(session, double, row.spoilt(double, ask))
        assert row.says in body
        assert [violation.rule for violation in double.violations] == [row.rule]
        assert len(double.sent) == before + row.taken


@pytest.mark.parametrize("provider", KINDS)
async def test_a_client_that_keeps_the_rules_is_served(provider: str) -> None:
    async with at_the_door(provider) as (double, session):
        status, body = await call(session, double, RIGHT[provider](double))
        assert status in {200, 201}
        assert not double.violations, body
        assert double.sent[0].to == PERSON
        assert double.phones.texts(PERSON) in (["Dân số"], ["Dan so"], ["Dan so: 1.234.567"])


@pytest.mark.parametrize(("wait", "change"), [(timedelta(minutes=5), "r-2"), (timedelta(days=1), "r-1")])
async def test_what_esms_does_not_repeat_it_takes_again_later(wait: timedelta, change: str) -> None:
    async with at_the_door("esms") as (double, session):
        ask = RIGHT["esms"](double)
        await call(session, double, ask)
        double.clock.turn(wait)
        await call(session, double, ask.but(RequestId=change))
        assert len(double.sent) == 2
        assert not double.violations


async def test_the_sixty_first_call_is_taken_in_the_next_minute() -> None:
    async with at_the_door("speedsms") as (double, session):
        ask = RIGHT["speedsms"](double)
        for _ in range(60):
            await call(session, double, ask)
        double.clock.turn(timedelta(minutes=1))
        await call(session, double, ask)
        assert len(double.sent) == 61
        assert not double.violations


async def test_nothing_can_be_sent_through_the_short_code_of_esms_alone() -> None:
    async with running(EsmsShortcode) as double, aiohttp.ClientSession() as session:
        status, _ = await call(session, double, Ask(path="/send"))
        assert status == 404
        assert [violation.rule for violation in double.violations] == [IN_A_GET]


@pytest.mark.parametrize("row", ANSWERS, ids=[f"{row.rule}: {row.what}" for row in ANSWERS])
async def test_an_answer_of_ours_that_breaks_the_rule_is_noted_and_asked_for_again(row: Answered) -> None:
    async with at_the_door(row.provider) as (double, _), hook(row.wrong) as url:
        double.hook = url
        delivery = await double.say(PERSON, "dân số")
        while not delivery.ended.is_set():
            double.clock.turn(timedelta(minutes=1))
            await asyncio.sleep(0)
        assert {violation.rule for violation in double.violations} == {row.rule}
        assert len(delivery.attempts) == row.tries
        assert not double.sent


@pytest.mark.parametrize("row", ANSWERS, ids=[f"{row.rule}: {row.what}" for row in ANSWERS])
async def test_an_answer_of_ours_that_keeps_the_rule_ends_it(row: Answered) -> None:
    async with at_the_door(row.provider) as (double, _), hook(row.right) as url:
        double.hook = url
        delivery = await double.say(PERSON, "dân số")
        await delivery.ended.wait()
        assert not double.violations
        assert len(delivery.attempts) == 1


def test_every_rule_that_a_double_enforces_or_notes_has_a_wrong_client() -> None:
    held = {row.rule for row in ROWS if not row.taken} | {row.rule for row in ANSWERS} | {IN_A_GET}
    assert held == rules_marked("enforces")
    assert {row.rule for row in ROWS if row.taken} == rules_marked("notes")


def test_every_rule_that_a_double_cites_stands_in_the_contract() -> None:
    cited = {rule for text in DOUBLE for rule in re.findall(r'"(A\d+)"', text)}
    assert cited == rules_marked("enforces") | rules_marked("notes")


def test_no_rule_stands_twice_in_the_contract() -> None:
    numbers = Counter(re.findall(r"^\| (A\d+) \|", CONTRACT, re.MULTILINE))
    assert len(numbers) > 80
    assert set(numbers.values()) == {1}
    marked = [rules_marked(mark) for mark in ("enforces", "notes", "behaves", "–")]
    assert numbers.keys() == set().union(*marked)
