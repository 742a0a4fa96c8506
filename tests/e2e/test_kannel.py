"""People with phones, Debian's Kannel with the shipped configuration, the real service: what is said and what it costs."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.core.delivery import DeliveryState
from bot.core.text import unaccent
from bot.store.engine import Store
from simulator.kannel.sendsms import running_sendsms
from tests.support.handset import Handset, Shown, covered_handset
from tests.support.kannel import TOKEN
from tests.support.need import need_fakesmsc
from tests.support.sms_line import CODE, SmsLine, ask, running_line

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
ANNA = "84912345678"
QUESTION = "DL dan so quang ngai"
FIGURE = "2.161.755"
TALK = (QUESTION, "DL xa an phu thuoc tinh nao", "DL 1", "DL CO DAU", QUESTION, "DL KHONG DAU", QUESTION, "HD")


@pytest_asyncio.fixture
async def line(tmp_path: Path, engine: str, engine_url: str, store: Store) -> AsyncIterator[SmsLine]:
    async with running_line(tmp_path, engine_url, store) as running:
        yield running


@pytest_asyncio.fixture
async def handset(line: SmsLine) -> AsyncIterator[Handset]:
    async with covered_handset(line.kannel.handset_port) as covered:
        yield covered


def spoken(number: str, asked: str, shown: Shown) -> str:
    """One exchange, readable."""
    told = shown.text.replace("\n", "\n           ")
    return f"{number} > {asked}\n    {CODE} < {told}\n           [{shown.parts} part(s), {shown.encoding}]"


async def test_a_talk_by_sms_from_the_first_question_to_diacritics_on_request(
    line: SmsLine, handset: Handset, engine: str
) -> None:
    talk = [(asked, await ask(handset, ANNA, asked)) for asked in TALK]
    async with asyncio.timeout(20):
        while len(line.door.reports()) < 2 * len(talk):
            await asyncio.sleep(0.05)
    print("\n" + "\n".join(spoken(ANNA, asked, shown) for asked, shown in talk))
    for report in line.door.reports():
        print(f"  report on part {report.query['id']}: status={report.query['status']} {report.query['answer']}")
    first, accented, plain_again = talk[0][1], talk[4][1], talk[6][1]
    assert FIGURE in first.text
    assert (first.encoding, first.text) == ("gsm7", unaccent(first.text))
    assert FIGURE in accented.text
    assert accented.encoding == "ucs2"
    assert unaccent(accented.text) != accented.text
    assert plain_again == first
    assert all(shown.parts <= 2 and shown.sender == CODE for _, shown in talk)
    assert f"gui {CODE}" in unaccent(talk[1][1].text), "an invitation names keyword and number"


async def test_debians_own_handset_sees_the_figure(line: SmsLine, engine: str) -> None:
    command = [str(need_fakesmsc()), "-H", "127.0.0.1", "-r", str(line.kannel.handset_port), "-i", "0.01", "-v", "0"]
    phone = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert phone.stdin is not None
    assert phone.stdout is not None
    seen = ""
    try:
        phone.stdin.write(f"{ANNA} {CODE} text {QUESTION}\n".encode())
        async with asyncio.timeout(20):
            while FIGURE not in seen:
                seen += (await phone.stdout.readline()).decode("utf-8", "replace")
    finally:
        phone.kill()
        await phone.wait()
    assert re.search(rf"{CODE} {ANNA} ", seen)


async def test_one_person_however_the_number_is_written(line: SmsLine, handset: Handset, engine: str) -> None:
    spellings = ("84912345678", "+84912345678", "0912345678", "0084912345678")
    shown = [await ask(handset, spelling, "DL danh muc") for spelling in spellings]
    assert {one.to for one in shown} == {ANNA}
    assert len(await line.part_states(f"+{ANNA}")) == len(spellings)


async def test_no_robot_gets_an_answer(line: SmsLine, handset: Handset, engine: str) -> None:
    for robot in ("1414", "VIETTEL", "19001234", CODE):
        await handset.write(robot, CODE, "Quy khach co goi cuoc sap het han")
    shown = await ask(handset, ANNA, QUESTION)
    assert shown.to == ANNA
    assert len(line.door.messages()) == 5, "every message reached the service"
    assert len(await line.inbox()) == 1


async def test_a_slow_hook_that_is_called_twice_is_one_message_and_one_reply(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    changes = {"http-timeout = 10": "http-timeout = 2"}
    async with (
        running_line(tmp_path, engine_url, store, changes=changes) as line,
        covered_handset(line.kannel.handset_port) as handset,
    ):
        line.door.hold = 5.0
        await handset.write(ANNA, CODE, QUESTION)
        async with asyncio.timeout(20):
            while len(line.door.messages()) < 2:
                await asyncio.sleep(0.05)
        await handset.until(1)
        await ask(handset, ANNA, "DL danh muc")
        first, second = line.door.messages()[:2]
        assert first == second
        assert len(await line.inbox()) == 2
        assert len(handset.screen) == 2


async def test_nothing_of_a_person_reaches_a_log_of_ours_or_kannels(
    line: SmsLine, handset: Handset, engine: str
) -> None:
    await ask(handset, ANNA, "DL dan so chimhoangyen77")
    line.service.stop()
    said = {"service": line.service.log.read_text(encoding="utf-8")}
    said |= {box: line.kannel.said(box) for box in ("bearerbox", "smsbox")}
    marks = ("chimhoangyen77", ANNA[2:], "the-sendsms-word", "the-report-token")
    assert {(name, mark) for name, text in said.items() for mark in marks if mark in text} == set()
    assert all(said.values()), "every log is written"


ASKED = {
    "taken": {},
    "no name": {"username": None},
    "wrong password": {"password": "another"},
    "no receiver": {"to": None},
    "an empty receiver": {"to": ""},
    "letters for a receiver": {"to": "VIETTEL"},
    "no sender": {"from": None},
    "an impossible coding": {"coding": "7"},
    "an unknown charset": {"charset": "nonsense"},
    "a bad address for reports": {"dlr-url": "nonsense", "dlr-mask": "31"},
}


async def test_the_double_of_sendsms_answers_like_the_real_one(line: SmsLine, handset: Handset, engine: str) -> None:
    request = {"username": "tracuu", "password": "the-sendsms-word", "to": ANNA, "from": CODE, "text": "chao"}
    async with running_sendsms() as double, aiohttp.ClientSession() as http:
        for name, change in ASKED.items():
            asked = {key: value for key, value in {**request, **change}.items() if value is not None}
            said = []
            for address in (line.kannel.sendsms_url, double.url):
                async with http.get(address, params=asked) as answer:
                    said.append((answer.status, await answer.text()))
            assert said[0] == said[1], name


async def test_the_double_of_sendsms_spoils_texts_like_the_real_one(
    line: SmsLine, handset: Handset, engine: str
) -> None:
    request = {"username": "tracuu", "password": "the-sendsms-word", "to": ANNA, "from": CODE, "text": "số liệu"}
    async with running_sendsms() as double, aiohttp.ClientSession() as http:
        for place, change in enumerate(({}, {"coding": "0", "charset": "UTF-8"}, {"coding": "2", "charset": "UTF-8"})):
            for address in (line.kannel.sendsms_url, double.url):
                async with http.get(address, params={**request, **change}) as answer:
                    assert answer.status == 202
            shown = (await handset.until(place + 1))[place]
            assert shown.text == double.arrived[place].text, change


async def test_what_is_delivered_is_known(line: SmsLine, handset: Handset, engine: str) -> None:
    await ask(handset, ANNA, QUESTION)
    await line.until_state(f"+{ANNA}", DeliveryState.DELIVERED)


def test_the_gateway_listens_on_this_machine_only(line: SmsLine, engine: str) -> None:
    listening = [
        entry.split()[1] for entry in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines() if " 0A " in entry
    ]
    ours = {f"{port:04X}" for port in line.kannel.ports.values()}
    addresses = {address for address, _, port in (entry.partition(":") for entry in listening) if port in ours}
    assert {port for _, _, port in (entry.partition(":") for entry in listening)} >= ours
    assert addresses == {"0100007F"}


async def test_a_wrong_token_in_kannels_configuration_is_refused_and_nothing_is_stored(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    changes = {"http-queue-delay = 1": "http-queue-delay = 60", f"token={TOKEN}": "token=mistyped-token"}
    async with (
        running_line(tmp_path, engine_url, store, changes=changes) as line,
        covered_handset(line.kannel.handset_port) as handset,
    ):
        await handset.write(ANNA, CODE, QUESTION)
        async with asyncio.timeout(20):
            while 401 not in line.door.statuses:
                await asyncio.sleep(0.05)
        assert await line.inbox() == []
        assert handset.screen == []
