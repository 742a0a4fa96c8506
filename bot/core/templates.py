"""Messages that a provider has approved word for word, with named slots (Zalo ZBS, template guidelines)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.core.errors import TracuuError
from bot.core.text import clean

NOTHING = "–"
"""What fills an optional slot without a value: Zalo takes no empty one."""

_DIGITS = re.compile(r"[0-9]+")


class FormError(TracuuError):
    """What is to go into a template is not what its slots take. Names the slot, never what was in it."""


class Tag(IntEnum):
    """What the provider files a template under."""

    TRANSACTION = 1
    CUSTOMER_CARE = 2
    PROMOTION = 3


class ParamKind(StrEnum):
    """What a slot holds."""

    NAME = "name"
    LABEL = "label"
    CODE = "code"
    ADDRESS = "address"
    DATE = "date"
    MOMENT = "moment"
    NUMBER = "number"


LONGEST: Mapping[ParamKind, int] = {
    ParamKind.NAME: 30,
    ParamKind.LABEL: 30,
    ParamKind.CODE: 30,
    ParamKind.ADDRESS: 200,
    ParamKind.DATE: 10,
    ParamKind.MOMENT: 16,
    ParamKind.NUMBER: 30,
}
"""The most characters that the provider allows in a slot of each kind."""

_TIMES = {ParamKind.DATE: ("%d/%m/%Y", "dd/mm/yyyy"), ParamKind.MOMENT: ("%H:%M %d/%m/%Y", "HH:MM dd/mm/yyyy")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One slot. ``longest`` is in characters of NFC; ``example`` is what reviewers see."""

    name: str
    kind: ParamKind
    longest: int
    required: bool
    example: str

    def check(self, value: str) -> str:
        """``value`` as it may stand in this slot. Raises FormError."""
        text = unicodedata.normalize("NFC", value).strip()
        if not text:
            if self.required:
                raise FormError(f"the slot {self.name} is empty")
            return NOTHING
        if clean(text) != text or "\n" in text or "\t" in text:
            raise FormError(f"the slot {self.name} holds characters that cannot be printed on one line")
        if len(text) > self.longest:
            raise FormError(f"the slot {self.name} takes {self.longest} characters, this has {len(text)}")
        self._check_form(text)
        return text

    def _check_form(self, text: str) -> None:
        if self.kind is ParamKind.NUMBER and not _DIGITS.fullmatch(text):
            raise FormError(f"the slot {self.name} takes digits only")
        if self.kind in _TIMES:
            pattern, shown = _TIMES[self.kind]
            try:
                same = datetime.strptime(text, pattern).strftime(pattern) == text  # noqa: DTZ007 – no moment, a spelling
            except ValueError:
                same = False
            if not same:
                raise FormError(f"the slot {self.name} takes a date written {shown}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a template."""

    kind: str
    title: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An approved message. ``by_uid``: the provider also takes it for a user id; ``price`` is a note for who pays.

    ``sms`` is the same in one text, as it is registered for a brandname; empty = it is not sent by SMS.
    """

    name: str
    tag: Tag
    by_uid: bool
    price: str
    purpose: Mapping[str, str]
    title: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]
    params: Mapping[str, Param]
    sms: str = ""

    def fill(self, values: Mapping[str, str]) -> dict[str, str]:
        """``values`` as the provider takes them, one for every slot. Raises FormError."""
        unknown = sorted(values.keys() - self.params.keys())
        if unknown:
            # a name of ours, but it may come from anywhere: only ones that look like names are quoted
            named = ", ".join(name for name in unknown if name.isidentifier()) or "of that name"
            raise FormError(f"the template {self.name} has no slot {named}")
        missing = [name for name, param in self.params.items() if param.required and name not in values]
        if missing:
            raise FormError(f"the template {self.name} lacks {', '.join(missing)}")
        return {name: param.check(values.get(name, "")) for name, param in self.params.items()}

    def preview(self, values: Mapping[str, str]) -> str:
        """The whole message as a person reads it. Raises FormError."""
        filled = self.fill(values)
        lines = [self.title, *self.paragraphs, *(f"{label}: {value}" for label, value in self.rows)]
        return "\n".join(line.format(**filled) for line in lines)

    def word_sms(self, values: Mapping[str, str]) -> str:
        """The SMS, with diacritics. Raises FormError, also where there is none."""
        if not self.sms:
            raise FormError(f"the template {self.name} has no text for SMS")
        return self.sms.format(**self.fill(values))
