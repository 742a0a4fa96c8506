"""Short ways to have agencies and officers in a store, and addresses that are bound to them."""

from datetime import date, datetime, timedelta
from typing import Any

from bot.core.members import Role, make_invitation_code
from bot.core.messages import Address
from bot.core.obligations.agency import AgencyKind
from bot.core.obligations.enrolling import Enrolment
from bot.core.obligations.roster import PersonRow
from bot.store import members
from bot.store.diversion import introduce
from bot.store.engine import Store
from bot.store.members import Guest
from bot.store.roster import Written, read_roster, save_roster
from bot.store.transaction import Transaction
from tests.support.rows import NOW

TODAY = date(2026, 11, 16)


def person_row(name: str, number: int = 0, agency: str = "Sở Y tế", **more: Any) -> PersonRow:
    """A row of a people file of Quảng Ngãi; ``number`` makes the phone."""
    phone = f"+849123456{number:02}" if number else ""
    known = {"line": number, "province": "quangngai", "kind": AgencyKind.DEPARTMENT, "rule_set": "quangngai"}
    return PersonRow(**{**known, "agency": agency, "name": name, "phone": phone, **more})


async def enrol(store: Store, *rows: PersonRow, today: date = TODAY, now: datetime = NOW) -> Written:
    """Take rows of a people file over; each must be sound."""
    before = await read_roster(store)
    enrolment = Enrolment(before, today=today)
    for row in rows:
        enrolment.take(row)
    return await save_roster(store, before, enrolment.roster, now=now)


async def bind_officer(store: Store, officer: int, address: Address, *, now: datetime = NOW) -> None:
    """Bind ``address``, which has written, to the officer with that id, as KÍCH HOẠT does."""
    guest = Guest(name=f"Cán bộ {officer:02}", role=Role.OFFICER, officer=officer)
    code = make_invitation_code(f"{officer} {address} {now}")
    invitation = await members.invite(store, guest, code, now=now, expires_at=now + timedelta(days=1))

    async def job(connection: Transaction) -> None:
        await introduce(connection, store.vault, address, language="vi")
        await members.bind(connection, store.vault, address, invitation.number, now=now)

    await store.write(job)
