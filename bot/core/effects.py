"""What a handler may ask to be written. A handler decides; the dispatcher writes it all in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.charts import Chart
from bot.core.messages import Reply
from bot.core.obligations.progress import Said
from bot.core.tickets import TicketKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLanguage:
    """The person wants to be answered in ``language`` (``vi`` or ``en``) from now on."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccents:
    """The person wants messages that are paid by the part with diacritics from now on, or without."""

    accents: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """Consent to notices on ``topic`` (None = all) was given or withdrawn; ``evidence`` is what was typed."""

    topic: str | None
    given: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowDataset:
    """The person wants to hear of changes of the dataset ``code``, which is called ``title``."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfollowDatasets:
    """The person wants to hear no more of the datasets ``codes``. Who wants to hear of none withdraws the consent."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """Keep an answer so that its code re-opens it exactly; ``identity`` names dataset, version, rows and form.

    ``table`` is the content hash of the table whose 0-based ``rows`` were given, of ``total`` that were meant, for the
    columns ``asked``; empty where none were. ``chart`` is what its picture shows.
    """

    code: str
    identity: str
    dataset: str
    reply: Reply
    table: str = ""
    rows: tuple[int, ...] = ()
    total: int = 0
    asked: tuple[int, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """Keep a report under ``number``; ``identity`` is what makes two reports of one person the same.

    The other fields are those of :class:`bot.core.tickets.Ticket`.
    """

    number: int
    identity: str
    kind: TicketKind
    text: str
    dataset: str = ""
    table: str = ""
    rows: tuple[int, ...] = ()
    answer: str = ""
    figure: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUnanswered:
    """A question had no answer. ``text`` is how it may be counted; empty when only that there was one may be."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountChosen:
    """Whoever had no answer to ``question`` (as it may be counted) then opened ``dataset``.

    ``picked`` from what was offered, else found by asking again in other words.
    """

    question: str
    dataset: str
    picked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BindMember:
    """Whoever writes is the one whom the invitation with this ``number`` is for."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWrongCode:
    """A ``code`` was typed that opens nothing."""

    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTold:
    """A stranger was told whom the account is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActs:
    """Keep what ``officer`` said of duties, and put it on record.

    ``numbers`` are those under which the answer names duties, by key; ``still_open`` are the keys of all that are open.
    """

    officer: int
    said: tuple[Said, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    still_open: tuple[str, ...] = ()


Effect = (
    SetLanguage
    | SetAccents
    | RecordConsent
    | FollowDataset
    | UnfollowDatasets
    | RecordAnswer
    | OpenTicket
    | CountUnanswered
    | CountChosen
    | BindMember
    | CountWrongCode
    | NoteTold
    | RecordActs
)
