"""What an ``[[accounts]]`` table of the channel ``sms`` says: its preset, and what that asks for."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, create_model, field_validator

from bot.core.accounts import Account
from bot.core.errors import ContentError
from gateway.channel import AccountSettings
from gateway.phone import Form
from gateway.sms.catalogue import find_preset, is_preset, preset_names, texts_of
from gateway.sms.line import Line, draw_line
from gateway.sms.outgoing import ACCESS_TOKEN, SLOTS
from gateway.sms.preset import Preset, Setting

NAME = "sms"
REPORTS = "dlr"
_SETTING = re.compile(r"[a-z][a-z0-9_]*")
_SLOTS = frozenset({"body", "id", "sender", "report_url", ACCESS_TOKEN})
_SLOT = re.compile(r"\{([A-Za-z_]\w*)")

HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\s/?#]{1,64}$")]


class SmsAccount(AccountSettings):
    """One line at an SMS provider. ``hook_url`` is where the provider reaches this service, ``numbers`` how it wants
    them (default: as the preset says). ``one_way``: nobody can write to it – a brandname –, and only ``templates`` of
    ``data/templates`` that are registered with the provider are sent.

    The settings of the preset are keys as well: :meth:`model_validate` checks them as it checks these.
    """

    account: Name
    preset: str
    hook_url: HttpAddress = "http://127.0.0.1:8080"
    numbers: Form | None = None
    one_way: bool = False
    templates: tuple[str, ...] = ()

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> "SmsAccount":
        """The account of a table. Raises ValidationError for a key, ContentError for the preset."""
        table = dict(obj) if isinstance(obj, Mapping) else {}
        named = table.get("preset")
        if cls is not SmsAccount or not isinstance(named, str) or not is_preset(named):
            return super().model_validate(obj, **options)
        preset = find_preset(named)
        one_way = table.get("one_way") is True or preset.inbound is None
        model = _model(preset, one_way=one_way)
        account = model.model_validate({**table, "one_way": True} if one_way else table, **options)
        account.line  # noqa: B018 – what cannot be drawn stops the start
        return account

    @field_validator("preset")
    @classmethod
    def _exists(cls, named: str) -> str:
        if not is_preset(named):
            raise ValueError(f"is not one of {', '.join(preset_names())}, and no file:…")
        return named

    @cached_property
    def line(self) -> Line:
        """The preset with this account's settings in it. Raises ContentError."""
        preset = find_preset(self.preset)
        if self.one_way and not self.templates:
            raise ContentError("settings", self._place("templates"), "is missing: a one-way account sends nothing else")
        if self.templates and not self.one_way:
            raise ContentError("settings", self._place("templates"), "is for accounts with one_way = true")
        if self.one_way and preset.send is None:
            raise ContentError("settings", self._place("one_way"), "the preset has no send call")
        return draw_line(
            _in_use(preset, one_way=self.one_way), self._known(preset), address=self.address, numbers=self.numbers
        )

    @property
    def address(self) -> str:
        """Where the provider reaches this account."""
        return f"{self.hook_url.rstrip('/')}/hooks/{NAME}/{quote(self.account, safe='')}"

    @property
    def sender(self) -> str | None:
        """The number that people see: ``number``, else the account's name when that is one."""
        return self.number or (self.account if re.fullmatch("[0-9]+", self.account) else None)

    def meaning(self) -> Account:
        """An invitation to reply names the number; nobody is invited to write to a one-way account."""
        return replace(super().meaning(), number=self.sender, one_way=self.one_way)

    def _place(self, key: str) -> str:
        return f"accounts ({self.account}).{key}"

    def _known(self, preset: Preset) -> dict[str, str]:
        """What the settings fill in."""
        own = {name: _plain(getattr(self, name, "")) for name in preset.settings}
        return {
            **own,
            "account": self.account,
            "number": self.sender or "",
            "keyword": self.keyword or "",
            "hook_url": self.hook_url.rstrip("/"),
            "report_url": f"{self.address}/{REPORTS}",
        }


def _in_use(preset: Preset, *, one_way: bool) -> Preset:
    return preset.model_copy(update={"inbound": None}) if one_way else preset


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _model(preset: Preset, *, one_way: bool) -> type[SmsAccount]:
    """The settings of an account with ``preset``: what nothing in use needs may be left out."""
    used = _in_use(preset, one_way=one_way)
    sections = [used.inbound, used.receipts, used.token, used.send]
    needed = {name for section in sections for text in texts_of(section) for name in _SLOT.findall(text)}
    sums = preset.send.signed.keys() if preset.send else set()
    for name in sorted(preset.settings):
        reason = _taken(name, sums)
        if reason:
            raise ContentError(f"{preset.name}.toml", f"settings.{name}", reason)
    fields: dict[str, Any] = {
        name: (_kind(setting), _default(setting, needed=name in needed)) for name, setting in preset.settings.items()
    }
    return create_model(f"{preset.name}Account", __base__=SmsAccount, **fields)


def _taken(name: str, sums: Collection[str]) -> str:
    """Why no setting can be called ``name``; empty where one can."""
    if name in SmsAccount.model_fields:
        return "is a key of every account"
    if name in sums or name in SLOTS or name in _SLOTS:
        return "is a slot that stands for something else"
    if not _SETTING.fullmatch(name) or hasattr(SmsAccount, name) or name.startswith("model_"):
        return "is no name for a setting: choose another one, of small letters, digits and _"
    return ""


def _default(setting: Setting, *, needed: bool) -> Any:
    if setting.default is not None:
        return SecretStr(setting.default) if setting.secret else setting.default
    if setting.required and needed:
        return Field()
    return SecretStr("") if setting.secret else ""


def _kind(setting: Setting) -> Any:
    kind = SecretStr if setting.secret else str
    return Annotated[kind, BeforeValidator(_written), AfterValidator(_fitting(setting))]


def _written(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _fitting(setting: Setting) -> Callable[[Any], Any]:
    def fit(value: Any) -> Any:
        text = _plain(value)
        if not text and setting.required:
            raise ValueError(f"is empty: {setting.description}")
        if text and setting.pattern is not None and not re.fullmatch(setting.pattern, text):
            raise ValueError(f"has not the form that it must have: {setting.description} ({setting.pattern})")
        return value

    return fit
