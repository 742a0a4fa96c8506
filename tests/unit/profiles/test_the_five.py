"""The five decisions: their rules as a table, how they stand, and what they say besides."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.core.cycle import UpdateCycle
from bot.core.cycle_periods import period_of
from bot.core.due import DueAnchor, DueWording
from bot.core.obligations.digest import rules_digest
from bot.core.obligations.rule import Bearer, Rule
from bot.core.obligations.window import data_window, opens_on
from bot.profiles import load_profiles, load_rule_sets
from tests.support.library import PLACES
from tests.support.talk import DATA

PROFILES = {profile.id: profile for profile in load_profiles(DATA / "profiles")}
RULES = {(rules.id, rule.id): rule for rules in load_rule_sets(DATA / "profiles").values() for rule in rules.rules}


def due_in_short(due: DueWording | None) -> str:
    if due is None:
        return ""
    if due.anchor is DueAnchor.DAY:
        return f"{'before' if due.strictly_before else 'on'} {due.day}/{due.months_after}"
    return f"{due.offset_days} {due.unit}"


def in_short(province: str, rule: Rule) -> dict[str, str]:
    flags = [flag for flag in ("unchanged", "approval", "proposed", "external") if getattr(rule, flag)]
    return {
        "province": province,
        "id": rule.id,
        "article": rule.article,
        "trigger": rule.trigger,
        "what": rule.cycle or rule.event or " ".join(rule.cycles),
        "due": due_in_short(rule.due),
        "term": rule.term,
        "bearer": rule.bearer,
        "before": " ".join(map(str, rule.steps.before)),
        "flags": " ".join(flags),
    }


def test_the_rules_of_the_five_decisions_are_those_of_the_table():
    with (Path(__file__).parent / "rules.csv").open(encoding="utf-8") as file:
        expected = sorted(csv.DictReader(file), key=lambda row: (row["province"], row["id"]))
    read = [in_short(province, rule) for (province, _), rule in sorted(RULES.items())]
    assert read == expected


@pytest.mark.parametrize(
    ("province", "status", "valid_from", "authority", "successor"),
    [
        ("quangngai", "in_force", date(2026, 7, 2), "Quảng Ngãi", ""),
        ("ninhthuan", "draft_unconfirmed", None, "Khánh Hòa", "Khánh Hòa"),
        ("thaibinh", "presumed_in_force_territorial", date(2025, 4, 7), "Hưng Yên", "Hưng Yên"),
        ("vinhphuc", "presumed_in_force_territorial", date(2024, 10, 1), "Phú Thọ", "Phú Thọ"),
        ("angiang", "presumed_in_force_territorial", date(2025, 1, 10), "An Giang", "An Giang"),
    ],
)
def test_each_decision_stands_as_it_was_found_and_names_who_succeeds(
    province, status, valid_from, authority, successor
):
    profile = PROFILES[province]
    assert (profile.rule_set.status, profile.rule_set.decision.valid_from) == (status, valid_from)
    now = profile.rule_set.roles[Bearer.PORTAL_AUTHORITY].name_now
    assert now == f"Sở Khoa học và Công nghệ tỉnh {authority}"
    places = PLACES.find((profile.rule_set.successor,)) if profile.rule_set.successor else ()
    assert [mention.place.name for mention in places[:1]] == ([successor] if successor else [])


def test_no_decision_claims_more_than_is_known():
    for profile in PROFILES.values():
        assert profile.portal.verified_on is None, profile.id
        assert all(channel.announced_on is None for channel in profile.channels), profile.id
        assert all(clause.quote and clause.article for clause in profile.clauses), profile.id
    assert {p.id: [str(c.kind) for c in p.channels] for p in PROFILES.values()}["vinhphuc"] == ["web", "sms", "zalo"]


@pytest.mark.parametrize(
    ("province", "rule", "cycle", "day", "window"),
    [
        ("ninhthuan", "report-quarterly", UpdateCycle.QUARTERLY, date(2026, 8, 1), ("2026-06-15", "2026-09-14")),
        ("angiang", "report-halfyear", UpdateCycle.ANNUAL_2, date(2026, 8, 1), ("2026-06-15", "2026-12-14")),
        ("angiang", "report-halfyear", UpdateCycle.ANNUAL_2, date(2026, 3, 1), ("2025-12-15", "2026-06-14")),
        ("quangngai", "operations-monthly", UpdateCycle.MONTHLY, date(2026, 11, 1), ("2026-10-15", "2026-11-14")),
        ("vinhphuc", "report-yearly", UpdateCycle.ANNUAL, date(2026, 11, 1), ("2025-12-15", "2026-12-14")),
        ("vinhphuc", "review-halfyear", UpdateCycle.ANNUAL_2, date(2026, 11, 1), ("2026-07-01", "2026-12-31")),
    ],
)
def test_a_report_holds_the_figures_up_to_its_cut_off(province, rule, cycle, day, window):
    period = period_of(cycle, day)
    assert period is not None
    assert tuple(end.isoformat() for end in data_window(RULES[province, rule], period)) == window


def test_a_self_assessment_can_be_done_from_november_on():
    period = period_of(UpdateCycle.ANNUAL, date(2026, 5, 1))
    assert period is not None
    assert opens_on(RULES["vinhphuc", "self-assessment-yearly"], period) == date(2026, 11, 1)
    assert opens_on(RULES["vinhphuc", "report-yearly"], period) is None


def test_the_digest_is_that_of_the_rules_and_of_nothing_that_says_the_same():
    rules = PROFILES["ninhthuan"].rule_set
    assert rules_digest(rules) == rules_digest(replace(rules, rules=tuple(replace(rule) for rule in rules.rules)))
    first, *others = rules.rules
    changes = [replace(first, **change) for change in ({"unchanged": True}, {"title": "Khác"}, {"due": None})]
    digests = {rules_digest(replace(rules, rules=(changed, *others))) for changed in changes}
    assert len(digests | {rules_digest(rules)}) == 4
