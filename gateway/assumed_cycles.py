"""How often the datasets of a source are taken to be renewed where it does not say so: the operator's own default."""

from bot.core.cycle import UNCLEAR
from bot.core.errors import ContentError
from bot.cycles import load_cycles
from gateway.deployment import DATA


def check_cycle(printed: str, place: str) -> None:
    """Raises ContentError, naming ``place`` in the settings, when ``printed`` is no update frequency that is known."""
    if printed and load_cycles(DATA).understand(printed).code in UNCLEAR:
        raise ContentError("settings", place, f"{printed} is not known as an update frequency; see docs/freshness.md")
