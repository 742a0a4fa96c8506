"""What the commands of ``tracuu people`` have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import typer

from bot.core.local_time import VIETNAM
from bot.core.obligations.agency import Agency, Officer
from bot.core.obligations.roster import Roster
from bot.store.engine import Store
from bot.store.officers import BoundAddress, addresses_of
from bot.store.roster import read_roster
from gateway.commands.items.options import places
from gateway.items.territory import locate_territory
from gateway.terminal import now

COMMAND = "command line"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Province = Annotated[str, typer.Option(help="Only agencies of this province, or bound by the rule set of it.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """Agencies and officers by id, with the live addresses of officers and the roster that holds their contacts."""

    agencies: Mapping[int, Agency]
    officers: Mapping[int, Officer]
    bound: Mapping[int, Sequence[BoundAddress]]
    roster: Roster

    def of_province(self, printed: str) -> "Everybody":
        """Only the agencies of a province (id or name, today's or a former one), with who has a post there.

        Raises ContentError when there is no such province.
        """
        if not printed:
            return self
        territory = locate_territory(printed, places())
        wanted = {territory.id, territory.province} if territory.id == territory.province else {territory.id}
        agencies = {
            number: agency
            for number, agency in self.agencies.items()
            if agency.province in wanted or agency.rule_set == territory.id
        }
        officers = {
            number: officer
            for number, officer in self.officers.items()
            if any(post.agency in agencies for post in officer.posts)
        }
        return replace(self, agencies=agencies, officers=officers)

    def name_agencies(self, officer: Officer) -> tuple[str, ...]:
        """The names of the agencies in which ``officer`` has or had a post."""
        held = (self.agencies.get(post.agency) for post in officer.posts)
        return tuple(dict.fromkeys(agency.name for agency in held if agency))


async def read_everybody(store: Store, roster: Roster | None = None) -> Everybody:
    """Everybody as stored, or as in ``roster``, which nobody has stored yet."""
    shown = roster or await read_roster(store)
    async with store.read() as connection:
        bound = await addresses_of(connection, store.vault)
    reachable = [number for number, addresses in bound.items() if any(one.reachable for one in addresses)]
    return Everybody(
        agencies={agency.id: agency for agency in shown.agencies},
        officers=shown.officers_by_id(reachable),
        bound=bound,
        roster=shown,
    )


def today() -> date:
    """The day in Việt Nam."""
    return now().astimezone(VIETNAM).date()
