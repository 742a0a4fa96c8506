"""An office of one province over some weeks: real store, planner, dispatcher and renderer; the clock is an argument."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from bot.core.accounts import Account
from bot.core.items import CatalogueItem, Decision, LinkState
from bot.core.local_time import VIETNAM, local_day
from bot.core.members import Role, make_invitation_code
from bot.core.messages import Address, Reply
from bot.core.obligations.enrolling import Enrolment
from bot.core.obligations.planning import Skipped
from bot.core.obligations.roster import PersonRow
from bot.handler import Context, Outcome
from bot.library import Library
from bot.mind import Mind
from bot.notify.matching import match_published
from bot.notify.portals import profiles_down
from bot.notify.reminding import Secretary, plan_digests, release
from bot.register import Register, read_register
from bot.routing import LOOKUP, Router
from bot.search.lexicon import Lexicon, load_lexicon
from bot.store import members, outbox
from bot.store.confirmations import confirm
from bot.store.conversations import CLI_ACCOUNT
from bot.store.engine import Store
from bot.store.item_links import save_link
from bot.store.items import read_catalogues, save_annex
from bot.store.members import Guest
from bot.store.officers import read_officers
from bot.store.outages import note_down, note_up
from bot.store.roster import read_roster, save_roster
from bot.wording.speech import Speech
from gateway.asking import Asker
from gateway.forms import FORMS
from gateway.portal import Request
from gateway.render import render
from gateway.sync import sync
from tests.support.catalogue import publishing
from tests.support.office_setting import make_dataset, places, row, rulebook
from tests.support.phones import KEYWORD, NUMBER
from tests.support.talk import DATA, content, handlers

ACCOUNTS = {
    ("sms", CLI_ACCOUNT): Account(channel="sms", name=CLI_ACCOUNT, keyword=KEYWORD, number=NUMBER),
    ("zalo", CLI_ACCOUNT): Account(channel="zalo", name=CLI_ACCOUNT),
}
LOOKS_AT = time(8)
PORTAL = ("ckan", "portal")
FIRST_PHONE = 84912345600
_DAY = timedelta(days=1)


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(DATA / "synonyms")


@cache
def _router() -> Router:
    """The router of the project, with a look-up that knows nothing: officers ask no questions here."""
    others = [handler for handler in handlers() if handler.name != LOOKUP]
    known = next(handler for handler in handlers() if handler.name == LOOKUP)
    return Router.build([*others, replace(known, handle=_knows_nothing)], content())


@dataclass(slots=True, kw_only=True)
class Person:
    """An officer with the addresses that they had, the present one last, and what came that nobody has read yet."""

    name: str
    addresses: list[Address] = field(default_factory=list)
    unread: defaultdict[Address, list[list[str]]] = field(default_factory=lambda: defaultdict(list))


class Bureau:
    """The office of the profile ``province`` at ``now``."""

    def __init__(self, store: Store, province: str, start: datetime) -> None:
        self.store, self.province, self.now = store, province, start
        self.people: dict[str, Person] = {}
        self.skipped: Sequence[Skipped] = ()
        self.portal_is_down = False
        self._codes = 0
        self._published: Mapping[str, date] = {}
        self._register: Register | None = None
        self._rows: dict[str, tuple[str, int]] = {}
        self._mind = Mind(
            store=store,
            router=_router(),
            content=content(),
            library=Library(store, lexicon=_lexicon(), places=places()),
            accounts=ACCOUNTS,
            clock=lambda: self.now,
            rulebook=rulebook,
        )
        self._secretary = Secretary(content=content(), accounts=ACCOUNTS, as_sent=_as_sent, contact="0255 3822 000")

    async def add_items(
        self, items: Sequence[CatalogueItem], *, since: date, published: Mapping[str, date] | None = None
    ) -> None:
        """Have the province's catalogue name ``items``, which counts from the day ``since``; the portal says when it
        ``published`` some of them, by title."""
        self._published = published or {}
        decision = Decision(number="01/QĐ-UBND", signed_on=since, province=self.province, valid_from=since)
        self._register = None
        await save_annex(self.store, decision, items, file="annex.csv", now=self.now)
        (catalogue,) = await read_catalogues(self.store)
        for item in catalogue.items:
            await save_link(
                self.store, item, f"ds-{item.code}", LinkState.CONFIRMED, by="Sở Khoa học và Công nghệ", now=self.now
            )
        self._rows = {item.title: (f"ds-{item.code}", 1) for item in items}
        await self._sync()

    async def enrol(self, *rows: PersonRow) -> None:
        """Take rows of a people file over."""
        before = await read_roster(self.store)
        enrolment = Enrolment(before, today=local_day(self.now))
        for each in rows:
            enrolment.take(each)
        self._register = None
        await save_roster(self.store, before, enrolment.roster, now=self.now)

    async def bind(self, label: str, channel: str) -> None:
        """Give officer ``label`` a one-time code, which they type from an address that they never had before."""
        person = self.people[label]
        officers = await read_officers(self.store)
        number = next(one.id for one in officers.values() if one.name == person.name)
        self._codes += 1
        code = make_invitation_code(f"{self._codes:032x}")
        guest = Guest(name=person.name, role=Role.OFFICER, officer=number)
        await members.invite(self.store, guest, code, now=self.now, expires_at=self.now + _DAY)
        user = str(FIRST_PHONE + self._codes)
        person.addresses.append(Address(channel=channel, account=CLI_ACCOUNT, user=user))
        await self.say(label, f"kích hoạt {code}")
        told = self.read(label)
        assert told is not None, f"{label} was told nothing about the code"

    async def leave(self, label: str) -> None:
        """Today is the last day of officer ``label`` in every post."""
        roster, name, today = await read_roster(self.store), self.people[label].name, local_day(self.now)
        held = [post for post in roster.posts if roster.people[post.person].name == name]
        rows = [
            row(self.province, roster.agencies[post.agency].name, name=name, role=post.role, until=today)
            for post in held
        ]
        await self.enrol(*rows)

    async def say(self, label: str, text: str) -> None:
        """Officer ``label`` writes; with ' behind it from the address of before."""
        self._register = None
        person, address = self._address(label)
        exchange = await Asker(self._mind, channel=address.channel).ask(text, user=address.user)
        if exchange.parts:
            person.unread[address].append([part.text for part in exchange.parts])

    def read(self, label: str) -> list[str] | None:
        """The parts of the next message that came to officer ``label``, None when there is none."""
        person, address = self._address(label)
        return person.unread[address].pop(0) if person.unread[address] else None

    async def wait(self, until: datetime) -> None:
        """Let time pass: the planner looks every working day at 08:00. Raises AssertionError when anybody hears
        something before ``until``."""
        for look in self._looks(until):
            self.now = look
            await self.look()
            assert not self.unheard(), f"on {look:%Y-%m-%d %H:%M} somebody heard: {self.unheard()}"
        self.now = until
        await self.look()

    def _looks(self, until: datetime) -> Iterator[datetime]:
        days = (local_day(self.now) + number * _DAY for number in range((until - self.now).days + 2))
        for day in days:
            look = datetime.combine(day, LOOKS_AT, tzinfo=VIETNAM)
            if self.now < look < until and not rulebook().calendar.is_day_off(day):
                yield look

    async def look(self) -> None:
        """One look of the planner, what it releases sent at once."""
        if self.portal_is_down:
            await self.set_portal(down=True)
        down = await profiles_down(self.store, rulebook().rule_sets.values(), places(), now=self.now)
        # read again only when something has happened: what was read before is the same
        self._register = self._register or await read_register(self.store, rulebook(), now=self.now)
        if await match_published(self.store, self._register, now=self.now):
            self._register = await read_register(self.store, rulebook(), now=self.now)
        plan = await plan_digests(self.store, self._register, now=self.now, ours=ACCOUNTS, down=down)
        self.skipped = plan.skipped
        if await release(self.store, plan, self._secretary, clock=lambda: self.now):
            for person in self.people.values():
                for address in person.addresses:
                    await self._deliver(person, address)

    async def set_portal(self, *, down: bool) -> None:
        """A sync finds that the portal of the province does not answer, or that it does."""
        self.portal_is_down = down
        source = (*PORTAL, places().locate(rulebook().rule_sets[self.province].name) or self.province)
        if down:
            await note_down(self.store, source, "the portal cannot be reached", now=self.now)
        else:
            await note_up(self.store, source, now=self.now)

    async def change(self, title: str) -> None:
        """A sync sees other rows of the dataset that publishes the item called ``title``."""
        code, rows = self._rows[title]
        self._rows[title] = (code, rows + 1)
        await self._sync()

    async def _sync(self) -> None:
        self._register = None
        request = Request(kind="memory", name="portal", address="portal")
        entries = (
            make_dataset(code, title, rows, self._published.get(title)) for title, (code, rows) in self._rows.items()
        )
        await sync(self.store, publishing(*entries), request, now=self.now)

    async def confirm(self) -> None:
        """The portal authority confirms the rule set in writing."""
        rules = rulebook().rule_sets[self.province]
        signed_on = local_day(self.now)
        self._register = None
        await confirm(
            self.store, rules, by="Sở Khoa học và Công nghệ", signed_on=signed_on, basis="CV 15", now=self.now
        )

    async def why_not(self, agency: str) -> set[str]:
        """Why nobody of ``agency`` was reminded of something at the last look."""
        register = await read_register(self.store, rulebook(), now=self.now)
        numbers = {number for number, one in register.agencies.items() if one.name == agency}
        return {str(each.reason) for each in self.skipped if each.agency in numbers}

    def unheard(self) -> dict[str, list[list[str]]]:
        """What came to anybody and was not read."""
        return {
            label: [message for messages in person.unread.values() for message in messages]
            for label, person in self.people.items()
            if any(person.unread.values())
        }

    async def _deliver(self, person: Person, address: Address) -> None:
        speech = Speech(content=content(), language="vi", account=ACCOUNTS[address.channel, address.account])
        key = self.store.vault.person(address)
        for message in await outbox.take_all(self.store, key, now=self.now):
            parts = render(message.reply, FORMS[address.channel], speech)
            person.unread[address].append([part.text for part in parts])

    def _address(self, label: str) -> tuple[Person, Address]:
        person = self.people[label.rstrip("'")]
        return person, person.addresses[-2 if label.endswith("'") else -1]


async def _knows_nothing(_ctx: Context) -> Outcome:
    return Outcome(replies=(Reply(text="Chưa có dữ liệu mở về câu hỏi này."),))


def _as_sent(reply: Reply, address: Address, language: str) -> str:
    speech = Speech(content=content(), language=language, account=ACCOUNTS[address.channel, address.account])
    return " ".join(part.text for part in render(reply, FORMS[address.channel], speech))
