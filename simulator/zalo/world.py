"""What Zalo knows: apps, Official Accounts, people, tokens, messages, and who broke which rule."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from simulator.zalo.clock import Timeline, local
from simulator.zalo.troubles import Plans

APP_ID = "1087263541298374650"
APP_SECRET = "the-app-secret"  # noqa: S105 – it opens nothing
OA_SECRET = "the-oa-secret-key"  # noqa: S105 – it opens nothing
OA_ID = "4318246701934865207"
"""Like every id here a string, and larger than 2**53: a number would lose its last digits."""


@dataclass(kw_only=True)
class App:
    """An app of the developer console. ``webhook`` is the one URL for all its Official Accounts ("" = none yet).

    ``callback`` and ``challenge`` are saved in the console for the consent page; ``rate`` is calls per minute.
    """

    app_id: str = APP_ID
    secret: str = APP_SECRET
    oa_secret: str = OA_SECRET
    webhook: str = ""
    webhook_disabled: bool = False
    retries: bool = True
    callback: str = ""
    challenge: str = ""
    proof_required: bool = False
    rate: int = 4000


@dataclass(kw_only=True)
class Oa:
    """An Official Account. ``rate`` is calls per minute (100 or 2,000), ``sub_quota`` messages left of the package (of
    ``sub_quota_total``).

    ``template_quota`` is templates by phone per day; ``balance`` templates that can still be paid; ``valid_through``
    is the last day of the package. ``code`` refuses every call, e.g. -204 for an account that is switched off.
    """

    oa_id: str = OA_ID
    app_id: str = APP_ID
    name: str = "Dữ liệu mở Quảng Ngãi"
    package: str = "Tăng trưởng"
    rate: int = 100
    oa_type: int = 4
    verified: bool = True
    valid_through: date = date(2027, 12, 31)
    sub_quota: int = 0
    sub_quota_total: int = 500
    template_quota: int = 500
    balance: int = 1_000_000
    code: int = 0


@dataclass(kw_only=True)
class Person:
    """Somebody as one Official Account knows them. ``code`` refuses whatever is sent to them, e.g. -244 (blocked)."""

    uid: str
    oa_id: str = OA_ID
    uid_by_app: str = ""
    phone: str = ""
    name: str = "Người dân 01"
    last_interaction: datetime | None = None
    last_online: datetime | None = None
    follows: bool = True
    sensitive: bool = False
    code: int = 0


@dataclass(kw_only=True)
class Tokens:
    """A pair; ``died`` is when a refresh ended it; ``revoked``: the access token is refused; ``void``: both are."""

    access: str
    refresh: str
    oa_id: str
    app_id: str
    issued: datetime
    died: datetime | None = None
    revoked: bool = False
    void: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An accepted message. ``to`` is the user id or the phone; ``kind`` text, image, file, …, react, template.

    ``paid`` says which quota it took: reply, sub_quota, "" = billed. ``message`` is what was sent, as it came.
    """

    message_id: str
    oa_id: str
    to: str
    kind: str
    text: str
    message: dict[str, object]
    paid: str
    at: datetime
    tracking_id: str = ""


@dataclass(kw_only=True)
class Asset:
    """An upload: ``kind`` image, gif or file."""

    asset_id: str
    oa_id: str
    kind: str
    content: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A slot; ``kind`` STRING, NUMBER or DATE; ``length`` the most characters."""

    length: int
    kind: str = "STRING"
    required: bool = True


@dataclass(kw_only=True)
class Template:
    """A template of an account. ``by_uid``: it may go by user id too; ``daily``: how many a day; ``code`` refuses."""

    template_id: str
    name: str
    oa_id: str = OA_ID
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    status: str = "ENABLE"
    by_uid: bool = True
    tag: str = "CUSTOMER_CARE"
    price_sdt: int = 300
    price_uid: int = 210
    code: int = 0


@dataclass(kw_only=True)
class Call:
    """A call that came in; ``code`` is the error that it was answered with (0 = done, None = no answer of Zalo's)."""

    host: str
    method: str
    path: str
    body: bytes
    oa_id: str
    at: datetime
    code: int | None = None


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule of docs/zalo-contract.md that a call, or the answer of a webhook, broke."""

    rule: str
    path: str
    detail: str


class Refused(Exception):  # noqa: N818 – an answer, not a failure
    """An error in Zalo's envelope; ``rule`` is what the caller broke, "" when it could not have known better."""

    def __init__(self, code: int, *, rule: str = "", detail: str = "") -> None:
        super().__init__(detail)
        self.code, self.rule, self.detail = code, rule, detail


@dataclass(kw_only=True)
class World:
    """Everything that the servers of the double share.

    ``phones`` refuses templates to a number with a code (-118: no such account), ``admins`` may get test messages,
    ``nights_refused``: -133 from 22:00 to 06:00 as before 2026; ``delivered`` maps a template message to its moment;
    ``away``: every connection is cut; ``latency`` is how long each answer takes, in seconds of ours.
    """

    clock: Timeline
    apps: dict[str, App] = field(default_factory=dict)
    oas: dict[str, Oa] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    pairs: list[Tokens] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    plans: Plans = field(default_factory=Plans)
    templates: dict[str, Template] = field(default_factory=dict)
    phones: dict[str, int] = field(default_factory=dict)
    admins: set[str] = field(default_factory=set)
    nights_refused: bool = False
    delivered: dict[str, str] = field(default_factory=dict)
    rates: Counter[tuple[str, datetime]] = field(default_factory=Counter)
    template_days: Counter[tuple[str, date]] = field(default_factory=Counter)
    takes_buttons: bool = False
    away: bool = False
    latency: float = 0.0
    uploads_per_month: int = 5000
    watchers: list[Callable[[Sent], None]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_id(self, prefix: str = "") -> str:
        """An id that was never given before."""
        return f"{prefix}{next(self._numbers):020x}"

    def breach(self, rule: str, path: str, detail: str) -> None:
        """Note that a rule was broken."""
        self.violations.append(Violation(rule=rule, path=path, detail=detail))

    def templates_today(self, oa_id: str) -> int:
        """How many templates by phone an account sent in this day of Việt Nam."""
        return self.template_days[oa_id, local(self.clock()).date()]

    def accept(self, sent: Sent) -> None:
        """Note an accepted message and tell the watchers, who send its events."""
        self.sent.append(sent)
        self.template_days[sent.oa_id, local(sent.at).date()] += bool(sent.tracking_id)
        for watch in self.watchers:
            watch(sent)

    def issue(self, oa_id: str) -> Tokens:
        """A new pair for an Official Account, as the consent page, a refresh or the API Explorer gives."""
        pair = Tokens(
            access=self.new_id("access-"),
            refresh=self.new_id("refresh-"),
            oa_id=oa_id,
            app_id=self.oas[oa_id].app_id,
            issued=self.clock(),
        )
        self.pairs.append(pair)
        return pair

    def count_call(self, call: Call) -> None:
        """Let a call weigh on the rate of its account and app in its minute."""
        minute = call.at.replace(second=0, microsecond=0)
        self.rates.update([(call.oa_id, minute), (self.oas[call.oa_id].app_id, minute)])

    def calls_in_minute(self, owner: str, moment: datetime) -> int:
        """How many calls of the Open API an account or app made in the minute of ``moment``."""
        return self.rates[owner, moment.replace(second=0, microsecond=0)]

    def densest(self, *, seconds: float, oa_id: str = OA_ID, host: str = "api") -> int:
        """The most calls that an account made within any ``seconds`` on end, refused ones counted too."""
        moments = sorted(call.at for call in self.calls if call.oa_id == oa_id and call.host == host)
        most = first = 0
        for last, moment in enumerate(moments):
            while moment - moments[first] >= timedelta(seconds=seconds):
                first += 1
            most = max(most, last - first + 1)
        return most
