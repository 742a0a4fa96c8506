"""A talk with the handlers without store or network: findings are given, everything else is real."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import bot.handlers
from bot.content import Content, load_content
from bot.core.accounts import Account
from bot.core.answer_code import make_code
from bot.core.catalogue import Dataset, Hit, Resource, Table
from bot.core.charts import Subject
from bot.core.conversation import Conversation
from bot.core.effects import RecordAnswer, SetAccents, SetLanguage
from bot.core.findings import Column, ColumnKind, ColumnRole, Decision, Findings, RowFinding, RowForm
from bot.core.follow import Follow
from bot.core.members import Invitation
from bot.core.messages import Address, AttachmentKind, Choice, InboundMessage, Reply
from bot.core.obligations.profile import RuleSet
from bot.core.text import tokens
from bot.core.tickets import Ticket
from bot.desk import Desk
from bot.handler import Context, Handler, Outcome
from bot.plugins import find_plugins
from bot.routing import Router
from bot.store.answers import StoredAnswer

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
PERSON = Address(channel="web", account="main", user="person-1")
OPEN = Account(channel="web", name="main")
SHARED = Account(channel="kannel", name="8179", keyword="DL", number="8179")


@cache
def content() -> Content:
    """The content of the project."""
    return load_content(DATA)


@cache
def handlers() -> tuple[Handler, ...]:
    """The handlers of the project."""
    return find_plugins(bot.handlers, "HANDLER", Handler)


@cache
def router() -> Router:
    """The router of the project."""
    return Router.build(handlers(), content())


PEOPLE = Dataset(
    code="mau-00000001",
    title="Diện tích, dân số các tỉnh, thành phố sau sắp xếp năm 2025",
    publisher="Bộ Nội vụ",
    theme="Dân số",
    licence="CC0",
    url="https://example.vn/dan-so",
    changed_at=date(2025, 6, 30),
    resources=(Resource(position=0, format="CSV", row_count=3, table="a" * 64),),
)
PEOPLE_COLUMNS = (
    Column(name="ten", label="Tên", role=ColumnRole.NAME),
    Column(name="mien", label="Miền", role=ColumnRole.PLACE),
    Column(name="sap_nhap_tu", label="Sáp nhập từ", role=ColumnRole.MERGED),
    Column(name="dien_tich_km2", label="Diện tích", unit="km²", kind=ColumnKind.NUMBER),
    Column(name="dan_so", label="Dân số", unit="người", kind=ColumnKind.NUMBER),
    Column(name="nguon_dan_so", label="Nguồn dân số", role=ColumnRole.SOURCE),
)
PEOPLE_ROWS = (
    ("Quảng Ngãi", "Trung", "Quảng Ngãi + Kon Tum", "14832.55", "2161755", "NQ 202/2025/QH15"),
    ("Phú Thọ", "Bắc", "Phú Thọ + Vĩnh Phúc + Hòa Bình", "9361.38", "4022638", "NQ 202/2025/QH15"),
    ("Hà Nội", "Bắc", "Giữ nguyên", "3359.84", "", ""),
)
UNITS = Dataset(
    code="mau-00000002",
    title="Xã, phường, đặc khu từ 01/7/2025",
    publisher="Sở Nội vụ",
    theme="Địa giới hành chính",
    issued_at=date(2025, 7, 1),
    resources=(Resource(position=0, format="CSV", row_count=25, table="b" * 64),),
)
UNIT_COLUMNS = (
    Column(name="tinh", label="Tỉnh", role=ColumnRole.PLACE),
    Column(name="ma_xa", label="Mã xã", kind=ColumnKind.CODE),
    Column(name="ten_day_du", label="Tên đầy đủ", role=ColumnRole.NAME),
    Column(name="loai", label="Loại", role=ColumnRole.SORT),
)
UNIT_ROWS = (
    ("Tỉnh Quảng Ngãi", "23338", "Xã An Phú", "Xã"),
    ("Tỉnh An Giang", "30337", "Xã An Phú", "Xã"),
    *(("Tỉnh An Giang", f"304{n:02}", f"Xã Đông Hòa {n}", "Xã") for n in range(1, 15)),
    *(("Tỉnh An Giang", f"305{n:02}", f"Phường Tân Châu {n}", "Phường") for n in range(1, 10)),
)
SIMPLE = Dataset(code="mau-00000003", title="Số giường bệnh phân theo địa phương", theme="Y tế", format="PX-Web")
OLDER = Dataset(code="mau-00000004", title="Dân số trung bình phân theo địa phương 2019", theme="Dân số")
DATASETS = {dataset.code: dataset for dataset in (PEOPLE, UNITS, SIMPLE, OLDER)}
TABLES = {
    "a" * 64: Table(hash="a" * 64, columns=tuple(c.name for c in PEOPLE_COLUMNS), rows=PEOPLE_ROWS),
    "b" * 64: Table(hash="b" * 64, columns=tuple(c.name for c in UNIT_COLUMNS), rows=UNIT_ROWS),
}


def people(form: RowForm, *numbers: int, **more: object) -> RowFinding:
    """A finding in the table of provinces."""
    rows = tuple(PEOPLE_ROWS[number] for number in numbers)
    return _finding(PEOPLE, columns=PEOPLE_COLUMNS, name=0, rows=rows, form=form, numbers=numbers, **more)


def units(form: RowForm, *numbers: int, **more: object) -> RowFinding:
    """A finding in the table of communes."""
    rows = tuple(UNIT_ROWS[number] for number in numbers)
    return _finding(UNITS, columns=UNIT_COLUMNS, name=2, rows=rows, form=form, numbers=numbers, **more)


def _finding(dataset: Dataset, **fields: Any) -> RowFinding:
    total = len(fields["numbers"])
    return RowFinding(dataset=dataset, resource=dataset.resources[0], **{"total": total, **fields})


WHOLES = {
    PEOPLE.code: people(RowForm.LIST, *range(len(PEOPLE_ROWS))),
    UNITS.code: units(RowForm.LIST, *range(len(UNIT_ROWS))),
}
"""The tables as a whole."""


def figures(finding: RowFinding, *hits: Dataset) -> Findings:
    """Rows answer the question."""
    return Findings(decision=Decision.FIGURES, query="", figures=finding, hits=_hits(hits))


def titles(decision: Decision, *datasets: Dataset) -> Findings:
    """Datasets, or nothing, answer the question."""
    return Findings(decision=decision, query="", hits=_hits(datasets))


def _hits(datasets: tuple[Dataset, ...]) -> tuple[Hit, ...]:
    return tuple(Hit(dataset=dataset, score=1.0, why={}) for dataset in datasets)


@dataclass
class GivenReads:
    """Reads that answer what they were told: ``found`` by question, ``found_in`` by (code, question), ``wholes``."""

    found: Mapping[str, Findings] = field(default_factory=dict)
    found_in: Mapping[tuple[str, str], Findings] = field(default_factory=dict)
    kept: dict[str, StoredAnswer] = field(default_factory=dict)
    wholes: Mapping[str, RowFinding] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    invitations: Mapping[str, Invitation] = field(default_factory=dict)
    agencies: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[Address, datetime] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    follows: list[Follow] = field(default_factory=list)
    lately: tuple[str, ...] = ()
    officers_desk: Desk | None = None
    decisions: Callable[[], tuple[RuleSet, ...]] = tuple

    async def find(self, question: str) -> Findings:
        return self.found.get(question, titles(Decision.NONE))

    async def find_in(self, code: str, question: str) -> Findings:
        return self.found_in.get((code, question), titles(Decision.NONE))

    async def dataset(self, code: str) -> Dataset | None:
        return None if code in self.hidden else DATASETS.get(code)

    def is_hidden(self, code: str) -> bool:
        return code in self.hidden

    async def is_officer(self, _address: Address) -> bool:
        return self.officers_desk is not None

    async def desk(self, _address: Address, *, now: datetime) -> Desk | None:
        return self.officers_desk if now >= NOW else None

    async def followed(self, _address: Address) -> tuple[Follow, ...]:
        return tuple(self.follows)

    async def told_lately(self, _address: Address, *, now: datetime) -> tuple[str, ...]:
        return self.lately if now == NOW else ()

    async def row(self, content: str, number: int) -> tuple[str, ...] | None:
        rows = TABLES[content].rows
        return rows[number] if number < len(rows) else None

    async def whole(self, subject: Subject) -> RowFinding | None:
        for finding in (self.wholes or WHOLES).values():
            if finding.dataset.code == subject.dataset and (finding.resource.table or "").startswith(subject.table):
                return finding
        return None

    async def answer(self, code: str) -> StoredAnswer | None:
        return self.kept.get(code)

    async def answer_code(self, identity: str) -> str:
        return make_code(identity)

    async def ticket_number(self, address: Address, identity: str) -> int:
        return 1000 + sum(map(ord, f"{address.user}{identity}")) % 9000

    async def ticket(self, number: int) -> Ticket | None:
        return self.tickets.get(number)

    async def invitation(self, _address: Address, code: str, *, now: datetime) -> Invitation | None:
        found = self.invitations.get(code)
        return found if found is not None and now < found.expires_at else None

    async def agencies_of(self, officer: int, *, day: date) -> tuple[str, ...]:
        return self.agencies.get(officer, ()) if day == NOW.date() else ()

    async def told_at(self, address: Address) -> datetime | None:
        return self.told.get(address)

    def wrote(self, ticket: Ticket, address: Address) -> bool:
        return ticket.person == address.user

    async def countable(self, question: str) -> str:
        return " ".join(tokens(question))

    async def themes(self) -> tuple[tuple[str, int], ...]:
        return (("Dân số", 2), ("Y tế", 1), ("Địa giới hành chính", 1))

    async def in_theme(self, theme: str) -> tuple[Dataset, ...]:
        return tuple(dataset for dataset in DATASETS.values() if dataset.theme == theme)


@dataclass
class Talk:
    """One person's talk; :meth:`say` applies what a handler decided as the dispatcher would."""

    reads: GivenReads = field(default_factory=GivenReads)
    account: Account = OPEN
    conversation: Conversation = field(default_factory=lambda: Conversation(address=PERSON))
    now: datetime = NOW
    handler: str = ""
    outcome: Outcome = field(default_factory=lambda: Outcome(replies=()))

    async def say(self, text: str, *, choice: str | None = None, attachment: AttachmentKind | None = None) -> Reply:
        """Send a message and return the (first) reply."""
        message = InboundMessage(
            address=PERSON, external_id="1", received_at=NOW, text=text, choice=choice, attachment=attachment
        )
        about: dict[str, Any] = {"message": message, "conversation": self.conversation, "account": self.account}
        route = router().route(**about)
        if self.reads.officers_desk is not None:
            route = router().route_of_officer(**about) or route
        self.handler = route.handler.name
        self.outcome = await route.handler.handle(
            Context(
                now=self.now,
                account=self.account,
                message=message,
                conversation=self.conversation,
                content=content(),
                reads=self.reads,  # type: ignore[arg-type]  # has the methods that handlers use
                command=route.command,
                choice=route.choice,
                duty=route.duty,
            )
        )
        self._apply()
        return self.outcome.replies[0]

    async def press(self, choice: Choice) -> Reply:
        """Press the button of ``choice``."""
        return await self.say(choice.label, choice=choice.value)

    def _apply(self) -> None:
        language, accents = self.conversation.language, self.conversation.accents
        for effect in self.outcome.effects:
            language = effect.language if isinstance(effect, SetLanguage) else language
            accents = effect.accents if isinstance(effect, SetAccents) else accents
            if isinstance(effect, RecordAnswer):
                self.reads.kept[effect.code] = StoredAnswer(
                    code=effect.code,
                    dataset=effect.dataset,
                    reply=effect.reply,
                    given_at=NOW,
                    table=effect.table,
                    rows=effect.rows,
                    total=effect.total,
                    asked=effect.asked,
                    chart=effect.chart,
                )
        offered = [reply.choices for reply in self.outcome.replies if reply.choices]
        self.conversation = Conversation(
            address=PERSON,
            state=self.outcome.state,
            data=self.outcome.data,
            choices=offered[-1] if offered else self.conversation.choices,
            language=language,
            accents=accents,
            updated_at=NOW,
        )
