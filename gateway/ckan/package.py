"""A dataset as CKAN describes it → one of ours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.catalogue import Dataset
from gateway.ckan.files import Found, read_files
from gateway.ckan.naming import Naming
from gateway.ckan.reading import Extras, SchemaError, day_of, instant_of, needed, tables_of, text_of
from gateway.dataset_code import KeyCodes
from gateway.portal import Fetched

_LONGEST_TITLE = 500
_LONGEST_TEXT = 10_000
_NO_LICENCE = frozenset({"notspecified"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the packages of one portal at ``base``."""

    base: str
    province: str
    naming: Naming
    codes: KeyCodes

    def is_published(self, package: Any) -> bool:
        """Whether ``package`` is a dataset for everybody: not private, not deleted, not a thing of another type."""
        if not isinstance(package, Mapping):
            return True  # what it is will be told
        state, kind = package.get("state"), package.get("type")
        return not (package.get("private") is True or state not in {None, "", "active"} or kind in self.naming.skipped)

    def read(self, package: Any) -> Fetched:
        """The dataset of ``package``. Raises SchemaError with the reason why it cannot be used."""
        if not isinstance(package, Mapping):
            raise SchemaError("it is no object")
        key, title = needed(package, "id"), needed(package, "title")
        if len(title) > _LONGEST_TITLE:
            raise SchemaError(f"the title is longer than {_LONGEST_TITLE} characters")
        extras, found = Extras(package), read_files(package, self.base)
        dataset = Dataset(
            code=self.codes.claim(key),
            title=title,
            province=self.province,
            description=self._describe(package),
            publisher=_publisher(package),
            theme=", ".join(_names(package, "groups")),
            cycle=self._cycle(extras),
            licence=_licence(package),
            format=", ".join(dict.fromkeys(filter(None, (resource.format for resource in found.resources)))),
            url=f"{self.base}/dataset/{key}",
            issued_at=extras.day(self.naming.issued),
            published_at=day_of(instant_of(package, "metadata_created")),
            changed_at=extras.day(self.naming.changed) or _changed(package, found),
            key=key,
            resources=found.resources,
        )
        return Fetched(dataset=dataset, files=found.files)

    def _cycle(self, extras: Extras) -> str:
        name, printed = extras.first(self.naming.cycle)
        if name in self.naming.days and printed.isdigit() and int(printed):
            return self.naming.days_as.format(days=printed)
        return printed

    def _describe(self, package: Mapping[str, Any]) -> str:
        """Its description, and the tags that neither this nor the title says already."""
        notes = text_of(package, "notes")
        said = f"{notes} {text_of(package, 'title')}".casefold()
        tags = [name for name in _names(package, "tags") if name.casefold() not in said]
        words = self.naming.tags_as.format(tags=", ".join(tags)) if tags else ""
        return " ".join(filter(None, (notes[:_LONGEST_TEXT], words)))


def _changed(package: Mapping[str, Any], found: Found) -> date | None:
    """The day on which its newest file changed; where no file says that, the day of the last change of any kind."""
    times: list[datetime] = [file.modified_at for file in found.files if file.modified_at]
    return day_of(max(times) if times else instant_of(package, "metadata_modified"))


def _publisher(package: Mapping[str, Any]) -> str:
    organization = package.get("organization")
    if organization is None:
        return text_of(package, "author")
    if not isinstance(organization, Mapping):
        raise SchemaError("organization is no object")
    return text_of(organization, "title") or text_of(organization, "name")


def _names(package: Mapping[str, Any], key: str) -> Iterator[str]:
    for entry in tables_of(package, key):
        name = text_of(entry, "display_name") or text_of(entry, "title") or text_of(entry, "name")
        if name:
            yield name


def _licence(package: Mapping[str, Any]) -> str:
    id_ = text_of(package, "license_id")
    return "" if id_ in _NO_LICENCE else text_of(package, "license_title") or id_
