"""Who may read which data by the API: a province's profile says it, the settings may say otherwise for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.core.text import tokens
from bot.profiles import Access, Profile
from bot.search.places import Places

Mode = Literal["profile", "public", "keyed", "off"]
_STRICTNESS = (Access.PUBLIC, Access.KEYED, Access.OFF)
_SEVERAL_PLACES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may read the data of ``province`` (as printed), and which ``article`` or setting says so."""

    access: Access
    province: str
    article: str


class Admission:
    """``mode`` is the setting; ``provinces`` are those that the service answers for, empty = all."""

    def __init__(
        self, mode: Mode, profiles: Sequence[Profile], places: Places, *, provinces: Sequence[str] = ()
    ) -> None:
        self._mode, self._places, self._provinces = mode, places, provinces
        self._profiles = {profile.name: profile for profile in profiles}
        self._rules: dict[str, Rule] = {}

    @property
    def provinces(self) -> tuple[str, ...]:
        """The provinces that the service answers for, empty = all."""
        return tuple(self._provinces)

    def rule(self, printed: str) -> Rule:
        """The rule for data of the ``printed`` province; where several are named, the strictest of theirs."""
        found = self._rules.get(printed)
        if found is None:
            if len(self._rules) >= _SEVERAL_PLACES:
                self._rules.clear()
            rules = self._rules_of(printed)
            found = self._rules[printed] = max(rules, key=lambda rule: _STRICTNESS.index(rule.access))
        return found

    def _rules_of(self, printed: str) -> Iterator[Rule]:
        located = self._places.locate(printed)
        if self._provinces and located not in ("", *self._provinces):
            yield Rule(access=Access.OFF, province=printed, article="service.provinces")
        elif self._mode != "profile":
            yield Rule(access=Access(self._mode), province=printed, article="service.api")
        else:
            yield Rule(access=Access.PUBLIC, province=printed, article="")
            for mention in self._places.find(tokens(printed)):
                profile = self._profiles.get(mention.place.name)
                if profile is not None:
                    yield Rule(access=profile.api.access, province=profile.name, article=profile.api.article)

    def shows(self, printed: str, *, keyed: bool) -> bool:
        """Whether data of that province are for somebody who came with a key that counts (``keyed``) or without."""
        access = self.rule(printed).access
        return access is Access.PUBLIC or (access is Access.KEYED and keyed)

    def withholds(self, printed: str, *, keyed: bool) -> bool:
        """Whether only a key is missing."""
        return not keyed and self.rule(printed).access is Access.KEYED
