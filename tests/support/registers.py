"""Registers made by hand: a rule set, a catalogue and what was said, without a store."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.items import Catalogue, CatalogueItem, Decision
from bot.core.local_time import VIETNAM
from bot.core.obligations.profile import ProfileStatus, Role, RuleSet, SignedDecision
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.rule import Bearer, Rule, Trigger
from bot.core.working_days import WorkCalendar
from bot.register import Register

MONTHLY = Rule(
    id="update-monthly",
    article="QC Điều 4 khoản 6",
    title="Cập nhật dữ liệu tháng",
    title_en="Monthly update",
    trigger=Trigger.ITEM,
    cycles=(UpdateCycle.MONTHLY,),
    due=DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15),
)
YEARLY_FREE = Rule(
    id="update-period",
    article="QC Điều 7 khoản 6",
    title="Cập nhật",
    title_en="Update",
    trigger=Trigger.ITEM,
    cycles=(UpdateCycle.QUARTERLY,),
)
"""Without a term: nobody is ever late by it (R9)."""


def item(code: str, owner: str, cycle: UpdateCycle = UpdateCycle.MONTHLY) -> CatalogueItem:
    """An item of ``owner`` that is renewed every month, or as ``cycle`` says."""
    return CatalogueItem(
        code=code,
        title=f"Danh mục {code}",
        decision="1/QĐ",
        province="ninhthuan",
        owner=owner,
        cycle=Cycle(code=cycle),
        lineage=code,
        valid_from=date(2025, 1, 1),
    )


def rule_set(*rules: Rule, valid_from: date | None = date(2025, 1, 1)) -> RuleSet:
    """The rule set of Ninh Thuận with ``rules``."""
    return RuleSet(
        id="ninhthuan",
        name="Ninh Thuận",
        status=ProfileStatus.IN_FORCE,
        decision=SignedDecision(number="1/2025/QĐ-UBND", signed_on=valid_from, valid_from=valid_from),
        roles={
            Bearer.PORTAL_AUTHORITY: Role(name_in_text="Sở TT&TT", name_now="Sở KH&CN", article="QC Điều 15"),
        },
        rules=rules,
    )


def register(
    items: Sequence[CatalogueItem],
    acts: Mapping[str, Sequence[Act]] | None = None,
    *,
    rules: Sequence[Rule] = (MONTHLY, YEARLY_FREE),
) -> Register:
    """A register of Ninh Thuận that knows ``items`` and what was said of them."""
    decision = Decision(number="1/QĐ", signed_on=date(2025, 1, 1), province="ninhthuan", valid_from=date(2025, 1, 1))
    return Register(
        rule_sets={"ninhthuan": rule_set(*rules)},
        calendar=WorkCalendar(known=frozenset({2025, 2026})),
        catalogues=[Catalogue(decision=decision, items=tuple(items))],
        acts=acts or {},
    )


def act(number: int, kind: ActKind, on: date, *, day: date | None = None, undoes: int | None = None) -> Act:
    """What an officer said at nine in the morning of the day ``on``."""
    at = datetime.combine(on, time(9), tzinfo=VIETNAM)
    return Act(id=number, key="", kind=kind, at=at, officer=1, day=day, undoes=undoes)
