"""The feed keeps the rules of Atom (RFC 4287) and of paged feeds (RFC 5005), whatever titles hold."""

from datetime import datetime, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from bot.core.changes import ChangeKind
from bot.store import takedown
from gateway.api.news import FEED_ENTRIES
from tests.conftest import NOW
from tests.support.api import changed, publish_changes, running_api
from tests.support.catalogue import crops, publish

ATOM = "{http://www.w3.org/2005/Atom}"
ODD = "<b>&amp;\"'\x0b\x00\ufffe ]]> ﷽ 🌾"
FEED = "/api/v1/changes.atom"
HOSTS = {'evil"><x>': False, "a b": False, "x\xfcy": False, "[::1]:80": True, "portal.example.vn:8080": True}
"""Hosts that somebody may say, and whether they are one."""
pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def read(body: bytes) -> Element:
    """The feed in ``body``, which keeps the rules; AssertionError where it does not."""
    feed = fromstring(body)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") in {"vi", "en"}
    for element in (feed, *entries(feed)):  # RFC 4287, 4.1.1 and 4.1.2: exactly one of each
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        assert UUID(text(element, "id").removeprefix("urn:uuid:"))  # 4.2.6: an absolute IRI
        assert datetime.fromisoformat(text(element, "updated")).tzinfo  # 3.3: RFC 3339 with an offset
    assert feed.find(f"{ATOM}author/{ATOM}name").text  # 4.1.1: the feed has an author, so entries need none
    ids = [text(entry, "id") for entry in entries(feed)]
    assert len(set(ids)) == len(ids)
    assert len([link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]) == 1
    for link in feed.iter(f"{ATOM}link"):
        assert link.get("href", "").startswith(("http://", "https://"))
    for entry in entries(feed):  # 4.1.2: without content there must be an alternate; at most one summary
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
        assert len(entry.findall(f"{ATOM}summary")) == 1
        assert entry.find(f"{ATOM}category").get("term") in set(ChangeKind)
    times = [text(entry, "updated") for entry in entries(feed)]
    assert times == sorted(times, reverse=True)
    assert not times or text(feed, "updated") == times[0]
    return feed


def entries(feed: Element) -> list[Element]:
    return feed.findall(f"{ATOM}entry")


def text(element: Element, name: str) -> str:
    return element.findtext(ATOM + name) or ""


def link(feed: Element, rel: str) -> str | None:
    return next((one.get("href") for one in feed.findall(f"{ATOM}link") if one.get("rel") == rel), None)


async def test_an_empty_feed_is_a_feed(store):
    async with running_api(store, ready=False) as api:
        reply = await api.get(FEED)
        assert reply.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert entries(read(reply.body)) == []


async def test_every_kind_of_change_is_an_entry_and_odd_titles_break_nothing(store):
    await publish(store, *crops(len(ChangeKind)))
    for number, kind in enumerate(ChangeKind):
        await publish_changes(
            store, changed(f"c-{number}", kind, title=f"{kind} {ODD}"), at=NOW + timedelta(days=number + 1)
        )
    async with running_api(store, ready=False) as api:
        reply = await api.get(FEED)
        feed = read(reply.body)
        terms = [entry.find(f"{ATOM}category").get("term") for entry in entries(feed)]
        assert terms[: len(ChangeKind)] == [str(kind) for kind in ChangeKind][::-1]
        assert text(entries(feed)[0], "title") == "Cổng đã rút: withdrawn <b>&amp;\"' ]]> ﷽ 🌾"
        assert reply.headers["Last-Modified"] == "Sat, 21 Nov 2026 02:00:00 GMT"
        english = read((await api.get(FEED, Accept_Language="en")).body)
        assert text(entries(english)[0], "title").startswith("Withdrawn by the portal: ")
        assert [text(entry, "id") for entry in entries(english)] == [text(entry, "id") for entry in entries(feed)]


async def test_pages_lead_from_the_newest_to_the_oldest_without_gap_or_repeat(store):
    await publish(store, *crops(FEED_ENTRIES + 10))
    await publish_changes(store, *(changed(f"c-{n}") for n in range(FEED_ENTRIES + 10)), at=NOW + timedelta(days=1))
    await publish_changes(store, *(changed(f"c-{n}") for n in range(FEED_ENTRIES)), at=NOW + timedelta(days=2))
    seen: list[str] = []
    async with running_api(store, ready=False) as api:
        first = address = f"{api.url}{FEED}"
        while address:
            feed = read((await api.get(address.removeprefix(api.url))).body)
            assert (link(feed, "self"), link(feed, "first")) == (address, first)
            seen += [text(entry, "id") for entry in entries(feed)]
            address = link(feed, "next")
        only = read((await api.get(f"{FEED}?dataset=c-{FEED_ENTRIES}")).body)
    assert len(seen) == len(set(seen)) >= 2 * FEED_ENTRIES + 10
    assert [text(one, "id") in seen for one in entries(only)][:1] == [True]


async def test_ids_stay_while_entries_come_and_a_takedown_takes_its_entries_away(store):
    await publish(store, *crops(3))
    await publish_changes(store, changed("c-1"), changed("c-2"))
    async with running_api(store, ready=False) as api:
        before = {text(entry, "id") for entry in entries(read((await api.get(FEED)).body))}
        await publish_changes(store, changed("c-0"), at=NOW + timedelta(days=1))
        assert before < {text(entry, "id") for entry in entries(read((await api.get(FEED)).body))}
        await takedown.hide(store, "c-1", now=NOW)
        assert b"c-1" not in (await api.get(FEED)).body


async def test_a_host_that_is_none_ends_in_no_address(store):
    await publish(store, *crops(1))
    await publish_changes(store, changed("c-0"))
    async with running_api(store, ready=False) as api:
        for host, stands in HOSTS.items():
            body = (await api.get(FEED, Host=host)).body
            fromstring(body)
            assert (host, f"http://{host}/api".encode() in body) == (host, stands)
