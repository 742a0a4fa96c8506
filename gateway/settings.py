"""The settings: ``tracuu.toml``, overridden by ``TRACUU_*`` variables. Whatever is unknown stops the start."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.core.errors import ContentError
from bot.toml_file import read_toml

PREFIX = "TRACUU_"
NESTED = "__"
DEFAULT_FILE = "tracuu.toml"
ENVIRONMENT = "environment"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """Where everything is kept."""

    url: str = Field(default="sqlite:///var/tracuu.db", description="sqlite:///FILE or postgresql://user:pass@host/db")
    index: str = Field(default="", description="folder of index files; default: index beside the SQLite file")


class SecuritySettings(_Section):
    """What protects people's addresses."""

    key: SecretStr | None = Field(
        default=None, description="64 hexadecimal digits; absent: var/key is made at the first start"
    )


class ServiceSettings(_Section):
    """How the service is reached and what it offers."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0 = any free one")
    public_url: str = Field(default="", description="https address under which people reach it")
    contact: str = Field(
        default="",
        pattern=r"^[!-~]*$",
        description="address or e-mail that portals are told in the user agent; default: public_url",
    )
    provinces: tuple[str, ...] = Field(default=(), description="province ids that are answered; empty = all")
    web_chat: bool = Field(default=True, description="the chat page at /")
    api: Literal["profile", "public", "keyed", "off"] = Field(
        default="profile", description="who may read by the API at /api/: as the provinces' profiles say, or all alike"
    )
    proxy: SecretStr = Field(default=SecretStr(""), description="HTTP proxy for everything outbound")
    lexicon: str = Field(default="lexicon.toml", description="the operator's own words; may be missing")
    personal: str = Field(
        default="personal.toml", description="columns that the operator hides or shows; may be missing"
    )
    calendars: str = Field(
        default="calendars", description="folder of the operator's own calendars of days off; may be missing"
    )
    authority_contact: str = Field(
        default="", max_length=60, description="telephone or mailbox of the portal authority, named in reminders"
    )
    log: Literal["info", "warning", "debug"] = Field(default="info", description="how much is logged")


class OutboundSettings(_Section):
    """What may leave, how long it may take, and whether that is written down."""

    hosts: tuple[str, ...] = Field(default=(), description="more hosts that may be called, as host or host:port")
    seconds: Mapping[str, Annotated[float, Field(ge=0.5, le=120)]] = Field(
        default={}, description="how long an exchange with a host may take; 15 unless it stands here"
    )
    trace: bool = Field(default=True, description="whether every exchange is written down, redacted")


class SourceSettings(_Section):
    """One ``[[sources]]`` table: where a catalogue comes from."""

    kind: str
    url: str
    province: str = ""
    name: str = ""
    every: str = "1h"
    cycle: str = ""


class PoolSettings(_Section):
    """One ``[[pools]]`` table: accounts (``channel/account``) that stand in for each other, with their weights."""

    name: str = Field(min_length=1)
    accounts: tuple[str, ...]
    weights: tuple[int, ...]


class Settings(BaseSettings):
    """All settings, checked. ``folder`` is where relative paths start: the folder of the settings file.

    ``secret_files`` are the files that secrets were read from, by the key of the setting; ``file`` is the settings
    file, which may be missing, None where the settings were not read from one.
    """

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        nested_model_default_partial_update=True,
    )

    store: StoreSettings = StoreSettings()
    security: SecuritySettings = SecuritySettings()
    service: ServiceSettings = ServiceSettings()
    outbound: OutboundSettings = OutboundSettings()
    accounts: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    pools: tuple[PoolSettings, ...] = ()
    folder: Path = Path()
    secret_files: Mapping[str, Path] = {}
    file: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 – fixed signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 – fixed signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 – fixed signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A variable overrides the file, whose contents arrive as arguments."""
        return env_settings, init_settings

    @property
    def store_url(self) -> str:
        """``store.url`` with a relative SQLite path made absolute."""
        scheme, _, path = self.store.url.partition(":///")
        if scheme != "sqlite" or not path or path == ":memory:" or Path(path).is_absolute():
            return self.store.url
        return f"sqlite:///{(self.folder / path).resolve()}"

    @property
    def lexicon_file(self) -> Path:
        """Where the operator's own words are, if there are any."""
        return (self.folder / self.service.lexicon).resolve()

    @property
    def personal_file(self) -> Path:
        """Where the operator says which columns of tables are hidden or shown, if anywhere."""
        return (self.folder / self.service.personal).resolve()

    @property
    def calendar_folder(self) -> Path:
        """Where the operator's own calendars of days off are, if there are any."""
        return (self.folder / self.service.calendars).resolve()

    @property
    def key_file(self) -> Path:
        """Where the key lies when the settings do not give one."""
        return (self.folder / "var" / "key").resolve()

    @property
    def index_folder(self) -> Path:
        """Where index files lie: as set, else beside the SQLite file, else in ``var`` beside the settings file."""
        return (self.folder / self.store.index).resolve() if self.store.index else self._beside_store / "index"

    @property
    def chart_folder(self) -> Path:
        """Where pictures of charts are kept: beside the SQLite file, else in ``var`` beside the settings file."""
        return self._beside_store / "charts"

    @property
    def spool_folder(self) -> Path:
        """Where hooks wait that the database could not take in time: beside the SQLite file, else in ``var``."""
        return self._beside_store / "spool"

    @property
    def trace_folder(self) -> Path:
        """Where the exchanges with providers are written down: beside the SQLite file, else in ``var``."""
        return self._beside_store / "trace"

    @property
    def _beside_store(self) -> Path:
        scheme, _, path = self.store_url.partition(":///")
        return (Path(path).parent if scheme == "sqlite" else self.folder / "var").resolve()

    @property
    def key_place(self) -> str:
        """Where an administrator finds the key."""
        if self.security.key is None:
            return str(self.key_file)
        return str(self.secret_files.get("security.key", "security.key"))


def load_settings(file: Path | None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``file`` (default: ``tracuu.toml`` here, if there is one) and the environment.

    Raises ContentError with file or variable, key and reason for anything unknown, missing or impossible.
    """
    environ = os.environ if environ is None else environ
    path = file or Path(DEFAULT_FILE)
    document = read_toml(path, called=str(path)) if file or path.exists() else {}
    for name in ("folder", "secret_files", "file"):
        if name in document:
            raise ContentError(path.name, name, "is not a setting")
    _refuse_unknown_variables(environ, _named_variables(document))
    secret_files = _resolve_secrets(document, path, environ)
    try:
        return Settings(**document, folder=path.parent, secret_files=secret_files, file=path)
    except ValidationError as error:
        raise _explain(error, path, environ) from None


def _refuse_unknown_variables(environ: Mapping[str, str], named: set[str]) -> None:
    """pydantic-settings passes over variables that it does not know; a typing error must not pass."""
    sections: dict[str, type[BaseModel]] = {
        "store": StoreSettings,
        "security": SecuritySettings,
        "service": ServiceSettings,
        "outbound": OutboundSettings,
    }
    known = {
        f"{PREFIX}{section}{NESTED}{name}".upper() for section, model in sections.items() for name in model.model_fields
    }
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable.upper() not in known and variable not in named:
            raise ContentError(ENVIRONMENT, variable, "is not a setting, and no setting names it")


def _named_variables(value: object) -> set[str]:
    """The variables that a settings file names as ``env:NAME``."""
    if isinstance(value, str):
        return {value.removeprefix("env:")} if value.startswith("env:") else set()
    if isinstance(value, Mapping):
        value = list(value.values())
    return set().union(*(_named_variables(item) for item in value)) if isinstance(value, list) else set()


def _resolve_secrets(document: dict[str, Any], path: Path, environ: Mapping[str, str]) -> dict[str, Path]:
    """Put every secret in its place; returns the files that some were read from."""
    files: dict[str, Path] = {}
    tables = [(name, document.get(name, {})) for name in ("security", "service")]
    tables += [(f"accounts[{number}]", table) for number, table in enumerate(document.get("accounts", []), 1)]
    for name, table in tables:
        if not isinstance(table, dict):
            continue
        for key, value in table.items():
            if isinstance(value, str):
                table[key] = _secret(value, f"{name}.{key}", path, environ)
                if value.startswith("file:"):
                    files[f"{name}.{key}"] = path.parent / value.removeprefix("file:")
    return files


def _secret(value: str, key: str, path: Path, environ: Mapping[str, str]) -> str:
    kind, _, name = value.partition(":")
    if kind == "env":
        if not environ.get(name):
            raise ContentError(path.name, key, f"the variable {name} is not set")
        return environ[name]
    if kind == "file":
        try:
            return (path.parent / name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ContentError(path.name, key, f"{name} cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise ContentError(path.name, key, f"{name} is not UTF-8 text") from None
    return value


def _explain(error: ValidationError, path: Path, environ: Mapping[str, str]) -> ContentError:
    """The first complaint, with its place and without the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).removeprefix(".")
    variable = PREFIX + NESTED.join(str(part) for part in first["loc"]).upper()
    place = variable if variable in environ else path.name
    return ContentError(place, key, reason_of(first))


_REASONS = {
    "extra_forbidden": "is not a setting",
    "missing": "is missing",
    "string_type": "is to be a text in quotes",
    **dict.fromkeys(("list_type", "tuple_type"), "is to be a list, in [ ]"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "is to be a table"),
    **dict.fromkeys(("int_type", "int_parsing", "float_type", "float_parsing"), "is to be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "is to be true or false"),
}


def reason_of(complaint: ErrorDetails) -> str:
    """A complaint about a value in words for whoever wrote it, without the value."""
    kind = complaint["type"]
    if kind == "string_pattern_mismatch":
        return f"has not the form that it must have: {complaint['ctx']['pattern']}"
    said = complaint["msg"].removeprefix("Value error, ")
    return _REASONS.get(kind) or said.replace("Input should be", "is to be", 1)
