"""Officers bind their addresses on any channel; a new number ends the old one, and whoever follows finds what is open."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.accounts import Account
from bot.core.answer_code import ALPHABET, is_code
from bot.core.members import WRONG_PER_CODE, Role, make_invitation_code
from bot.core.messages import Address, InboundMessage
from bot.core.obligations.progress import ActKind
from bot.core.obligations.staffing import Staff
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.register import Register, read_register
from bot.rulebook import load_rulebook
from bot.store import members
from bot.store.acts import record_act
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.members import Guest
from bot.store.officers import find_officer
from bot.store.tables import outbox
from gateway.deployment import DATA
from tests.support.mind import mind
from tests.support.officers import TODAY, bind_officer, enrol, person_row
from tests.support.rows import NOW, address, rows
from tests.support.talk import OPEN, SHARED

DAY = timedelta(days=1)
ACCOUNTS = {(one.channel, one.name): one for one in (OPEN, SHARED, Account(channel="sms", name="b"))}
SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
"""What the store does of it is shown on both engines in test_store_officers and test_store_members."""
WRONG = "Không kích hoạt được bằng mã này."


def mobile(number: int, channel: str = "kannel", account: str = "8179") -> Address:
    return Address(channel=channel, account=account, user=f"+849123456{number:02}")


async def _look_up(_context: Context) -> Outcome:
    return Outcome(replies=())


class Chat:
    """People who write, and the service that answers them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.dispatcher = Dispatcher(mind(store, _look_up, accounts=ACCOUNTS))

    async def say(self, who: Address, text: str) -> str:
        """What ``who`` hears."""
        (heard,) = await self.say_all([(who, text)])
        return heard

    async def say_all(self, said: Sequence[tuple[Address, str]]) -> list[str]:
        """What everybody hears, in any order."""
        before = len(await rows(self.store, outbox, "id"))
        messages = [
            InboundMessage(address=who, external_id=f"{who.user}-{text}", text=text, received_at=NOW)
            for who, text in said
        ]
        await Intake(self.store).accept(messages)
        while await self.dispatcher.take():
            await self.dispatcher.finish()
        return [reply["text"] for (reply,) in (await rows(self.store, outbox, "reply"))[before:]]


async def invite(store: Store, officer: int, word: str = "") -> str:
    code = make_invitation_code(f"{officer} {word}")
    guest = Guest(name=f"Cán bộ {officer:02}", role=Role.OFFICER, officer=officer)
    await members.invite(store, guest, code, now=NOW, expires_at=NOW + 14 * DAY)
    return code


@SQLITE
async def test_an_officer_binds_web_and_sms_and_a_new_number_ends_the_old_one_at_once(store: Store):
    chat = Chat(store)
    await enrol(store, person_row("Cán bộ 01", 1), person_row("Cán bộ 01", 1, agency="Sở Nội vụ"))
    web, old, new = address("an"), mobile(1), mobile(2, "sms", "b")
    heard = await chat.say(web, f"kích hoạt {await invite(store, 1)}")
    assert heard.startswith("Đã kích hoạt cho Cán bộ 01, Sở Y tế và 1 cơ quan khác.")
    heard = await chat.say(old, f"DL KICH HOAT {await invite(store, 1, 'sms')}")
    assert "soạn DL NGỪNG gửi 8179" in heard
    for bound in (web, old):
        found = await find_officer(store, bound)
        assert found is not None
        assert (found.id, found.reachable) == (1, True)
    await chat.say(new, f"KÍCH HOẠT {await invite(store, 1, 'new')}")
    assert await find_officer(store, old) is None
    assert await find_officer(store, web) is not None
    assert await find_officer(store, new) is not None


@SQLITE
async def test_a_code_that_is_guessed_at_in_chat_opens_nothing_any_more(store: Store):
    await enrol(store, person_row("Cán bộ 01", 1))
    code = await invite(store, 1)
    ends = (f"{a}{b}{c}{d}" for a in ALPHABET for b in ALPHABET for c in ALPHABET[:2] for d in ALPHABET)
    guesses = [guess for end in ends if is_code(guess := f"{code[:5]}{end}") and guess != code]
    chat = Chat(store)
    tried = [(mobile(10 + at), f"DL KICH HOAT {guess}") for at, guess in enumerate(guesses[:WRONG_PER_CODE])]
    assert {heard[: len(WRONG)] for heard in await chat.say_all(tried)} == {WRONG}
    assert (await chat.say(address("an"), f"KÍCH HOẠT {code}")).startswith(WRONG)
    assert await find_officer(store, address("an")) is None


async def test_a_successor_finds_what_is_open_and_what_was_done_stays_with_who_did_it(store: Store):
    agency = {"agency": "Phường Vĩnh Yên", "province": "phutho", "rule_set": "vinhphuc"}
    await enrol(store, person_row("Cán bộ 01", 1, **agency))
    await bind_officer(store, 1, mobile(1))
    before = await read(store)
    duties = {one.key for one in before.between(TODAY - 300 * DAY, TODAY + 60 * DAY) if one.agency == 1}
    assert len(duties) > 1
    done, *open_ = sorted(duties)
    await store.write(lambda connection: record_act(connection, key=done, kind=ActKind.DONE, at=NOW, officer=1))

    handover = date(2026, 12, 1)
    await enrol(store, person_row("Cán bộ 02", 2, replaces="Cán bộ 01", since=handover, **agency))
    await bind_officer(store, 2, mobile(2))
    after = await read(store)
    assert {one.key for one in after.between(TODAY - 300 * DAY, TODAY + 60 * DAY) if one.agency == 1} == duties
    report = after.progress(done).report
    assert report is not None
    assert report.officer == 1
    assert all(after.progress(key).report is None for key in open_)
    staff = Staff(after.officers.values())
    reminded = {day: [one.name for one in staff.of(1, day).officers] for day in (handover - DAY, handover)}
    assert reminded == {handover - DAY: ["Cán bộ 01"], handover: ["Cán bộ 02"]}
    assert after.officers[1].name == "Cán bộ 01", "who left is still known by name"


async def read(store: Store) -> Register:
    return await read_register(store, load_rulebook(Path(DATA)), now=NOW)
