"""The format of ``data/sms_presets/*.toml``: how one SMS provider is spoken to. The README there explains each key.

Wherever a text may hold *slots*, ``{name}`` or ``{name|filter}``, the docstring says "slots". What is checked here is
the form; :mod:`gateway.sms.line` checks that every slot has something to stand for.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Body = str | dict[str, Any] | list[Any]
"""A text with slots or, for JSON, tables and lists whose texts have them."""
Becomes = Literal[
    "refused",
    "opted_out",
    "throttled",
    "unreachable",
    "misconfigured",
    "unknown",
    "elsewhere",
    "repeated",
    "stale_token",
]
State = Literal["sent", "buffered", "delivered", "read", "failed", "expired", "unknown"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, (str, int)) and not isinstance(value, bool) else value


def _written(value: object) -> object:
    return [str(one) if isinstance(one, int) else one for one in value] if isinstance(value, list | tuple) else value


def _spelled(value: object) -> object:
    return {"at": value} if isinstance(value, (str, list)) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_written), BeforeValidator(_listed)]
"""One text (or number) or a list of them."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Setting(_Table):
    """A key that an ``[[accounts]]`` table with this preset may hold. Without a ``default`` it has to be there, unless
    it is ``required = false``: then it is an empty text. ``pattern`` fits the whole value."""

    description: str = Field(min_length=1)
    secret: bool = False
    required: bool = True
    default: str | None = None
    pattern: str | None = None


class FieldAt(_Table):
    """Where a value stands in what came: the first of the names ``at`` (slots of settings) that is there.

    ``decode`` (slots of settings: plain, base64, hex, hex-utf16, base64-utf16) says how it is packed, ``format`` how a
    time is written: unix, millis, iso or a pattern of strptime, in Việt Nam's time unless it names a zone.
    """

    at: Texts
    decode: str = "plain"
    format: str = ""


Spot = Annotated[FieldAt, BeforeValidator(_spelled)]
"""A field by its name alone, by several names, or as a table."""


class Answer(_Table):
    """What the provider hears: ``body`` (slots) escaped for its ``type``."""

    status: int = Field(default=200, ge=200, le=599)
    type: Literal["text", "html", "xml", "json"] = "text"
    body: Body = ""


class Check(_Table):
    """One proof that a hook is the provider's. Every check of a path must hold.

    ``secret``: ``given`` (slots) equals ``equals`` (slots). ``digest``: ``given`` is the digest of ``over`` – a list of
    texts with slots, joined by ``joined`` – in one of ``forms``; an ``hmac-…`` one has a ``key`` (slots). ``basic``:
    HTTP Basic with ``user`` and ``password``. ``twilio``: HMAC-SHA1 over the public address and the sorted parameters,
    with ``key``. Where ``optional`` names a setting, the check holds only for accounts that have it.
    """

    kind: Literal["secret", "digest", "basic", "twilio"]
    optional: str = ""
    given: str = ""
    equals: str = ""
    digest: Literal["md5", "sha1", "sha256", "hmac-md5", "hmac-sha1", "hmac-sha256"] = "sha256"
    over: Texts = ()
    joined: str = ""
    key: str = ""
    forms: tuple[Literal["hex", "base64", "base64-hex"], ...] = ("hex",)
    user: str = ""
    password: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> "Check":
        needed = {
            "secret": ("given", "equals"),
            "digest": ("given", "over", "forms", *(("key",) if self.digest.startswith("hmac-") else ())),
            "basic": ("user", "password"),
            "twilio": ("given", "key"),
        }
        for name in needed[self.kind]:
            if not getattr(self, name):
                raise ValueError(f"a check of the kind {self.kind} needs {name}")
        return self


class Entry(_Table):
    """What inbound messages and reports have in common: where they come in, in what form, which of them count.

    ``each`` is the list (JSON: dotted path, XML: name of the repeated element) whose items are one message or report
    each. ``when``: field → pattern that fits its whole value; what does not fit is passed over.
    """

    path: Literal["", "dlr"] = ""
    methods: tuple[Literal["GET", "POST"], ...] = ("GET", "POST")
    format: Literal["query", "form", "form-or-json", "json", "xml"]
    each: str = ""
    when: dict[str, str] = {}
    checks: tuple[Check, ...] = Field(min_length=1)
    answer: Answer = Answer()
    refused: Answer = Answer(status=401)
    unreadable: Answer = Answer()


class ReplyInAnswer(_Table):
    """The answer to a hook *is* the reply: the request is held so many ``seconds`` for it. ``answer`` has the slot
    ``{text}``; ``late`` is what is said when the reply is not ready by then."""

    seconds: float = Field(default=8.0, gt=0, le=15)
    answer: Answer
    late: Answer = Answer()


class Inbound(Entry):
    """How a person's message comes in.

    ``keep`` are fields that the send call has as slots ``{kept.NAME}``. ``repeated`` is answered to an id that came
    before, ``answer`` where it is left out. ``repeats`` is false for a provider that offers a hook only once: then it
    hears 200 ``within`` so many seconds whatever the database does.
    """

    sender: Spot
    text: Spot
    id: Spot
    time: Spot | None = None
    keep: Texts = ()
    repeated: Answer | None = None
    reply: ReplyInAnswer | None = None
    repeats: bool = True
    within: float = Field(default=5.0, ge=1, le=30)


class StateRow(_Table):
    """What one word or number of a report means: ``state`` (texts, ``a-b`` for a range of numbers, ``*`` for any), and
    other fields that have to fit (``when``)."""

    state: Texts
    when: dict[str, str] = {}
    becomes: State


class Receipts(Entry):
    """How delivery reports come in. ``id`` is the provider's id as the send call gave it – or, with ``names = "key"``,
    our own key that it was told. ``unlisted`` is what a state means that no row fits; empty: quarantine."""

    path: Literal["", "dlr"] = "dlr"
    id: Spot
    state: Spot
    detail: Spot | None = None
    names: Literal["id", "key"] = "id"
    states: tuple[StateRow, ...] = Field(min_length=1)
    unlisted: State | Literal[""] = ""


class Basic(_Table):
    """HTTP Basic: both with slots."""

    user: str
    password: str


class Call(_Table):
    """One request: ``url``, ``headers``, ``query``, ``fields`` (form, JSON), ``body`` (XML, text), all with slots."""

    method: Literal["GET", "POST"] = "POST"
    url: str
    type: Literal["none", "form", "json", "xml", "text"] = "none"
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    fields: dict[str, Any] = {}
    body: str = ""
    basic: Basic | None = None


class Test(_Table):
    """Whether a value is one of ``equals`` or fits the whole pattern ``matches``. ``at``: JSON: a dotted path, XML: a
    local name, text: a pattern whose group is the value; empty: the whole body."""

    at: str = ""
    equals: Texts = ()
    matches: str = ""


class Outcome(_Table):
    """How an answer is read. ``success``: tests that must all hold, with ``status`` the HTTP statuses of it. ``id`` and
    ``code`` are places as in :class:`Test`, several are tried in order; without ``id`` our own key names the part."""

    type: Literal["json", "xml", "text"]
    status: tuple[int, ...] = (200, 201, 202)
    success: tuple[Test, ...] = ()
    id: Texts = ()
    code: Texts = ()


class Fault(_Table):
    """One row of the table of errors; what it names must all fit: ``code`` (texts, ``a-b``), HTTP ``status`` (also
    ``a-b``), ``body`` (a pattern found anywhere). ``after``: seconds to wait where it is throttled and the answer does
    not say. ``person``: it is about this receiver only. ``says`` is the sentence that the operator reads."""

    code: Texts = ()
    status: Texts = ()
    body: str = ""
    becomes: Becomes
    after: float = Field(default=60.0, gt=0, le=86_400)
    person: bool = False
    says: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_about_something(self) -> "Fault":
        if not (self.code or self.status or self.body):
            raise ValueError("needs a code, a status or a body")
        return self


class Signed(_Table):
    """A slot of a send call that is the digest of ``over`` (texts with slots), as in :class:`Check`."""

    digest: Literal["md5", "sha1", "sha256", "hmac-md5", "hmac-sha1", "hmac-sha256"]
    over: Texts
    joined: str = ""
    key: str = ""
    form: Literal["hex", "base64", "base64-hex"] = "hex"


class Send(Call):
    """The call that sends one part. ``numbers`` is how ``{to}`` is written (slots of settings: 84, +84 or 0).

    ``keyed``: the provider drops a message whose ``{key}`` it has had. ``answers_only``: it takes nothing but answers
    to messages, which ``{request_id}`` names. ``longest`` is in characters, 0 = two segments and no more.
    """

    numbers: str = "84"
    keyed: bool = False
    answers_only: bool = False
    longest: int = Field(default=0, ge=0)
    unaccented: bool = False
    signed: dict[str, Signed] = {}
    outcome: Outcome
    errors: tuple[Fault, ...] = ()


class Token(Call):
    """The call that gets a token first; it is the slot ``{access_token}`` of the send call, for ``lifetime`` seconds
    unless the answer says at ``expires`` how many."""

    at: str
    expires: str = ""
    lifetime: float = Field(default=3600.0, ge=60)
    answer: Literal["json", "xml", "text"] = "json"


class Preset(_Table):
    """One file. Without ``inbound`` nobody can write to its accounts: brandnames, which send templates only."""

    name: str = Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    settings: dict[str, Setting] = {}
    inbound: Inbound | None = None
    receipts: Receipts | None = None
    token: Token | None = None
    send: Send | None = None

    @model_validator(mode="after")
    def _does_something(self) -> "Preset":
        if self.send is None and (self.inbound is None or self.inbound.reply is None):
            raise ValueError("neither a send call nor a reply in the answer: nothing could be said")
        if self.inbound and self.inbound.reply and self.inbound.each:
            raise ValueError("a hook with several messages cannot be answered with the reply to one")
        return self
