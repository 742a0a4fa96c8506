"""By what duties are computed here: the shipped profiles, and the calendar with the operator's own years."""

from bot.rulebook import Rulebook, load_rulebook
from gateway.deployment import DATA
from gateway.settings import Settings


def read_rulebook(settings: Settings) -> Rulebook:
    """The rules and the calendar as the files say them now. Raises ContentError with file, key and reason."""
    return load_rulebook(DATA, settings.calendar_folder)
