"""An officer's desk made without a store: an agency of Quảng Ngãi with two items, its officers, and what they said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from bot.core.conversation import Conversation
from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.effects import RecordActs
from bot.core.items import Catalogue, CatalogueItem, Decision
from bot.core.local_time import local_day
from bot.core.messages import Reply
from bot.core.obligations.agency import Agency, AgencyKind, Officer, Post, PostRole
from bot.core.obligations.progress import Act, ActKind, says_again
from bot.desk import Desk
from bot.register import Register
from bot.rulebook import Rulebook, load_rulebook
from tests.support.talk import DATA, NOW, PERSON, GivenReads, Talk

DECISION = "412/QĐ-UBND"
CLINICS, PHARMACIES = "Danh mục cơ sở khám bệnh, chữa bệnh", "Danh sách cơ sở bán lẻ thuốc"
FIRST, SECOND, HEAD, APPROVER, STRANGER = 1, 2, 3, 4, 9
_ROLES = {FIRST: PostRole.OFFICER, SECOND: PostRole.OFFICER, HEAD: PostRole.HEAD, APPROVER: PostRole.APPROVER}
NAMES = {
    FIRST: "Cán bộ đầu mối 01",
    SECOND: "Cán bộ đầu mối 02",
    HEAD: "Giám đốc Sở",
    APPROVER: "Người duyệt 01",
}


@cache
def rules() -> Rulebook:
    """The rules and the calendar of the project."""
    return load_rulebook(DATA)


def item(code: str, title: str, cycle: UpdateCycle, days: int, *, province: str = "quangngai") -> CatalogueItem:
    """An item of the agency, due so many days after each period."""
    return CatalogueItem(
        code=code,
        lineage=code,
        title=title,
        decision=DECISION,
        province=province,
        owner="Sở Y tế",
        cycle=Cycle(code=cycle),
        due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=days),
        valid_from=date(2026, 7, 2),
    )


ITEMS = (
    item("QN-01", CLINICS, UpdateCycle.MONTHLY, 20),
    item("QN-02", PHARMACIES, UpdateCycle.QUARTERLY, 30),
)


def register(
    acts: Mapping[str, list[Act]],
    *,
    province: str = "quangngai",
    items: tuple[CatalogueItem, ...] = ITEMS,
    confirmed: bool = True,
) -> Register:
    """The register of an agency of ``province`` with four people and ``items``, without the rules for other duties;
    ``confirmed``: its rules may urge."""
    book = rules()
    chosen = replace(
        book.rule_sets[province],
        rules=tuple(rule for rule in book.rule_sets[province].rules if rule.id != "review-yearly"),
    )
    decision = Decision(number=DECISION, signed_on=date(2026, 6, 20), province=province, valid_from=date(2026, 7, 2))
    people = {
        number: Officer(
            id=number, name=NAMES[number], posts=(Post(officer=number, agency=1, role=role),), reachable=True
        )
        for number, role in _ROLES.items()
    }
    return Register(
        rule_sets={province: chosen},
        calendar=book.calendar,
        catalogues=(Catalogue(decision=decision, items=items),),
        agencies={1: Agency(id=1, province=province, name="Sở Y tế", kind=AgencyKind.DEPARTMENT, rule_set=province)},
        officers=people,
        acts=acts,
        confirmed={province: date.min} if confirmed else {},
    )


@dataclass
class Office:
    """Everybody of the agency at one desk: what one of them says, the others see."""

    province: str = "quangngai"
    items: tuple[CatalogueItem, ...] = ITEMS
    confirmed: bool = True
    account: object = None
    now: datetime = NOW
    acts: dict[str, list[Act]] = field(default_factory=dict)
    numbers: dict[int, dict[str, int]] = field(default_factory=dict)
    talks: dict[int, Talk] = field(default_factory=dict)

    def desk(self, officer: int) -> Desk | None:
        """What lies before ``officer``; nothing before a stranger."""
        if officer == STRANGER:
            return None
        known = register(self.acts, province=self.province, items=self.items, confirmed=self.confirmed)
        person = known.officers[officer]
        numbers = self.numbers.get(officer, {})
        return Desk(register=known, officer=person, numbers=numbers, today=local_day(self.now))

    async def say(self, text: str, officer: int = FIRST, *, choice: str | None = None) -> Reply:
        """What ``officer`` hears after saying ``text``; what it leads to is kept as a turn keeps it."""
        talk = self.talks.setdefault(officer, Talk(reads=GivenReads(), conversation=Conversation(address=PERSON)))
        talk.reads.officers_desk = self.desk(officer)
        talk.now = self.now
        reply = await talk.say(text, choice=choice)
        for effect in talk.outcome.effects:
            if isinstance(effect, RecordActs):
                self._keep(effect)
        return reply

    def _keep(self, effect: RecordActs) -> None:
        mine = self.numbers.setdefault(effect.officer, {})
        mine |= effect.numbers
        assert len(set(mine.values())) == len(mine), "a number is given once"
        for one in effect.said:
            told = self.acts.setdefault(one.act.key, [])
            if says_again(one.act, told) is None:
                told.append(replace(one.act, id=1 + sum(map(len, self.acts.values()))))

    def kinds(self) -> list[ActKind]:
        """What was said so far, in order."""
        return [
            act.kind for act in sorted((act for acts in self.acts.values() for act in acts), key=lambda act: act.id)
        ]

    def later(self, **span: float) -> None:
        """Let time go by."""
        self.now += timedelta(**span)
