"""One look at all duties of a deployment: everything that it needs, from the settings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from bot.content import load_content
from bot.core.accounts import Account
from bot.core.delivery import Lane
from bot.core.messages import Address, Reply
from bot.core.obligations.planning import FOR_THE_OPERATOR, Skipped
from bot.notify.handovers import ask_heads
from bot.notify.listing import note_listed
from bot.notify.matching import match_published
from bot.notify.portals import profiles_down
from bot.notify.reminding import AsSent, Plan, Secretary, plan_digests, release
from bot.notify.vacancies import note_vacancies
from bot.register import Register, read_register
from bot.search.places import load_places
from bot.store import consents
from bot.store.conversations import CLI_ACCOUNT
from bot.store.engine import Store
from bot.store.reminding import Said
from bot.wording.speech import Speech
from gateway.channel import Capabilities, Presences
from gateway.deployment import DATA, find_channels, read_presences
from gateway.forms import FORMS
from gateway.kinship import kin_of
from gateway.pools import read_pools
from gateway.render import render
from gateway.rulebook import read_rulebook
from gateway.settings import Settings

Places = dict[tuple[str, str], tuple[Account, Capabilities]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look found and did: ``texts`` are those of ``said``, in its order, as they reach the officers."""

    plan: Plan
    said: Sequence[Said]
    texts: Sequence[str]

    @property
    def register(self) -> Register:
        """By what it looked."""
        return self.plan.register

    def summary(self) -> dict[str, Any]:
        """For the log: how many messages, and which agencies have nobody who could be told, by the reason."""
        unmet: dict[str, list[str]] = {}
        for each in self.skipped:
            agency = self.register.agencies.get(each.agency) if each.agency is not None else None
            if each.reason in FOR_THE_OPERATOR and agency is not None:
                names = unmet.setdefault(each.reason.value, [])
                names += [] if agency.name in names else [agency.name]
        return {"messages": len(self.said), "unmet": unmet}

    @property
    def skipped(self) -> Sequence[Skipped]:
        """Who was not told, and why."""
        return self.plan.skipped


async def look(
    settings: Settings, store: Store, *, clock: Callable[[], datetime], rehearse: bool = False, by_hand: bool = False
) -> Looked:
    """Plan and release what is due. ``rehearse``: nothing is written.

    ``by_hand``: also to whoever has talked only on the account of ``tracuu ask``, which no service sends from. Raises
    ContentError for what is wrong in settings or files, StoreError where the database cannot be used.
    """
    presences = read_presences(settings, store)
    store.vault.kin = kin_of(find_channels(), [*presences, *await consents.places(store)])
    places = _places(presences, by_hand=by_hand)
    accounts = {key: account for key, (account, _) in places.items()}
    content = load_content(DATA)

    def as_sent(reply: Reply, address: Address, language: str) -> str:
        account, capabilities = places[address.channel, address.account]
        speech = Speech(content=content, language=language, account=account)
        return "\n".join(part.text for part in render(reply, capabilities, speech, lane=Lane.REMINDER))

    secretary = Secretary(
        content=content,
        accounts=accounts,
        as_sent=as_sent,
        contact=settings.service.authority_contact,
        pools=read_pools(settings, presences),
        draw=Random().random,
    )
    rulebook, now = read_rulebook(settings), clock()
    register = await read_register(store, rulebook, now=now)
    if not rehearse and await match_published(store, register, now=now):
        register = await read_register(store, rulebook, now=now)
    down = await profiles_down(store, register.rule_sets.values(), load_places(DATA / "places"), now=now)
    plan = await plan_digests(store, register, ours=accounts, now=now, down=down)
    said = await release(store, plan, secretary, clock=clock, rehearse=rehearse)
    if not rehearse:
        await note_vacancies(store, plan.skipped, register.agencies, now=now)
        await note_listed(store, plan.listed, register, now=now)
        await ask_heads(store, register, accounts, content, now=now)
    return Looked(plan=plan, said=said, texts=_texts(said, as_sent))


def _texts(said: Iterable[Said], as_sent: AsSent) -> list[str]:
    return [as_sent(one.reply, one.address, one.language) for one in said]


def _places(presences: Presences, *, by_hand: bool) -> Places:
    """Our accounts with what can be shown there."""
    places: Places = {}
    if by_hand:
        places = {(name, CLI_ACCOUNT): (Account(channel=name, name=CLI_ACCOUNT), form) for name, form in FORMS.items()}
    return places | {key: (presence.account.meaning(), presence.capabilities) for key, presence in presences.items()}
