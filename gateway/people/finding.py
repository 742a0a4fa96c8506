"""What the doctor says of agencies and officers: who cannot be reminded."""

from datetime import datetime

from bot.core.local_time import local_day
from bot.store.agencies import read_agencies
from bot.store.engine import Store
from bot.store.officers import addresses_of, read_officers
from gateway.finding import Finding, Verdict
from gateway.people.survey import Survey, take_survey


async def examine_people(store: Store, *, now: datetime) -> Finding:
    """A warning while nobody can be reminded for some agency, or the last officer of one leaves soon."""
    agencies, officers = await read_agencies(store), await read_officers(store)
    async with store.read() as connection:
        bound = await addresses_of(connection, store.vault)
    survey = take_survey(agencies.values(), officers.values(), bound, day=local_day(now))
    worry = survey.silent or survey.leaving
    return Finding(name="people", verdict=Verdict.WARN if worry else Verdict.OK, detail=_describe(survey))


def _describe(survey: Survey) -> str:
    if not survey.agencies:
        return "no agencies: tracuu people import FILE, before anybody is reminded"
    counts = {
        "without an officer": survey.vacant,
        "with none whom a message reaches": survey.unreachable,
        "for which nobody can be reminded": survey.silent,
        "whose last officer leaves within 30 days": survey.leaving,
        "without a rule set": survey.without_rule_set,
    }
    missing = [f"{len(found)} {what}" for what, found in counts.items() if found]
    missing += [f"{len(survey.unbound)} officers not bound"] if survey.unbound else []
    known = f"{survey.agencies} agencies, {survey.officers} officers"
    return f"{known}: {', '.join(missing)} (tracuu people list --vacant)" if missing else known
