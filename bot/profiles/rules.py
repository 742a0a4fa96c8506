"""Read the rules of a profile: the sections ``[[rules]]`` of its file."""

import re
from collections.abc import Iterator
from datetime import date

from bot.core.cycle import UpdateCycle
from bot.core.cycle_periods import period_of
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.obligations.rule import Bearer, Confidence, Event, Rule, Steps, Term, Trigger
from bot.profiles.section import Section

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = (
    "id", "article", "title", "title_en", "quote", "trigger", "bearer", "cycle", "cycles", "event", "due", "term",
    "remind_before", "remind_after", "unchanged", "approval", "confidence", "basis", "proposed", "opens", "cutoff",
    "external",
)  # fmt: skip
_COUNTS = {
    "calendar_days": (DueUnit.CALENDAR, 400),
    "working_days": (DueUnit.WORKING, 250),
    "months": (DueUnit.MONTH, 24),
}
_ANCHORS = {Event.CHANGED: DueAnchor.CHANGE, Event.PUBLISHED: DueAnchor.PUBLICATION}
_ANY_DAY = date(2026, 7, 1)


def read_rules(profile: Section) -> tuple[Rule, ...]:
    """The rules of a profile, in order. Raises ContentError with file, line, key and reason."""
    sections, usual = profile.sections("rules"), _usual_steps(profile)
    rules = tuple(_rule(section, usual) for section in sections)
    seen: set[str] = set()
    for section, rule in zip(sections, rules, strict=True):
        if rule.id in seen:
            section.refuse("id", f"{rule.id} has another rule")
        seen.add(rule.id)
    return rules


def _rule(section: Section, usual: Steps) -> Rule:
    section.only(*_KEYS)
    rule = Rule(
        id=section.text("id"),
        article=section.article(),
        title=section.text("title"),
        title_en=section.text("title_en"),
        trigger=section.choice("trigger", Trigger),
        bearer=section.choice("bearer", Bearer, default=Bearer.PROVIDER_AGENCY),
        cycle=section.choice("cycle", UpdateCycle) if "cycle" in section.table else None,
        cycles=section.choices("cycles", UpdateCycle),
        event=section.choice("event", Event) if "event" in section.table else None,
        due=_due(section),
        term=section.choice("term", Term, default=Term.DUE),
        steps=_steps(section, usual),
        unchanged=section.flag("unchanged"),
        approval=section.flag("approval"),
        confidence=section.choice("confidence", Confidence),
        basis=section.text("basis"),
        proposed=section.flag("proposed"),
        quote=section.text("quote"),
        opens=_named_day(section, "opens"),
        cutoff=_named_day(section, "cutoff"),
        external=section.text("external", default=""),
    )
    if not _ID.fullmatch(rule.id):
        section.refuse("id", "must be lower-case words joined by hyphens")
    for key, reason in _contradictions(rule):
        section.refuse(key, reason)
    return rule


def _contradictions(rule: Rule) -> Iterator[tuple[str, str]]:
    """What a rule says that does not go together: the key and the reason."""
    period, item = rule.trigger is Trigger.PERIOD, rule.trigger is Trigger.ITEM
    named = rule.due is not None and rule.due.anchor is DueAnchor.DAY
    checks = (
        ("cycle", (rule.cycle is None) == period, "goes with the trigger period, and only with it"),
        ("cycle", not _have_periods(rule.cycle), "has no periods"),
        ("cycles", bool(rule.cycles) and not item, "goes only with the trigger item"),
        ("cycles", not _have_periods(*rule.cycles), "names a cycle that has no periods"),
        (
            "event",
            (rule.event is None) == (rule.trigger is Trigger.EVENT),
            "goes with the trigger event, and only with it",
        ),
        ("due", rule.due is None and not item, "is missing: only a catalogue item may say it instead"),
        ("due", named and not period, "names a day, which goes only with the trigger period"),
        (
            "due",
            rule.trigger is Trigger.LAST_DONE and not _is_gap(rule.due),
            "must be months, at least 1: a gap since the last time is counted in them",
        ),
        ("term", rule.term is Term.PERIOD_END and not period, "period-end goes only with the trigger period"),
        (
            "proposed",
            rule.proposed and rule.term is Term.DUE,
            "a day of our own makes nobody late: term must be none or period-end",
        ),
        ("opens", rule.opens is not None and not period, "goes only with the trigger period"),
        ("cutoff", rule.cutoff is not None and not period, "goes only with the trigger period"),
        (
            "external",
            bool(rule.external) and rule.due is not None,
            "another text fixes the term, so there can be no due",
        ),
    )
    return ((key, reason) for key, wrong, reason in checks if wrong)


def _is_gap(due: DueWording | None) -> bool:
    return due is not None and due.unit is DueUnit.MONTH and due.offset_days > 0


def _have_periods(*cycles: UpdateCycle | None) -> bool:
    return all(cycle is None or period_of(cycle, _ANY_DAY) is not None for cycle in cycles)


def _due(rule: Section) -> DueWording | None:
    section = rule.section("due")
    if section is None:
        return None
    if "day" in section.table:
        return _day_of_month(section, printed=rule.text("quote"))
    section.only(*_COUNTS)
    said = [key for key in _COUNTS if key in section.table]
    if len(said) != 1:
        section.refuse("", f"must hold day, or one of {', '.join(_COUNTS)}")
    unit, most = _COUNTS[said[0]]
    event = rule.choice("event", Event) if "event" in rule.table else None
    last_done = rule.choice("trigger", Trigger) is Trigger.LAST_DONE
    return DueWording(
        anchor=_ANCHORS[event] if event else DueAnchor.UNSTATED if last_done else DueAnchor.PERIOD_END,
        offset_days=section.number(said[0], least=0, most=most),
        unit=unit,
        printed=rule.text("quote"),
    )


def _named_day(rule: Section, key: str) -> DueWording | None:
    section = rule.section(key)
    return _day_of_month(section) if section else None


def _day_of_month(section: Section, *, printed: str = "") -> DueWording:
    section.only("day", "months_after", "strictly_before")
    return DueWording(
        anchor=DueAnchor.DAY,
        day=section.number("day", least=1, most=31),
        months_after=section.number("months_after", least=-12, most=12),
        strictly_before=section.flag("strictly_before"),
        printed=printed,
    )


def _usual_steps(profile: Section) -> Steps:
    """The steps of every rule that names none."""
    section = profile.section("reminding")
    return _steps(section, Steps()) if section else Steps()


def _steps(section: Section, usual: Steps) -> Steps:
    before = section.numbers("remind_before", default=usual.before)
    after = section.numbers("remind_after", default=usual.after)
    if list(before) != sorted(set(before), reverse=True):
        section.refuse("remind_before", "must count down, each number once: [10, 3, 1, 0]")
    if list(after) != sorted(set(after)) or 0 in after:
        section.refuse("remind_after", "must count up from 1, each number once: [1, 3]")
    return Steps(before=before, after=after)
