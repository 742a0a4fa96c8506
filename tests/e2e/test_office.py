"""The files of ``office/``: what officers are told over weeks, and what they say."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.local_time import local_day
from bot.core.obligations.agency import PostRole
from bot.store.engine import Store
from tests.conftest import open_store
from tests.support.office import Bureau, Person
from tests.support.office_script import Line, office_files, read_office
from tests.support.office_setting import make_item, row
from tests.support.script import Heard, check_payable, plain

OFFICES = {file.stem: read_office(file) for file in office_files()}


@pytest.fixture
async def files_store(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A store on SQLite: what depends on the engine is proved elsewhere."""
    database = tmp_path / "office.db"
    database.write_bytes(migrated_file.read_bytes())
    async with open_store(f"sqlite:///{database}") as store:
        yield store


@pytest.mark.parametrize("lines", OFFICES.values(), ids=OFFICES)
async def test_everybody_hears_what_the_file_tells_and_nothing_else(lines: Sequence[Line], files_store: Store):
    office = await furnish(files_store, [line for line in lines if line.sign == ":"], lines)
    last = ""
    for line in lines:
        if line.sign == "<":
            last = hear(office, line)
        elif line.sign == "!":
            last = last or hear(office, line)
            assert plain(line.text) not in plain(last), f"{line.place}: {last!r}"
        elif line.sign != ":":
            assert not office.unheard(), f"before {line.place} somebody heard: {office.unheard()}"
            last = ""
            await happen(office, line)
    assert not office.unheard(), f"at the end somebody heard: {office.unheard()}"


async def furnish(store: Store, setting: Sequence[Line], lines: Sequence[Line]) -> Bureau:
    """The office as the file describes it, a day before its first day."""
    first = next(line for line in lines if line.sign == "@").moment
    said = {line.word: line.fields[0] for line in setting}
    province = said["province"]
    office = Bureau(store, province, first - timedelta(days=1))
    items = [line.fields for line in setting if line.word == "item"]
    made = [make_item(*fields, province=province, number=number) for number, fields in enumerate(items, 1)]
    days = {line.fields[0]: date.fromisoformat(line.fields[1]) for line in setting if line.word == "published"}
    await office.add_items(made, since=date.fromisoformat(said["catalogue"]), published=days)
    await office.enrol(*(row(province, line.fields[0]) for line in setting if line.word == "agency"))
    for line in setting:
        if line.word == "officer":
            await join(office, line)
    return office


async def join(office: Bureau, line: Line) -> None:
    """Somebody gets a post, and a code unless there is no channel."""
    label, agency, role, channel = line.fields
    person = Person(name=f"Cán bộ đầu mối {label}")
    office.people[label] = person
    since = local_day(office.now)
    await office.enrol(row(office.province, agency, name=person.name, role=PostRole(role), since=since))
    if channel != "-":
        await office.bind(label, channel)


async def happen(office: Bureau, line: Line) -> None:
    """What a line makes happen."""
    match line.sign, line.word:
        case "@", _:
            await office.wait(line.moment)
        case ">", _:
            await office.say(line.officer, line.text)
        case "?", reason:
            agency = line.text.partition(" ")[2]
            found = {each.replace(" ", "-") for each in await office.why_not(agency)}
            assert any(reason in each for each in found), f"{line.place}: {found}"
        case "*", "portal":
            await office.set_portal(down=line.fields[0] == "down")
        case "*", "confirm":
            await office.confirm()
        case "*", "join":
            await join(office, line)
        case "*", "leave":
            await office.leave(line.fields[0])
        case "*", "rebind":
            label = line.fields[0]
            await office.bind(label, office.people[label].addresses[-1].channel)
        case "*", "change":
            await office.change(line.fields[0])
        case _:
            raise AssertionError(f"{line.place} says nothing that README.md knows")


def hear(office: Bureau, line: Line) -> str:
    """The next message to an officer on one line, which must have the words of ``line`` in their order."""
    parts = office.read(line.officer)
    assert parts is not None, f"{line.place}: nothing came"
    if office.people[line.officer.rstrip("'")].addresses[-1].channel == "sms":
        check_payable(Heard(texts=parts), line.place, accents=False)
    whole = " ".join(" ".join(parts).split())
    rest = plain(whole)
    for words in plain(line.text).split(" ... ") if line.sign == "<" else ():
        assert words in rest, f"{line.place}: {words!r} is missing in {whole!r}"
        rest = rest.partition(words)[2]
    return whole
