"""An agency whose officers are bound to addresses, in a real store, with the register that says what they must do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import insert, select

from bot.core.accounts import Account
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.items import CatalogueItem, Decision
from bot.core.messages import Address, Reply
from bot.core.obligations.agency import Agency, AgencyKind, Officer, Post, PostRole
from bot.core.obligations.progress import Act
from bot.notify.reminding import Secretary, plan_digests, release
from bot.register import Register
from bot.store.engine import Store
from bot.store.items import save_annex
from bot.store.reminding import Said
from bot.store.tables import agencies, conversations, members, officers, outbox, posts
from bot.store.transaction import Transaction
from tests.support.duties import year_2026
from tests.support.registers import MONTHLY, item, register, rule_set
from tests.support.rows import NOW
from tests.support.talk import OPEN, content

ACCOUNTS = {("web", "main"): OPEN, ("kannel", "8179"): Account(channel="kannel", name="8179")}
RULE = replace(MONTHLY, cycles=(), unchanged=True)


@dataclass(slots=True, kw_only=True)
class Staff:
    """Who was recorded in a store: agencies and officers by their ids, in the order in which they came."""

    agencies: dict[int, Agency] = field(default_factory=dict)
    officers: dict[int, Officer] = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        """The ids of the officers."""
        return list(self.officers)

    @property
    def messages(self) -> list[str]:
        """What one digest for each is called on Friday, 13 November 2026."""
        return sorted(f"reminder:{officer}:2026-11-13" for officer in self.officers)


def home(officer: int, *, channel: str = "web", account: str = "main") -> Address:
    """Where that officer writes from."""
    return Address(channel=channel, account=account, user=f"officer-{officer}")


async def employ(store: Store, *counts: int, province: str = "ninhthuan") -> Staff:
    """Record an agency with so many officers for each of ``counts``, each bound to an address on the web chat."""

    async def job(connection: Transaction) -> Staff:
        staff = Staff()
        for number, count in enumerate(counts, 1):
            name = f"Sở {number}"
            row = {"province": province, "key": name.lower(), "name": name, "kind": "department"}
            rest = {"rule_set": province, "applied_by": "QĐ 1", "aliases": [], "imported_at": NOW}
            agency = await connection.scalar(insert(agencies).values(**row, **rest).returning(agencies.c.id))
            staff.agencies[agency] = Agency(
                id=agency, province=province, name=name, kind=AgencyKind.DEPARTMENT, rule_set=province
            )
            for _ in range(count):
                one = await _hire(connection, store, agency, len(staff.officers) + 1)
                staff.officers[one.id] = one
        return staff

    return await store.write(job)


async def _hire(connection: Transaction, store: Store, agency: int, number: int) -> Officer:
    name = f"Cán bộ đầu mối {number:02}"
    hired = insert(officers).values(name=name, imported_at=NOW).returning(officers.c.id)
    officer: int = await connection.scalar(hired)
    await connection.execute(insert(posts).values(officer_id=officer, agency_id=agency, role="officer", unit=""))
    await bind(connection, store, officer, home(officer))
    post = Post(officer=officer, agency=agency, role=PostRole.OFFICER)
    return Officer(id=officer, name=name, posts=(post,), reachable=True)


async def bind(connection: Transaction, store: Store, officer: int, address: Address, *, at: datetime = NOW) -> None:
    """Bind ``address`` to that officer."""
    person = store.vault.person(address)
    where = {"person": person, "channel": address.channel, "account": address.account}
    talk = {"state": "", "data": {}, "choices": [], "language": "vi", "version": 0, "mail_count": 0}
    sealed = store.vault.seal(address, person)
    await connection.execute(insert(conversations).values(**where, **talk, sealed=sealed))
    member = {**where, "name": f"Cán bộ {officer}", "role": "officer", "bound_at": at, "officer_id": officer}
    await connection.execute(insert(members).values(**member))


async def open_quang_ngai(store: Store) -> Staff:
    """Two agencies of Quảng Ngãi, of which only the first has an officer, each with an item that is due on Sunday,
    15 November 2026."""
    staff = await employ(store, 1, 0, province="quangngai")
    annex = [
        CatalogueItem(
            code=str(number),
            title=f"Danh mục {number}",
            owner=agency.name,
            province="quangngai",
            cycle=Cycle(code=UpdateCycle.MONTHLY),
            due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15),
        )
        for number, agency in enumerate(staff.agencies.values(), 1)
    ]
    day = date(2026, 10, 20)
    decision = Decision(number="9/QĐ", signed_on=day, province="quangngai", valid_from=day)
    await save_annex(store, decision, annex, file="test", now=NOW)
    return staff


def duties_of(
    staff: Staff,
    items: int,
    *,
    acts: Mapping[str, Sequence[Act]] | None = None,
    cycles: Sequence[UpdateCycle] = (UpdateCycle.MONTHLY,),
    since: date = date(2026, 10, 20),
) -> Register:
    """The register in which each agency has so many catalogue items, updated by ``cycles``; what ended before
    ``since`` binds nobody."""
    known = register(
        [
            item(f"i{agency.id}-{number}", agency.name, cycles[number % len(cycles)])
            for agency in staff.agencies.values()
            for number in range(items)
        ],
        acts,
    )
    return replace(
        known,
        rule_sets={"ninhthuan": rule_set(RULE, valid_from=since)},
        calendar=year_2026(),
        agencies=staff.agencies,
        officers=staff.officers,
        confirmed={"ninhthuan": date.min},
    )


def secretary() -> Secretary:
    """Whoever words and sends, without a provider behind it."""

    def as_sent(reply: Reply, _address: Address, _language: str) -> str:
        return reply.text

    return Secretary(content=content(), accounts=ACCOUNTS, as_sent=as_sent)


async def look(
    store: Store, known: Register, now: datetime, *, down: Collection[str] = (), rehearse: bool = False
) -> list[Said]:
    """One look at ``now``; what was said."""
    plan = await plan_digests(store, known, ours=ACCOUNTS, now=now, down=down)
    return await release(store, plan, secretary(), clock=lambda: now, rehearse=rehearse)


async def waiting(store: Store) -> list[str]:
    """The messages in the outbox by their dedupe keys, in order."""
    async with store.read() as connection:
        return sorted((await connection.execute(select(outbox.c.dedupe_key))).scalars())
