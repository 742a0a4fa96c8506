"""What a province's own decision wants of the service, each with the article that says so (as it is cited)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.core.obligations.profile import RuleSet


class Access(StrEnum):
    """Who may read a province's data as a program: anybody, who has a key, nobody."""

    PUBLIC = "public"
    KEYED = "keyed"
    OFF = "off"


class NormStatus(StrEnum):
    """How a norm stands that a decision cites. UNREAD: its text could not be read."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REPEALED = "repealed"
    SUPERSEDED_IN_PRACTICE = "superseded_in_practice"
    UNCERTAIN = "uncertain"
    UNREAD = "unread"


class ChannelKind(StrEnum):
    """By what people may look something up."""

    WEB = "web"
    SMS = "sms"
    ZALO = "zalo"
    TELEGRAM = "telegram"


class ClauseKind(StrEnum):
    """What a clause is about that gives no date."""

    RIGHT = "right"
    ROLE = "role"
    CHANNEL = "channel"
    FORMAT = "format"
    LICENCE = "licence"
    ACCOUNT = "account"
    PUBLICATION = "publication"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRule:
    """Who may read by the API, by which ``article``, and on what ``basis`` that is read from it."""

    access: Access
    article: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the decision stands, in words (``note``), as of ``checked_on``, and where: ``territory`` and the provinces
    that went into it (``predecessors``). ``applied_by`` is the document of the new province's committee that keeps the
    decision; empty = none is known."""

    note: str
    checked_on: date
    territory: tuple[str, ...]
    predecessors: tuple[str, ...] = ()
    applied_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """An earlier decision that this one repealed on the day ``until``."""

    number: str
    signed_on: date
    province: str
    until: date
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """A norm that the decision cites (in its article ``cited_in``, empty = its preamble), and how that stands."""

    norm: str
    article: str
    cited_in: str
    status: NormStatus
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRole:
    """An office that the text names and that has ended."""

    name_in_text: str
    closed_on: date
    article: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The address that the text prints; ``verified_on`` = somebody called it on that day, None = nobody has."""

    url: str
    article: str
    verified_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedChannel:
    """A channel that the text names or allows. ``id`` and ``announced_on``: the authority published it; else empty."""

    kind: ChannelKind
    article: str
    basis: str
    id: str = ""
    announced_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDecision:
    """The decision that issues the catalogue; ``number`` is empty while it is not known."""

    article: str
    note: str
    number: str = ""
    signed_on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRule:
    """In which formats data may be published; an empty ``accepted`` = the text has no list."""

    article: str
    basis: str
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceRule:
    """What may be done with data that name no licence of their own."""

    default: str
    article: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause that gives no date but has a consequence here: ``means`` says which, ``quote`` finds the clause."""

    kind: ClauseKind
    article: str
    quote: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A province as its decision names it, which may be a former one. ``id`` is the name of its file."""

    id: str
    name: str
    rule_set: RuleSet
    standing: Standing
    api: ApiRule
    portal: Portal
    formats: FormatRule
    catalogue: CatalogueDecision
    licence: LicenceRule | None = None
    channels: tuple[AnnouncedChannel, ...] = ()
    supersedes: tuple[Superseded, ...] = ()
    cites: tuple[Cite, ...] = ()
    closed_roles: tuple[ClosedRole, ...] = ()
    clauses: tuple[Clause, ...] = ()
