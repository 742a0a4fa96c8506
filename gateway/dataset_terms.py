"""Which item of a decision a dataset publishes, and so how often and until when it is to be renewed."""

from collections.abc import Iterable
from datetime import date

from bot.core.cycle_words import Cycles
from bot.core.item_coverage import How, ItemHoldings
from bot.search.item_matching import load_matching
from bot.search.places import load_places
from bot.store.engine import Store
from bot.store.items import read_catalogues
from gateway.deployment import DATA
from gateway.items.survey import Choice, take_survey
from gateway.standing import Term


async def read_terms(store: Store, cycles: Cycles, *, today: date) -> dict[str, Term]:
    """What the decisions that count on the day ``today`` say, by the code of the dataset."""
    if not await read_catalogues(store):
        return {}
    matching = load_matching(DATA / "catalogue", load_places(DATA / "places"))
    survey = await take_survey(store, matching, Choice(on=today))
    return choose_terms(survey.everywhere, cycles)


def choose_terms(matched: Iterable[ItemHoldings], cycles: Cycles) -> dict[str, Term]:
    """The term of each dataset. Of several items the confirmed one counts, then the one to be renewed most often."""
    best: dict[str, tuple[tuple[bool, bool, float], Term]] = {}
    for each in matched:
        item = each.item
        days = float(cycles.length(item.cycle.code))
        term = Term(decision=item.decision, item=item.code, cycle=item.cycle, due=item.due, since=item.valid_from)
        for holding in each.holdings:
            place = (holding.how is not How.CONFIRMED, not days, days)
            code = holding.dataset.code
            if code not in best or place < best[code][0]:
                best[code] = (place, term)
    return {code: term for code, (_, term) in best.items()}
