"""The talks of ``dialogues/`` on every form of channel, through the real store, dispatcher and renderer."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.accounts import Account
from bot.core.sms import count
from bot.core.text import unaccent
from bot.store.conversations import CLI_ACCOUNT
from gateway.asking import Asker, Exchange
from gateway.channel import Encoding
from gateway.deployment import build_mind, ensure_catalogue, open_store
from gateway.forms import FORMS
from gateway.settings import Settings, load_settings

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
NUMBER = {"sms": {"keyword": "DL", "number": "8179"}}


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


@pytest.fixture
def settings(sample_folder: Path, tmp_path: Path) -> Settings:
    """Settings on a database of its own: no talk hears of another."""
    folder = shutil.copytree(sample_folder, tmp_path / "talk")
    return load_settings(folder / "tracuu.toml")


class Hands:
    """A clock that a talk can turn on."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def ask(form: str, settings: Settings, hands: Hands) -> AsyncIterator[Callable[[str], Exchange]]:
    """Send a message as one and the same person."""
    async with open_store(settings, clock=hands) as store:
        account = Account(channel=form, name=CLI_ACCOUNT, **NUMBER.get(form, {}))
        mind = build_mind(store, settings, {(form, CLI_ACCOUNT): account}, clock=hands)
        await mind.library.refresh()
        asker = Asker(mind, channel=form)

        async def send(text: str) -> Exchange:
            return await asker.ask(text, user="one person")

        yield send


@pytest.fixture
def hands() -> Hands:
    return Hands(NOW)


def plain(text: str) -> str:
    """``text`` as it is compared: without case, diacritics and typographic signs, on one line."""
    return " ".join(unaccent(text).casefold().split())


def shown(exchange: Exchange, form: str) -> str:
    """Everything a person sees of an answer."""
    lines = [part.text for part in exchange.parts]
    if FORMS[form].buttons:
        lines += [choice.label for part in exchange.parts for choice in part.choices]
    return plain(" ".join([*lines, *(part.link for part in exchange.parts if part.link)]))


def expected(line: str, form: str) -> str:
    """What a line beginning with "<" asks for on ``form``, empty when it is about another."""
    for other in FORMS:
        if line.startswith(f"<{other} "):
            return plain(line.removeprefix(f"<{other} ")) if other == form else ""
    return plain(line[1:])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", DIALOGUES, ids=[file.stem for file in DIALOGUES])
async def test_the_talk_goes_as_it_is_written_down(file: Path, form: str, ask, hands: Hands):
    seen, rest = "", ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        place, sign = f"{file.name}, line {number}", line[:1]
        if sign == ">":
            exchange = await ask(line[1:].strip())
            seen = rest = shown(exchange, form)
            assert seen, f"{place}: no answer"
            assert_payable(exchange, form, place)
        elif sign == "<" and (part := expected(line, form)):
            assert part in rest, f"{place}: {part!r} is missing in {seen!r}"
            rest = rest.partition(part)[2]
        elif sign == "!":
            assert plain(line[1:]) not in seen, f"{place}: {seen!r}"
        elif sign == "~":
            hands.now += timedelta(minutes=float(line[1:]))
        else:
            assert sign in {"", "#", "<"}, f"{place} begins with none of the signs of README.md"


def assert_payable(exchange: Exchange, form: str, place: str) -> None:
    """One message on SMS, of two parts at most, in the cheap alphabet."""
    if FORMS[form].encoding is Encoding.SMS:
        (part,) = exchange.parts
        segments = count(part.text)
        assert (segments.encoding, segments.segments <= 2) == ("gsm7", True), f"{place}: {segments}"
