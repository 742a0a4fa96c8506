"""The sending side of a preset with the settings of one account in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from gateway.phone import Form
from gateway.sms.checks import make_digest, write_digest
from gateway.sms.letter import NOW, Letter, draw_letter
from gateway.sms.naming import KEPT
from gateway.sms.outcome import Judge
from gateway.sms.preset import Outcome, Preset, Signed
from gateway.sms.slots import Lookup, SlotError, Template
from gateway.sms.token import Purse
from gateway.sms.writing import open_slots

ACCESS_TOKEN = "access_token"  # noqa: S105 – the name of a slot
SLOTS = frozenset({"text", "to", "key", "request_id", "unicode", "gsm_text", "unicode_text", "segments", NOW})
_FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True, repr=False)
class Sum:
    """A checksum over what is sent."""

    signed: Signed
    over: tuple[Template, ...]
    key: str

    def fill(self, look_up: Lookup) -> str:
        """The checksum of one message."""
        over = self.signed.joined.join(one.fill(look_up) for one in self.over)
        return write_digest(
            make_digest(self.signed.digest, over.encode("utf-8", "surrogatepass"), self.key), self.signed.form
        )


@dataclass(frozen=True, slots=True, repr=False)
class Sending:
    """How one account sends: the call, its checksums, what its answers mean, and its token."""

    letter: Letter
    numbers: Form
    sums: Mapping[str, Sum]
    judge: Judge
    purse: Purse | None
    wants_request: bool

    @property
    def peers(self) -> tuple[str, ...]:
        """The addresses that are called, without what differs from message to message."""
        urls = [self.letter.url, *([self.purse.letter.url] if self.purse else [])]
        return tuple(url.fixed for url in urls)


def draw_sending(preset: Preset, known: Mapping[str, str], numbers: Form | None) -> Sending:
    """The sending side of an account with ``preset``. Raises ValueError with a sentence."""
    send = preset.send
    if send is None:
        raise ValueError("is missing")
    sums = {name: _sum(signed, known) for name, signed in send.signed.items()}
    letter = draw_letter(send, known)
    own = {f"{KEPT}{name}" for name in (preset.inbound.keep if preset.inbound else ())}
    own |= {ACCESS_TOKEN} if preset.token else set()
    inner = frozenset[str]().union(*(open_slots(list(one.over)) for one in sums.values()))
    for name in sorted((letter.names - sums.keys() - own - SLOTS) | (inner - own - SLOTS)):
        raise SlotError(f"{{{name}}} stands for nothing here")
    form = numbers or _fixed(send.numbers, known)
    if form not in _FORMS:
        raise ValueError("numbers is not one of 84, +84, 0")
    purse = None
    if preset.token is not None:
        token = draw_letter(preset.token, known)
        for name in sorted(token.names - {NOW}):
            raise SlotError(f"{{{name}}} stands for nothing in [token]")
        purse = Purse(token, preset.token)
    return Sending(
        letter=letter,
        numbers=form,
        sums=sums,
        judge=Judge.of(_named(preset, send.outcome), send.errors, with_token=purse is not None),
        purse=purse,
        wants_request=send.answers_only
        or any(name == "request_id" or name.startswith(KEPT) for name in letter.names | inner),
    )


def _named(preset: Preset, outcome: Outcome) -> Outcome:
    """Where reports name our key, a part is known by that and not by what the provider calls it."""
    by_key = preset.receipts is not None and preset.receipts.names == "key"
    return outcome.model_copy(update={"id": ()}) if by_key else outcome


def _sum(signed: Signed, known: Mapping[str, str]) -> Sum:
    over = tuple(Template.read(text).bind(known) for text in signed.over)
    return Sum(signed, over, _fixed(signed.key, known))


def _fixed(text: str, known: Mapping[str, str]) -> str:
    template = Template.read(text).bind(known)
    if template.names:
        raise SlotError(f"only settings can stand here: {', '.join(sorted(template.names))}")
    return template.fixed
