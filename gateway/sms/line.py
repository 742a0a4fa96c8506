"""A preset with the settings of one account in it: everything read, bound and compiled once, at the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.core.errors import ContentError
from gateway.phone import Form
from gateway.sms.checks import BODY, Proof
from gateway.sms.fields import PACKINGS
from gateway.sms.matching import Codes, Conditions
from gateway.sms.outgoing import Sending, draw_sending
from gateway.sms.preset import Answer, Check, Entry, FieldAt, Inbound, Preset, Receipts, StateRow
from gateway.sms.slots import SlotError, Template
from gateway.sms.writing import ESCAPES, Tree, open_slots, read_tree

_HOOK = ("in.", "query.", "header.")
_TOLD = frozenset({"id", "sender"})
Known = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where a value stands, and how it is packed."""

    names: tuple[str, ...]
    packing: str
    format: str


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What a provider hears, with open slots, which are called ``names``."""

    status: int
    type: str
    body: Template | Tree
    names: frozenset[str]


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """One way in: what proves a hook, where its fields are, which of them count, what it hears."""

    entry: Entry
    proofs: tuple[Proof, ...]
    when: Conditions
    spots: Mapping[str, Spotted]
    said: Mapping[str, Said]
    states: tuple[tuple[Codes, Conditions, StateRow], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """What one account is spoken to by. It holds secrets, so it is never printed."""

    preset: Preset
    inbound: Way | None
    receipts: Way | None
    sending: Sending | None


def draw_line(preset: Preset, known: Known, *, address: str, numbers: Form | None) -> Line:
    """The line of an account. Raises ContentError that names the preset, the key and the reason."""
    drawing = _Drawing(preset, known, address)
    return Line(
        preset=preset,
        inbound=drawing.inbound(preset.inbound) if preset.inbound else None,
        receipts=drawing.receipts(preset.receipts) if preset.receipts else None,
        sending=drawing.tell("send", lambda: draw_sending(preset, known, numbers)) if preset.send else None,
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Drawing:
    preset: Preset
    known: Known
    address: str

    def tell(self, key: str, draw: Callable[[], T]) -> T:
        """What ``draw`` makes; where it cannot, say which ``key`` is wrong."""
        try:
            return draw()
        except ValueError as error:
            raise ContentError(f"{self.preset.name}.toml", key, str(error)) from None

    def inbound(self, entry: Inbound) -> Way:
        """The way of people's messages."""
        spots = {"sender": entry.sender, "text": entry.text, "id": entry.id, "time": entry.time}
        answers = {"answer": (entry.answer, _TOLD), "repeated": (entry.repeated or entry.answer, _TOLD)}
        if entry.reply:
            told = _TOLD | {"text"}
            answers |= {"reply": (entry.reply.answer, told), "late": (entry.reply.late, _TOLD)}
        return self._way("inbound", entry, spots, answers)

    def receipts(self, entry: Receipts) -> Way:
        """The way of reports."""
        spots = {"id": entry.id, "state": entry.state, "detail": entry.detail}
        states = self.tell(
            "receipts.states",
            lambda: tuple((Codes.of(row.state), Conditions.of(row.when), row) for row in entry.states),
        )
        nothing: frozenset[str] = frozenset()
        return self._way("receipts", entry, spots, {"answer": (entry.answer, nothing)}, states)

    def _way(
        self,
        key: str,
        entry: Entry,
        spots: Mapping[str, FieldAt | None],
        answers: Mapping[str, tuple[Answer, frozenset[str]]],
        states: tuple[tuple[Codes, Conditions, StateRow], ...] = (),
    ) -> Way:
        more = {"refused": (entry.refused, frozenset[str]()), "unreadable": (entry.unreadable, frozenset[str]())}
        proofs = tuple(
            self.tell(f"{key}.checks", lambda check=check: self._proof(check, entry))  # type: ignore[misc]
            for check in entry.checks
            if not check.optional or self.known.get(check.optional)
        )
        if not proofs:
            raise ContentError(f"{self.preset.name}.toml", f"{key}.checks", "none is left: set one of its secrets")
        return Way(
            entry=entry,
            proofs=proofs,
            when=self.tell(f"{key}.when", lambda: Conditions.of(entry.when)),
            spots={
                name: self.tell(f"{key}.{name}", lambda spot=spot: self._spotted(spot))  # type: ignore[misc]
                for name, spot in spots.items()
                if spot is not None
            },
            said={
                name: self.tell(f"{key}.{name}", lambda given=given: self._said(*given))  # type: ignore[misc]
                for name, given in {**answers, **more}.items()
            },
            states=states,
        )

    def _spotted(self, spot: FieldAt) -> Spotted:
        packing = self._fixed(spot.decode)
        if packing not in PACKINGS:
            raise ValueError(f"decode is not one of {', '.join(sorted(PACKINGS))}")
        return Spotted(tuple(self._fixed(name) for name in spot.at), packing, spot.format)

    def _said(self, answer: Answer, told: frozenset[str]) -> Said:
        if answer.type == "json" and isinstance(answer.body, str):
            body = Template.read(answer.body)
            if body.names:
                raise SlotError("JSON with slots is written as a table, so that it stays JSON whatever is in them")
        elif answer.type == "json":
            body = read_tree(answer.body, self.known)
        elif isinstance(answer.body, str):
            body = Template.read(answer.body, ESCAPES[answer.type]).bind(self.known)
        else:
            raise ValueError("a body that is a table is of the type json")
        names = open_slots(body)
        _refuse_unknown(names, told)
        return Said(answer.status, answer.type, body, names)

    def _proof(self, check: Check, entry: Entry) -> Proof:
        if check.optional and check.optional not in self.preset.settings:
            raise ValueError(f"{check.optional} is no setting")
        secrets = [check.equals, check.key, check.password]
        if check.kind == "digest" and not check.key:
            # the digest of what anybody can read proves nothing
            secrets = [*check.over]
        if not any(self._holds_secret(text) for text in secrets):
            raise ValueError(f"the check {check.kind} has no secret in it, or an empty one")
        over = tuple(self._open(text, body=True) for text in check.over)
        return Proof(
            check=check,
            address=self.address + (f"/{entry.path}" if entry.path else ""),
            given=self._open(check.given),
            equals=self._open(check.equals),
            over=over,
            key=self._fixed(check.key),
            user=self._fixed(check.user),
            password=self._fixed(check.password),
        )

    def _holds_secret(self, text: str) -> bool:
        named = Template.read(text).names
        return any(
            name in self.preset.settings and self.preset.settings[name].secret and self.known[name] for name in named
        )

    def _open(self, text: str, *, body: bool = False) -> Template:
        template = Template.read(text).bind(self.known)
        _refuse_unknown(template.names - ({BODY} if body and template.names == {BODY} else frozenset()), frozenset())
        return template

    def _fixed(self, text: str) -> str:
        template = Template.read(text).bind(self.known)
        if template.names:
            raise SlotError(f"only settings can stand here: {', '.join(sorted(template.names))}")
        return template.fixed


def _refuse_unknown(names: frozenset[str], told: frozenset[str]) -> None:
    for name in sorted(names):
        if name not in told and not name.startswith(_HOOK):
            raise SlotError(f"{{{name}}} stands for nothing here")
