"""The talks of ``dialogues/`` on every form of channel, and over the real channels."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.core.accounts import Account
from bot.mind import Mind
from bot.store.conversations import CLI_ACCOUNT
from bot.store.engine import Store
from gateway.asking import Asker, Exchange
from gateway.database import open_store
from gateway.deployment import build_mind, ensure_catalogue
from gateway.forms import FORMS
from gateway.settings import Settings, load_settings
from simulator.kannel.sendsms import SendSms, running_sendsms
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.zalo.double import Zalo, running_zalo
from simulator.zalo.world import OA_ID
from tests.support.bots import Office, hook, labels, telegram_table
from tests.support.phones import KEYWORD, NUMBER, kannel_account, phone
from tests.support.script import Heard, Line, Say, hold, lines, talks
from tests.support.serving import Person, Serving, running
from tests.support.zalo_office import keep_tokens, zalo_table

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
ON_NUMBER = {"sms": {"keyword": KEYWORD, "number": NUMBER}}
TALKS = {file.stem: lines(file, FORMS) for file in talks()}
TIMELESS = {name: talk for name, talk in TALKS.items() if all(line.sign != "~" for line in talk)}
"""Talks in which no minutes pass: the clock of a real service cannot be turned."""
HERE = {
    f"{name}-{form}": (talk, form)
    for name, talk in TALKS.items()
    for form in FORMS
    if form in ("web", "sms") or name not in TIMELESS
}
"""What is held without a network: on Zalo and Telegram the timeless talks go over the real channels below."""
SECONDS = 60
IN_ONE_LOOP = pytest.mark.asyncio(loop_scope="module")
PACKAGE = 2000
"""Calls a minute: that of "Toàn diện", so that nobody waits for the next one."""
FIRST_UID = 7_293_648_105_738_264_910


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings and a database that holds the sample content."""
    folder = tmp_path_factory.mktemp("dialogues")
    (folder / "tracuu.toml").write_text("", encoding="utf-8")
    asyncio.run(_load_sample(load_settings(folder / "tracuu.toml")))
    return folder


async def _load_sample(settings: Settings) -> None:
    async with open_store(settings, clock=lambda: NOW) as store:
        await ensure_catalogue(store, settings, clock=lambda: NOW)
        mind = build_mind(store, settings, {}, clock=lambda: NOW, waits=True)
        await mind.library.refresh()  # leaves its index files beside the database


class Hands:
    """A clock that a talk can turn on."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def turn(self, minutes: float) -> None:
        """Let ``minutes`` pass."""
        self.now += timedelta(minutes=minutes)


@pytest.fixture(scope="module")
def hands() -> Hands:
    return Hands(NOW)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mind(sample_folder: Path, hands: Hands) -> AsyncIterator[Mind]:
    """One that answers in all talks, as that of a service does."""
    settings = load_settings(sample_folder / "tracuu.toml")
    async with open_store(settings, clock=hands) as store:
        accounts = [Account(channel=form, name=CLI_ACCOUNT, **ON_NUMBER.get(form, {})) for form in FORMS]
        made = build_mind(store, settings, {(each.channel, CLI_ACCOUNT): each for each in accounts}, clock=hands)
        await made.library.refresh()
        yield made


@pytest.fixture
def say(form: str, mind: Mind, hands: Hands, request: pytest.FixtureRequest) -> Say:
    """Send a message as one and the same person, who is nobody else in any other talk."""
    hands.now = NOW
    asker = Asker(mind, channel=form)

    async def send(text: str) -> Heard:
        return heard(await asker.ask(text, user=request.node.name), form)

    return send


def heard(exchange: Exchange, form: str) -> Heard:
    """Everything a person sees of an answer."""
    texts = [part.text for part in exchange.parts]
    if FORMS[form].buttons:
        texts += [choice.label for part in exchange.parts for choice in part.choices]
    return Heard(texts=[*texts, *(part.link for part in exchange.parts if part.link)])


@IN_ONE_LOOP
@pytest.mark.parametrize(("talk", "form"), HERE.values(), ids=HERE)
async def test_the_talk_goes_as_it_is_written_down(talk: list[Line], form: str, say: Say, hands: Hands):
    await hold(talk, form, say, hands.turn)


@IN_ONE_LOOP
@pytest.mark.parametrize("form", ["sms"])
@pytest.mark.parametrize("talk", TALKS.values(), ids=TALKS)
async def test_with_accents_on_sms_no_figure_no_code_and_no_invitation_is_lost(
    talk: list[Line], form: str, say: Say, hands: Hands
):
    asking = Line(place="before the talk", sign=">", form="", text="có dấu")
    await hold([asking, *(line for line in talk if line.sign != "=")], form, say, hands.turn)


def on_the_page(http: aiohttp.ClientSession, url: str, name: str) -> Say:
    """Write on the chat page and read its event stream."""
    person, sent = Person(name=name), 0

    async def send(text: str) -> Heard:
        nonlocal sent
        sent += 1
        assert await person.post(http, url, {"id": f"{name}-{sent}", "text": text}) == 200
        part = (await person.replies(http, url, expect=sent, seconds=SECONDS))[sent - 1]
        labels = (choice["label"] for choice in part["choices"])
        return Heard(texts=[part["text"], *labels, *filter(None, [part["link"]])])

    return send


def on_the_phone(http: aiohttp.ClientSession, url: str, kannel: SendSms, place: int) -> Say:
    """Write to the shared number and read what comes back through the gateway."""
    handset, sent = phone(place), 0

    async def send(text: str) -> Heard:
        nonlocal sent
        sent += 1
        assert await handset.post(http, url, {"id": f"{place}-{sent}", "text": text}) == 200
        async with asyncio.timeout(SECONDS):
            while len(mine := [sms.text for sms in kannel.arrived if sms.to == handset.number]) < sent:
                await kannel.until(len(kannel.arrived) + 1, seconds=SECONDS)
        return Heard(texts=mine[sent - 1 :])

    return send


def on_telegram(double: TelegramDouble, office: Office, name: str) -> Say:
    """Write to the bot and read what it shows: words, buttons, and where these lead."""
    person = double.person(name)

    async def send(text: str) -> Heard:
        answer = await office.ask(person, text, seconds=SECONDS)
        links = (button["url"] for button in answer.buttons if "url" in button)
        return Heard(texts=[answer.text, *labels(answer), *links])

    return send


def on_zalo(zalo: Zalo, place: int) -> Say:
    """Write to the Official Account and read what it says: one message for each, words only."""
    uid = str(FIRST_UID + place)

    async def send(text: str) -> Heard:
        before = len(zalo.texts(uid))
        assert (await zalo.say(uid, text)).status == 200
        async with asyncio.timeout(SECONDS):
            while len(zalo.texts(uid)) == before:
                await asyncio.sleep(0.02)
        return Heard(texts=zalo.texts(uid)[before:])

    return send


async def hold_all(form: str, begin: Callable[[int, str], Say]) -> None:
    """Hold every talk at once, each with somebody else."""
    async with asyncio.TaskGroup() as group:
        for place, (name, talk) in enumerate(TIMELESS.items()):
            group.create_task(hold(talk, form, begin(place, name)))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_talks_go_the_same_way_over_hooks_event_stream_and_sms_gateway(
    tmp_path: Path, engine: str, engine_url: str
):
    async with running_sendsms() as kannel, aiohttp.ClientSession() as http:
        account = kannel_account(kannel.url)
        with running(Serving(folder=tmp_path, store_url=engine_url, settings=account)) as (service,):
            await hold_all("web", lambda _, name: on_the_page(http, service.url, name))
            await hold_all("sms", lambda place, _: on_the_phone(http, service.url, kannel, place))
    assert kannel.refused == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_talks_go_the_same_way_over_telegram(tmp_path: Path, engine: str, engine_url: str):
    async with running_telegram() as double:
        office = Office(double=double, folder=tmp_path, store_url=engine_url, tables=[telegram_table(double)])
        with running(office.serving()) as (service,):
            hook(double, service)
            await hold_all("telegram", lambda _, name: on_telegram(double, office, name))
            await double.settled()
    assert double.refusals == []
    office.check()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_talks_go_the_same_way_over_zalo(tmp_path: Path, store: Store, engine: str, engine_url: str):
    async with running_zalo() as zalo:
        zalo.oa.rate = PACKAGE
        await keep_tokens(store, zalo)
        account = zalo_table(zalo, more=f"requests_per_minute = {PACKAGE}")
        with running(Serving(folder=tmp_path, store_url=engine_url, settings=account)) as (service,):
            zalo.app.webhook = f"{service.url}/hooks/zalo/{OA_ID}"
            await hold_all("zalo", lambda place, _: on_zalo(zalo, place))
            await zalo.settle()
    assert zalo.violations == []
    assert all(0 < len(sent.text) <= FORMS["zalo"].limit for sent in zalo.sent)
    asked = [line for talk in TIMELESS.values() for line in talk if line.sign == ">" and line.form in ("", "zalo")]
    assert len(zalo.sent) == len(asked), "one message for each"
