"""The datasets of a portal, as its editors have left them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

Dataset = dict[str, Any]
_FIRST_CHANGE = "2026-11-01T00:00:00"


class Shelf:
    """Datasets by identifier, in their order; a change moves ``modified``."""

    def __init__(self, datasets: Sequence[Mapping[str, Any]]) -> None:
        self.datasets: dict[str, Dataset] = {}
        self.changes = 0
        for number, dataset in enumerate(datasets, 1):
            known = {"identifier": f"bo-{number}", "modified": "2026-01-15T08:00:00", **deepcopy(dict(dataset))}
            self.datasets[known["identifier"]] = known

    def change(self, identifier: str, fields: Mapping[str, Any]) -> None:
        """Edit a dataset, or add one."""
        self.changes += 1
        known = self.datasets.get(identifier, {"identifier": identifier})
        modified = f"{_FIRST_CHANGE[:11]}00:{self.changes:02d}:00"
        self.datasets[identifier] = {**known, "modified": modified, **fields}

    def withdraw(self, identifier: str) -> None:
        """Take a dataset off the portal."""
        self.changes += 1
        del self.datasets[identifier]

    def since(self, day: str) -> list[Dataset]:
        """The datasets modified since ``day`` (empty = all), the newest first as ckanext-dcat sorts them."""
        found = [each for each in self.datasets.values() if not day or each["modified"] >= day]
        return sorted(found, key=lambda each: str(each["modified"]), reverse=True)
