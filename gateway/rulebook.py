"""By what duties are computed here: the shipped profiles, and the calendar with the operator's own years."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bot import settling
from bot.core.errors import ContentError
from bot.core.obligations.agency import Agency
from bot.core.obligations.profile import RuleSet
from bot.core.text import tokens
from bot.register import Register
from bot.rulebook import Rulebook, RulebookFiles
from gateway.deployment import DATA
from gateway.settings import Settings


def read_rulebook(settings: Settings) -> Rulebook:
    """The rules and the calendar as the files say them now.

    Raises ContentError with file, key and reason, unless this process has read good ones before: then those count on.
    """
    return _files(settings.calendar_folder)()


@lru_cache(maxsize=1)  # a process has one settings file
def _files(own: Path) -> RulebookFiles:
    return RulebookFiles(DATA, own)


def find_rule_set(rule_sets: Mapping[str, RuleSet], text: str) -> RuleSet:
    """The profile with that id or name. Raises ContentError, which names the option."""
    for rules in rule_sets.values():
        if text == rules.id or tokens(text) == tokens(rules.name):
            return rules
    raise ContentError("command line", "--province", f"{text} is none of {', '.join(sorted(rule_sets))}")


def find_agency(register: Register, territory: str, named: str) -> Agency:
    """The agency of that territory (the id of a province or profile) with that id, name or alias. Raises
    SettlingError when there is none, or several."""
    there = {
        agency.id: agency for agency in register.agencies.values() if territory in {agency.province, agency.rule_set}
    }
    return settling.find_agency(replace(register, agencies=there), named)
