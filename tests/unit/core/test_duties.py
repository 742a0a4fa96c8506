"""Whose a duty is, by which rule set, and what is made of what was said. By the shipped rules, agencies by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueWording
from bot.core.items import Catalogue, CatalogueItem, Decision
from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.obligation import split_key
from bot.core.obligations.progress import Act, ActKind, Status, follow_acts, status_of
from bot.core.obligations.published import Published
from bot.core.obligations.reporting import is_late
from bot.core.replacement import PeriodStatus
from bot.register import Register
from bot.rulebook import load_rulebook
from gateway.deployment import DATA

RULEBOOK = load_rulebook(DATA)
YEAR = date(2026, 1, 1), date(2026, 12, 31)
AFTER_15 = DueWording(anchor=DueAnchor.PERIOD_END, offset_days=15)


def agency(number, name, rule_set, province="quangngai", aliases=()):
    return Agency(
        id=number, province=province, name=name, kind=AgencyKind.DEPARTMENT, rule_set=rule_set, aliases=aliases
    )


def item(owner, cycle=UpdateCycle.MONTHLY, code="1", due=None, title="Giá thuốc"):
    return CatalogueItem(code=code, title=title, owner=owner, cycle=Cycle(code=cycle), due=due, lineage=f"1/QĐ#{code}")


def catalogue(*items, number="1/QĐ", province="quangngai", since=date(2024, 1, 1), until=None):
    decision = Decision(number=number, signed_on=since, province=province, valid_from=since, valid_to=until)
    mine = {"decision": number, "province": province, "valid_from": since, "valid_to": until}
    return Catalogue(decision=decision, items=tuple(replace(each, **mine) for each in items))


def register(*agencies, catalogues=(), datasets=(), acts=(), confirmed=None):
    told = {}
    for act in acts:
        told.setdefault(act.key, []).append(act)
    return Register(
        rule_sets=RULEBOOK.rule_sets,
        calendar=RULEBOOK.calendar,
        catalogues=catalogues,
        datasets=datasets,
        agencies={each.id: each for each in agencies},
        acts=told,
        confirmed=dict.fromkeys(RULEBOOK.rule_sets, date.min) if confirmed is None else confirmed,
    )


def act(number, key, kind, day=None, undoes=None):
    return Act(id=number, key=key, kind=kind, at=datetime(2026, 5, 4, 3, tzinfo=UTC), day=day, undoes=undoes)


def told(duties, *names):
    return [tuple(getattr(duty, name) for name in names) for duty in duties]


def test_an_agency_has_the_duties_of_its_rule_set_whatever_province_its_catalogue_is_of():
    health = agency(1, "Sở Y tế", "ninhthuan")
    duties = list(register(health, catalogues=[catalogue(item("SỞ Y TẾ"))]).between(*YEAR, agencies={1}))
    assert {(duty.province, duty.rule.id, duty.agency) for duty in duties} == {("ninhthuan", "update-monthly", 1)}
    assert len(duties) == 12


def test_an_agency_of_which_no_rule_set_is_recorded_has_no_deadline_and_is_named():
    health = agency(1, "Sở Y tế", "")
    ground = register(health, catalogues=[catalogue(item("Sở Y tế"))])
    assert [duty for duty in ground.between(*YEAR) if duty.agency == 1 or duty.owner == "Sở Y tế"] == []
    assert ground.undetermined() == (health,)


def test_an_owner_whom_nobody_knows_is_told_as_printed_but_not_to_those_who_ask_for_their_own():
    ground = register(agency(1, "Sở Y tế", "quangngai"), catalogues=[catalogue(item("Sở Xây dựng"))])
    duties = list(ground.between(*YEAR, province="quangngai", rule="update-period"))
    assert {(duty.agency, duty.owner, duty.subject.title) for duty in duties} == {(None, "Sở Xây dựng", "Giá thuốc")}
    assert {duty.rule.id for duty in ground.between(*YEAR, agencies={1})} == {"review-yearly"}
    assert ground.unmatched() == {("quangngai", "Sở Xây dựng"): 1}


def test_a_name_is_matched_by_alias_and_case_and_never_guessed_between_two():
    health = agency(1, "Sở Y tế", "quangngai", aliases=("SYT tỉnh",))
    ground = register(health, catalogues=[catalogue(item("Syt  tỉnh"), item("Sở Y", code="2"))])
    found = {(duty.owner, duty.agency) for duty in ground.between(*YEAR, rule="update-period", province="quangngai")}
    assert found == {("Syt  tỉnh", 1), ("Sở Y", None)}
    twin = agency(2, "Chi cục Dân số", "quangngai", aliases=("SYT tỉnh",))
    both = register(health, twin, catalogues=[catalogue(item("SYT tỉnh"))])
    assert {duty.agency for duty in both.between(*YEAR, rule="update-period")} == {None}


def test_each_bound_agency_reviews_and_the_authority_reports():
    science = agency(1, "Sở Khoa học và Công nghệ", "vinhphuc", province="phutho")
    others = agency(2, "Sở Y tế", "vinhphuc", province="phutho"), agency(3, "Sở Xây dựng", "", province="phutho")
    ground = register(science, *others)
    reviews = list(ground.between(*YEAR, province="vinhphuc", rule="review-halfyear"))
    assert told(reviews, "agency", "period") == [(1, "2026-H1"), (1, "2026-H2"), (2, "2026-H1"), (2, "2026-H2")]
    reports = list(ground.between(*YEAR, province="vinhphuc", rule="report-yearly"))
    assert told(reports, "agency", "period") == [(1, "2025")]
    assert not list(ground.between(*YEAR, province="vinhphuc", rule="report-yearly", agencies={2}))


def test_where_nobody_is_recorded_a_duty_is_told_once_for_the_province():
    duties = list(register().between(*YEAR, province="vinhphuc", rule="review-halfyear"))
    assert told(duties, "agency", "owner", "period") == [(None, "", "2026-H1"), (None, "", "2026-H2")]
    assert not list(register().between(*YEAR, agencies=set()))


def test_without_a_term_nobody_is_ever_late():
    ground = register(agency(1, "Sở Y tế", "quangngai"), catalogues=[catalogue(item("Sở Y tế"))])
    duties = list(ground.between(*YEAR, rule="update-period", agencies={1}))
    assert {duty.legal_due for duty in duties} == {None}
    assert {status_of(duty, ground.progress(duty.key), date(2028, 1, 1)).value for duty in duties} == {"unmet"}


def test_the_term_of_an_item_counts_where_the_rule_has_none():
    ground = register(agency(1, "Sở Y tế", "quangngai"), catalogues=[catalogue(item("Sở Y tế", due=AFTER_15))])
    duties = list(ground.between(*YEAR, rule="update-period", agencies={1}))
    assert told(duties[:3], "period", "status") == [
        ("2026-06", PeriodStatus.INFORMATION),  # had ended when the decision came to count on 2 July
        ("2026-07", PeriodStatus.BINDING),
        ("2026-08", PeriodStatus.BINDING),
    ]
    assert told(duties[1:2], "nominal_due", "legal_due") == [(date(2026, 8, 15), date(2026, 8, 17))]


def test_a_replaced_catalogue_closes_what_was_open_and_the_new_owner_goes_on():
    old = catalogue(item("Sở Y tế"), item("Sở Y tế", code="2"), until=date(2026, 10, 9))
    new = catalogue(item("Sở Xây dựng", UpdateCycle.QUARTERLY), number="2/QĐ", since=date(2026, 10, 10))
    health, building = agency(1, "Sở Y tế", "ninhthuan"), agency(2, "Sở Xây dựng", "ninhthuan")
    duties = list(register(health, building, catalogues=[old, new]).between(date(2026, 9, 1), date(2027, 1, 31)))
    mine = [duty for duty in duties if duty.subject.id == "1/QĐ#1"]
    assert told(mine, "agency", "decision", "period", "status") == [
        (1, "1/QĐ", "2026-08", PeriodStatus.CLOSED),
        (2, "2/QĐ", "2026-Q3", PeriodStatus.INFORMATION),
        (2, "2/QĐ", "2026-Q4", PeriodStatus.BINDING),
    ]
    dropped = [duty for duty in duties if duty.subject.id == "1/QĐ#2"]
    assert {(duty.status, duty.closed_on) for duty in dropped} == {(PeriodStatus.CLOSED, date(2026, 10, 10))}


REVIEW = "thaibinh/review-6months/agency:1"


def reviews(*acts, first=date(2025, 1, 1), last=date(2027, 12, 31), recorded=None, confirmed=None):
    health = replace(agency(1, "Sở Y tế", "thaibinh", province="hungyen"), recorded_on=recorded)
    ground = register(health, acts=acts, confirmed=confirmed)
    return list(ground.between(first, last, province="thaibinh", rule="review-6months"))


def test_a_review_done_early_moves_the_next_one_and_undoing_it_moves_it_back():
    done = act(1, f"{REVIEW}/2026-10-07", ActKind.DONE, date(2027, 3, 20))
    assert told(reviews(done)[3:], "period", "nominal_due") == [
        ("2026-10-07", date(2027, 4, 7)),
        ("2027-03-20", date(2027, 9, 20)),
    ]
    undone = act(2, f"{REVIEW}/2026-10-07", ActKind.UNDONE, undoes=1)
    assert reviews(done, undone) == reviews()


def test_a_review_that_was_let_pass_is_closed_by_the_next_one():
    first, missed, *_ = reviews(act(1, f"{REVIEW}/2026-04-07", ActKind.UNCHANGED, date(2026, 9, 1)))[1:]
    assert (first.period, first.status, first.closed_on) == ("2025-10-07", PeriodStatus.INFORMATION, date(2026, 9, 1))
    assert (missed.period, missed.status) == ("2026-04-07", PeriodStatus.BINDING)


def standing(duties, day):
    return {duty.period: status_of(duty, follow_acts(()), day) for duty in duties}


def test_of_reviews_that_were_let_pass_only_the_last_is_to_be_made_up_for():
    passed, late = Status.INFORMATION, Status.OVERDUE
    assert standing(reviews(last=date(2027, 1, 1)), date(2026, 10, 7)) == {
        "2025-04-07": passed, "2025-10-07": late, "2026-04-07": Status.OPEN,
    }  # fmt: skip
    assert standing(reviews(last=date(2027, 1, 1)), date(2026, 10, 8)) == {
        "2025-04-07": passed, "2025-10-07": passed, "2026-04-07": late,
    }  # fmt: skip


def test_nobody_is_late_for_a_review_from_before_they_were_on_record():
    found = reviews(recorded=date(2026, 11, 20), last=date(2027, 12, 31))
    assert [*standing(found, date(2026, 11, 22)).values()] == [*[Status.INFORMATION] * 3, Status.OPEN, Status.UPCOMING]
    assert standing(found, date(2027, 4, 8))["2026-10-07"] is Status.OVERDUE


def test_what_fell_due_before_a_draft_was_confirmed_is_information_and_without_that_nobody_is_late():
    known = agency(1, "Sở Y tế", "ninhthuan"), replace(agency(2, "Sở Xây dựng", "thaibinh"), province="hungyen")
    mine, on = [catalogue(item("Sở Y tế"))], date(2026, 11, 22)
    since = {"ninhthuan": date(2026, 11, 16), "thaibinh": date(2026, 10, 8)}
    ground = register(*known, catalogues=mine, confirmed=since)
    duties = list(ground.between(*YEAR, agencies={1}))
    assert [*standing(duties, on).values()] == [*[Status.INFORMATION] * 10, Status.OVERDUE, Status.UPCOMING]
    assert (duties[-2].nominal_due, duties[-2].legal_due) == (date(2026, 11, 15), since["ninhthuan"])
    assert {*standing(ground.between(*YEAR, agencies={2}), on).values()} == {Status.INFORMATION}
    unconfirmed = list(register(*known, catalogues=mine, confirmed={}).between(*YEAR))
    assert told(unconfirmed, "key", "nominal_due", "legal_due", "opens_on") == told(
        register(*known, catalogues=mine).between(*YEAR), "key", "nominal_due", "legal_due", "opens_on"
    )
    assert {*standing(unconfirmed, date(2027, 12, 31)).values()} == {Status.UNMET, Status.INFORMATION}
    assert not any(is_late(duty, follow_acts(()), date(2027, 12, 31)) for duty in unconfirmed)


def test_a_change_that_arose_starts_a_clock_and_a_changed_mind_stops_it():
    key = "quangngai/update-period/item:1/QĐ#1/2026-09"
    changed = act(1, key, ActKind.CHANGED, date(2026, 10, 12))
    known = {"catalogues": [catalogue(item("Sở Y tế"))]}
    ground = register(agency(1, "Sở Y tế", "quangngai"), acts=[changed], **known)
    (duty,) = ground.between(*YEAR, rule="update-adhoc", agencies={1})
    assert (duty.key, duty.nominal_due) == ("quangngai/update-adhoc/item:1/QĐ#1/2026-10-12", date(2026, 11, 23))
    undone = register(agency(1, "Sở Y tế", "quangngai"), acts=[changed, act(2, key, ActKind.UNDONE, undoes=1)], **known)
    assert not list(undone.between(*YEAR, rule="update-adhoc"))


def test_what_is_published_is_kept_up_by_whose_item_it_is_else_by_its_publisher():
    published = {"province": "quangngai", "published_at": date(2026, 7, 2)}
    datasets = [
        Published(code="a", title="A", publisher="Cổng dữ liệu", home="quangngai", lineage="1/QĐ#1", **published),
        Published(code="b", title="B", publisher="Sở Xây dựng", **published),
        Published(code="c", title="C", publisher="Cổng dữ liệu", **published),
        Published(code="d", title="D", publisher="Sở Y tế", province="quangngai", published_at=date(2026, 4, 2)),
        Published(code="e", title="E", publisher="Sở Y tế", province="quangngai", published_at=date(2026, 3, 31)),
    ]
    known = agency(1, "Sở Y tế", "quangngai"), agency(2, "Sở Xây dựng", "quangngai")
    ground = register(*known, catalogues=[catalogue(item("Sở Y tế"))], datasets=datasets)
    duties = list(ground.between(*YEAR, rule="update-3months"))
    assert told(duties, "agency", "nominal_due") == [
        (1, date(2026, 10, 2)),
        (2, date(2026, 10, 2)),
        (None, date(2026, 10, 2)),
        (1, date(2026, 7, 2)),
    ]
    assert [duty.status.value for duty in duties] == ["binding", "binding", "binding", "information"]


def test_a_key_comes_apart_whatever_the_names_of_items_and_periods_hold():
    subjects = ("item:112/2026/QĐ-UBND#3", "item:1/2026#a/b", "dataset:x", "agency:7", "province:angiang")
    months = ("2026-11", "2026-11/2", "2026-01/04", "2026-Q3", "2026-H2")
    labels = (*months, "2026", "2026/2030", "2026-W47", "2026-W47/W48", "2026-11-22")
    for subject in subjects:
        for label in labels:
            assert split_key(f"quangngai/update-period/{subject}/{label}") == (
                "quangngai", "update-period", subject, label,
            )  # fmt: skip
