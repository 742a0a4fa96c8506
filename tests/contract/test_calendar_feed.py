"""Calendar feeds as a calendar program reads them, and the tokens that open them."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import icalendar
import pytest
from sqlalchemy import insert

from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.progress import Status
from bot.core.working_days import DayStatus, SpecialDay
from bot.register import Register
from bot.rulebook import Rulebook, load_rulebook
from bot.store.feed_stamps import Marked, Stamp, forget, stamp
from bot.store.feed_tokens import add_token, find_token, list_tokens, make_token, revoke_tokens
from bot.store.tables import acts, agencies, officers, posts
from gateway.calendar_feed.entries import entries_of
from gateway.calendar_feed.ics import load_feed_words, write_calendar
from gateway.calendar_feed.site import UNITS, Feeds
from gateway.period_words import read_periods
from gateway.site import new_app, open_site
from tests.support.rows import NOW

DATA = Path(__file__).parents[2] / "data"
BOOK = load_rulebook(DATA)
WORDS, PERIODS = load_feed_words(DATA), {language: read_periods(language) for language in ("vi", "en")}
SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
NAMES = {1: ("Sở Y tế", "vinhphuc"), 2: ("Sở Giáo dục và Đào tạo", "quangngai"), 3: ("Sở Xây dựng", "vinhphuc")}
LATER = NOW + timedelta(days=3)


class Place:
    """A service with three agencies and an officer of the first two; ``book`` and ``now`` may be changed."""

    def __init__(self, store) -> None:
        self.store, self.url, self.book, self.now = store, "", BOOK, NOW

    async def get(self, token: str, **headers: str):
        path = f"{self.url}/calendar/{token}.ics"
        async with aiohttp.ClientSession() as session, session.get(path, headers=headers) as response:
            return response.status, response.headers, await response.read()

    async def events(self, token: str) -> dict[str, icalendar.Event]:
        status, _, body = await self.get(token)
        assert status == 200
        return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


@asynccontextmanager
async def running(store):
    async def seed(connection):
        for number, (name, rule_set) in NAMES.items():
            row = {"id": number, "province": rule_set, "key": name, "name": name, "kind": "department", "aliases": []}
            await connection.execute(insert(agencies).values(**row, rule_set=rule_set, applied_by="", imported_at=NOW))
        officer = {"id": 5, "name": "Cán bộ đầu mối 01", "imported_at": NOW}
        await connection.execute(insert(officers).values(officer))
        for number in (1, 2):
            await connection.execute(insert(posts).values(officer_id=5, agency_id=number, role="officer", unit=""))

    await store.write(seed)
    app, place = new_app(), Place(store)
    feeds = Feeds(
        store,
        lambda: place.book,
        WORDS,
        PERIODS,
        portals={"vinhphuc": "https://opendata.vinhphuc.gov.vn"},
        public_url="https://tracuu.example",
        clock=lambda: place.now,
    )
    feeds.add_routes(app)
    async with open_site(app, host="127.0.0.1", port=0) as place.url:
        yield place


async def token_of(store, **whose) -> str:
    token = make_token(bytes(range(16)) if "agency" in whose else bytes(16))
    await add_token(store, token, **whose, now=NOW)
    return token


async def say(store, key: str, kind: str, *, number: int) -> None:
    row = {"id": number, "key": key, "kind": kind, "at": NOW, "officer_id": 5, "by": "", "note": ""}
    await store.write(lambda connection: connection.execute(insert(acts).values(row)))


def off(day: date) -> Rulebook:
    special = SpecialDay(day=day, off=True, name="Nghỉ bù", status=DayStatus.OFFICIAL, source="test")
    return replace(BOOK, calendar=replace(BOOK.calendar, days={**BOOK.calendar.days, day: special}))


@SQLITE
async def test_a_program_reads_every_duty_of_the_agency_with_its_article_status_and_link(store):
    async with running(store) as place:
        token = await token_of(store, agency=1)
        status, headers, body = await place.get(token)
        assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert headers["Cache-Control"].startswith("private")
        assert all(len(line) <= 75 for line in body.split(b"\r\n"))
        assert "Cán bộ".encode() not in body
        calendar = icalendar.Calendar.from_ical(body)
        assert str(calendar["x-wr-calname"]) == "Thời hạn dữ liệu mở – Sở Y tế"
        assert str(calendar["x-published-ttl"]) == "PT6H"
        events = sorted(calendar.walk("VEVENT"), key=lambda event: event["dtstart"].dt)
        days = [(event["dtstart"].dt, event["dtend"].dt) for event in events]
        assert days[:2] == [(date(2026, 12, 30), date(2026, 12, 31)), (date(2026, 12, 31), date(2027, 1, 1))]
        assert all(not isinstance(first, datetime) for first, _ in days)
        first = events[0]
        assert "kỳ năm 2026 – Sở Y tế" in first["summary"]
        assert "Quyết định" in first["description"] or "QĐ" in first["description"]
        assert "Tình trạng:" in first["description"]
        assert str(first["url"]) == "https://opendata.vinhphuc.gov.vn"
        assert str(first["status"]) == "CONFIRMED"
        assert not first.walk("VALARM")


@SQLITE
async def test_a_changed_date_updates_its_entry_and_does_not_double_it(store):
    async with running(store) as place:
        token = await token_of(store, agency=1)
        before = await place.events(token)
        place.now, place.book = LATER, off(date(2026, 12, 31))
        after = await place.events(token)
        moved = {uid for uid in before if before[uid]["dtstart"].dt != after[uid]["dtstart"].dt}
        assert {(before[uid]["dtstart"].dt, after[uid]["dtstart"].dt) for uid in moved} == {
            (date(2026, 12, 31), date(2027, 1, 4))
        }
        for uid, event in after.items():
            old = before.get(uid)
            if old is None:  # the plain date is another day now
                assert event["dtstart"].dt == date(2026, 12, 31)
            else:
                grown = (event["sequence"] - old["sequence"], event["dtstamp"].dt > old["dtstamp"].dt)
                assert grown == ((1, True) if uid in moved else (0, False))


@SQLITE
async def test_what_is_done_shows_as_done_and_an_unchanged_calendar_is_not_sent_twice(store):
    async with running(store) as place:
        token = await token_of(store, agency=1)
        _, headers, _ = await place.get(token)
        assert (headers["Content-Encoding"], headers["Referrer-Policy"]) == ("gzip", "no-referrer")
        assert (await place.get(token, **{"If-None-Match": headers["ETag"]}))[0] == 304
        await say(store, "vinhphuc/self-assessment-yearly/agency:1/2026", "done", number=1)
        status, _, body = await place.get(token, **{"If-None-Match": headers["ETag"]})
        (done,) = [
            event
            for event in icalendar.Calendar.from_ical(body).walk("VEVENT")
            if event["dtstart"].dt == date(2026, 12, 30)
        ]
        assert status == 200
        assert done["summary"].startswith("✓ ")
        assert "đã báo, chưa đối chiếu" in done["description"]


@SQLITE
async def test_an_officers_calendar_has_the_duties_of_all_their_agencies_while_they_hold_a_post(store):
    async with running(store) as place:
        token = await token_of(store, officer=5)
        text = " ".join(str(event["summary"]) for event in (await place.events(token)).values())
        assert [name in text for name, _ in NAMES.values()] == [True, True, False]
        end = posts.update().where(posts.c.agency_id == 1).values(until=date(2026, 11, 1))
        await store.write(lambda connection: connection.execute(end))
        text = " ".join(str(event["summary"]) for event in (await place.events(token)).values())
        assert [name in text for name, _ in NAMES.values()] == [False, True, False]


@SQLITE
async def test_whoever_has_no_address_that_counts_learns_nothing(store):
    async with running(store) as place:
        token = await token_of(store, agency=1)
        await revoke_tokens(store, agency=1, now=NOW)
        answers = [await place.get(asked) for asked in (token, make_token(b"x" * 16), "a", "%00", "a" * 500)]
        assert {(status, body) for status, _, body in answers} == {(404, b"there is no such calendar")}
        told = [(await place.get(token))[0] for _ in range(UNITS)]
        assert (told[0], told[-1]) == (404, 429)


def test_a_closed_duty_is_cancelled_and_every_status_has_its_words():
    agencies = {1: Agency(id=1, province="vinhphuc", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, rule_set="vinhphuc")}
    register = Register(rule_sets=BOOK.rule_sets, calendar=BOOK.calendar, agencies=agencies)
    today, namespace = date(2026, 11, 16), UUID(int=0)
    (entry, *_) = entries_of(register, {1}, today=today, namespace=namespace, link_of=lambda _duty: "")
    told = {}
    for status in set(Status) - {Status.INFORMATION}:
        one = replace(entry, status=status)
        body = write_calendar("", [one], {one.uid: Stamp(sequence=1, changed_at=NOW)}, WORDS["en"], PERIODS["en"])
        (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
        assert WORDS["en"]["status"][status] in event["description"]
        told[status] = (str(event["status"]), event["summary"].startswith("✓"))
    assert told.pop(Status.CLOSED) == ("CANCELLED", False)
    assert {state for state, _ in told.values()} == {"CONFIRMED"}
    assert {status for status, (_, done) in told.items() if done} == {Status.REPORTED, Status.MATCHED, Status.VERIFIED}


async def test_a_token_opens_until_it_is_revoked_and_is_kept_as_a_hash(store):
    token = make_token(b"0123456789abcdef")
    made = await add_token(store, token, agency=7, now=NOW)
    assert await find_token(store, token) == made
    assert await revoke_tokens(store, officer=7, now=NOW) == 0
    assert await revoke_tokens(store, now=NOW) == 0
    assert await revoke_tokens(store, number=made.number, now=NOW) == 1
    assert await find_token(store, token) is None
    (listed,) = await list_tokens(store)
    assert (listed.agency, listed.revoked_at) == (7, NOW)


async def test_an_entry_gets_a_new_version_when_its_mark_is_another_one(store):
    one, two = (Marked(uid=uid, mark="a", day=date(2026, 12, 30)) for uid in "12")
    first = await stamp(store, [one, two], now=NOW)
    assert {version.sequence for version in first.values()} == {0}
    second = await stamp(store, [replace(one, mark="b"), two], now=LATER)
    assert [(second[uid].sequence, second[uid].changed_at) for uid in "12"] == [(1, LATER), (0, NOW)]
    assert await stamp(store, [replace(one, mark="b"), two], now=LATER + timedelta(1)) == second
    assert await forget(store, before=date(2027, 1, 1)) == 2
