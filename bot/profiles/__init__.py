"""What the provinces' own decisions want of the service: ``data/profiles``, one file for each."""

from collections.abc import Mapping
from pathlib import Path

from bot.core.errors import ContentError
from bot.core.obligations.profile import RuleSet
from bot.profiles.profile import Access, ApiRule, Profile
from bot.profiles.reading import read_profile

__all__ = ("Access", "ApiRule", "Profile", "load_profiles", "load_rule_sets")


def load_profiles(folder: Path) -> tuple[Profile, ...]:
    """The profiles of the folder ``data/profiles``, by id. Raises ContentError with file, line, key and reason."""
    profiles = tuple(read_profile(file) for file in sorted(folder.glob("*.toml")))
    names = [profile.name for profile in profiles]
    for profile in profiles:
        if names.count(profile.name) > 1:
            raise ContentError(f"{profile.id}.toml", "name", f"{profile.name} has another file")
    return profiles


def load_rule_sets(folder: Path) -> Mapping[str, RuleSet]:
    """The rule sets of all profiles, by id. Raises as :func:`load_profiles`."""
    return {profile.id: profile.rule_set for profile in load_profiles(folder)}
