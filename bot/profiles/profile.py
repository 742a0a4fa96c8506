"""What a province's own decision wants of the service."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.obligations.profile import RuleSet


class Access(StrEnum):
    """Who may read a province's data as a program: anybody, who has a key, nobody."""

    PUBLIC = "public"
    KEYED = "keyed"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRule:
    """Who may read by the API, by which ``article``, and on what ``basis`` that is read from it."""

    access: Access
    article: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A province as its decision names it, which may be a former one. ``id`` is the name of its file."""

    id: str
    name: str
    api: ApiRule
    rule_set: RuleSet
