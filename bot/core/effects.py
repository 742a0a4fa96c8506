"""What a handler may ask to be written. A handler decides; the dispatcher writes it all in one transaction."""

from dataclasses import dataclass

from bot.core.charts import Chart, Subject
from bot.core.messages import Reply


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
class RecordAnswer:
    """Keep an answer so that its code re-opens it exactly; ``identity`` names dataset, version, rows and form.

    ``subject`` is what it was about, ``chart`` what its picture shows.
    """

    code: str
    identity: str
    dataset: str
    reply: Reply
    subject: Subject | None = None
    chart: Chart | None = None


Effect = SetLanguage | SetAccents | RecordConsent | RecordAnswer
