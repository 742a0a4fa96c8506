"""The dates that were worked out by hand from the five decisions, by the shipped profiles and calendar."""

from datetime import date

from bot.register import Register
from bot.rulebook import load_rulebook
from gateway.deployment import DATA

RULEBOOK = load_rulebook(DATA)
REGISTER = Register(rule_sets=RULEBOOK.rule_sets, calendar=RULEBOOK.calendar)

# profile, rule, period: nominal date, legal date (- = no term in the text, = the same)
DATES = """
ninhthuan update-monthly 2025-12: 2026-01-15 =
ninhthuan update-monthly 2026-01: 2026-02-15 2026-02-23
ninhthuan update-monthly 2026-02: 2026-03-15 2026-03-16
ninhthuan update-monthly 2026-03: 2026-04-15 =
ninhthuan update-monthly 2026-04: 2026-05-15 =
ninhthuan update-monthly 2026-05: 2026-06-15 =
ninhthuan update-monthly 2026-06: 2026-07-15 =
ninhthuan update-monthly 2026-07: 2026-08-15 2026-08-17
ninhthuan update-monthly 2026-08: 2026-09-15 =
ninhthuan update-monthly 2026-09: 2026-10-15 =
ninhthuan update-monthly 2026-10: 2026-11-15 2026-11-16
ninhthuan update-monthly 2026-11: 2026-12-15 =
ninhthuan update-quarterly 2025-Q4: 2026-01-30 =
ninhthuan update-quarterly 2026-Q1: 2026-04-30 2026-05-04
ninhthuan update-quarterly 2026-Q2: 2026-07-30 =
ninhthuan update-quarterly 2026-Q3: 2026-10-30 =
ninhthuan update-yearly 2025: 2026-03-31 =
ninhthuan update-yearly 2027: 2028-03-30 =
ninhthuan report-quarterly 2026-Q1: 2026-03-24 =
ninhthuan report-quarterly 2026-Q2: 2026-06-24 =
ninhthuan report-quarterly 2026-Q3: 2026-09-24 =
ninhthuan report-quarterly 2026-Q4: 2026-12-24 =
ninhthuan report-quarterly 2028-Q2: 2028-06-24 2028-06-23
ninhthuan report-quarterly 2028-Q3: 2028-09-24 2028-09-22
ninhthuan report-quarterly 2028-Q4: 2028-12-24 2028-12-22
quangngai evaluation-halfyear 2026-H2: 2026-12-29 =
quangngai evaluation-halfyear 2029-H2: 2029-12-29 2029-12-28
quangngai operations-monthly 2026-07: 2026-08-07 -
quangngai operations-monthly 2026-08: 2026-09-09 -
quangngai review-yearly 2026: 2026-11-30 -
thaibinh review-6months 2025-10-07: 2026-04-07 =
thaibinh review-6months 2026-04-07: 2026-10-07 =
vinhphuc review-halfyear 2026-H1: 2026-06-30 =
vinhphuc review-halfyear 2026-H2: 2026-12-31 =
vinhphuc self-assessment-yearly 2026: 2026-12-30 =
vinhphuc self-assessment-yearly 2028: 2028-12-30 2028-12-29
vinhphuc report-yearly 2026: 2027-01-15 -
vinhphuc ranking-yearly 2026: 2027-01-15 -
angiang report-halfyear 2026-H1: 2026-06-24 2026-06-30
angiang report-halfyear 2026-H2: 2026-12-24 2026-12-31
angiang upgrade-plan-yearly 2026: 2026-06-30 -
angiang budget-plan-yearly 2026: 2026-06-30 -
quangngai update-period 2026-09: 2026-09-30 -
"""

# the same, counted from the day of an event, or from the day on which it was done the last time
EVENTS = """
quangngai update-adhoc 2026-07-20: 2026-08-28 =
quangngai update-adhoc 2026-08-03: 2026-09-16 =
quangngai update-adhoc 2026-10-12: 2026-11-23 =
quangngai update-adhoc 2026-10-30: 2026-12-14 =
quangngai update-3months 2026-07-02: 2026-10-02 =
quangngai update-3months 2026-08-31: 2026-11-30 =
quangngai update-3months 2026-09-24: 2026-12-24 =
thaibinh review-6months 2027-03-20: 2027-09-20 =
thaibinh review-6months 2026-08-31: 2027-02-28 2027-03-01
"""

SPAN = date(2025, 1, 1), date(2030, 12, 31)


def worked(table):
    for line in filter(None, table.splitlines()):
        what, dates = line.split(": ")
        nominal, legal = dates.split()
        yield tuple(what.split()), (nominal, {"=": nominal, "-": None}.get(legal, legal))


def told(duty):
    return duty.nominal_due.isoformat(), duty.legal_due.isoformat() if duty.legal_due else None


def test_every_worked_date_of_a_period_comes_out():
    computed = {(duty.province, duty.rule.id, duty.period): told(duty) for duty in REGISTER.between(*SPAN)}
    wrong = {what: (computed.get(what), dates) for what, dates in worked(DATES) if computed.get(what) != dates}
    assert not wrong


def test_every_worked_date_of_an_event_comes_out():
    wrong = {}
    for (province, rule, day), dates in worked(EVENTS):
        event = date.fromisoformat(day)
        first = next(iter(REGISTER.after(event, *SPAN, province=province, rule=rule)), None)
        if first is None or first.period != day or told(first) != dates:
            wrong[province, rule, day] = first and told(first)
    assert not wrong


def test_nothing_is_a_task_before_its_decision_counts():
    for duty in REGISTER.between(*SPAN):
        since = RULEBOOK.rule_sets[duty.province].decision.valid_from
        assert since is None or duty.nominal_due >= since, duty.key
    june = {duty.period for duty in REGISTER.between(date(2026, 6, 1), date(2026, 7, 1), province="quangngai")}
    assert not june


def test_what_lies_beyond_the_known_calendar_is_provisional_and_what_lies_within_is_not():
    sure = {
        duty.period: duty.provisional
        for duty in REGISTER.between(*SPAN, province="ninhthuan", rule="update-monthly")
        if duty.nominal_due >= date(2026, 1, 1)
    }
    assert not any(sure[f"2026-{month:02}"] for month in range(1, 12))
    assert sure["2027-01"]
    assert sure["2028-05"]
