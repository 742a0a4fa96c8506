"""What the doctor says of the profiles: which may remind, and whose confirmation counts no more."""

from bot.profiles import load_profiles
from bot.store.confirmations import Urging, list_confirmations, urging_of
from bot.store.engine import Store
from gateway.deployment import DATA
from gateway.finding import Finding, Verdict


async def examine_profiles(store: Store) -> Finding:
    """Which profiles may remind. A warning where rules have changed since they were confirmed."""
    told = await list_confirmations(store)
    urging = {profile.id: urging_of(profile.rule_set, told) for profile in load_profiles(DATA / "profiles")}
    may = ", ".join(each for each, state in urging.items() if state.allowed) or "none"
    outdated = [each for each, state in urging.items() if state is Urging.OUTDATED]
    detail = f"{len(urging)} decisions; may remind: {may}"
    if outdated:
        again = f"the rules of {', '.join(outdated)} have changed since they were confirmed: tracuu profile confirm"
        return Finding(name="profiles", verdict=Verdict.WARN, detail=f"{detail}; {again}")
    return Finding(name="profiles", verdict=Verdict.OK, detail=detail)
