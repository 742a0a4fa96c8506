"""A mind whose look-up does as it is told; everything else is real."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.core.accounts import Account
from bot.handler import Context, Outcome
from bot.library import Library
from bot.mind import Mind
from bot.routing import LOOKUP, Router
from bot.rulebook import Rulebook
from bot.search.lexicon import load_lexicon
from bot.search.places import load_places
from bot.store.engine import Store
from tests.conftest import NOW
from tests.support.talk import DATA, content, handlers


def mind(
    store: Store,
    look_up: Callable[[Context], Awaitable[Outcome]],
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    accounts: Mapping[tuple[str, str], Account] = MappingProxyType({}),
    rulebook: Callable[[], Rulebook] = Rulebook,
) -> Mind:
    """A mind whose look-up is ``look_up``; duties follow from ``rulebook``."""
    others = [handler for handler in handlers() if handler.name != LOOKUP]
    known = next(handler for handler in handlers() if handler.name == LOOKUP)
    router = Router.build([*others, replace(known, handle=look_up)], content())
    library = Library(store, lexicon=load_lexicon(DATA / "synonyms"), places=load_places(DATA / "places"))
    return Mind(
        store=store,
        router=router,
        content=content(),
        library=library,
        accounts=accounts,
        clock=clock,
        rulebook=rulebook,
    )
