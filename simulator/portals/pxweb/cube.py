"""The tables of a PX-Web: variables, and a figure for each combination of their values."""

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A dimension; ``time`` where the file says that it is one of periods."""

    code: str
    text: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    time: bool = False


@dataclass(kw_only=True)
class Cube:
    """A table at ``path`` (database, folders, name). Its ``figures`` follow the variables, the last one fastest; where
    there are too few of them the number of the cell stands in."""

    path: tuple[str, ...]
    title: str
    updated: str
    variables: tuple[Variable, ...]
    figures: Sequence[str] = ()

    @property
    def key(self) -> str:
        """The path as one text."""
        return "/".join(self.path)

    def describe(self, *, most: int) -> dict[str, Any]:
        """What GET says; a variable with more than ``most`` values tells none (P3)."""
        names = ", ".join(variable.text for variable in self.variables)
        return {
            "title": f"{self.title} chia theo {names}" if self.title else "",
            "variables": [
                {
                    "code": variable.code,
                    "text": variable.text,
                    "values": list(variable.values) if len(variable.values) <= most else None,
                    "valueTexts": list(variable.labels) if len(variable.values) <= most else None,
                    **({"time": True} if variable.time else {}),
                }
                for variable in self.variables
            ],
        }

    def figure(self, key: Sequence[str]) -> str:
        """The figure of one combination, as printed."""
        at = 0
        for variable, value in zip(self.variables, key, strict=True):
            at = at * len(variable.values) + variable.values.index(value)
        return self.figures[at] if at < len(self.figures) else str(at)

    def select(self, chosen: Mapping[str, Sequence[str]]) -> str:
        """The answer to a query in the format ``json`` (P5)."""
        axes = [chosen[variable.code] for variable in self.variables]
        columns = [
            {"code": variable.code, "text": variable.text, "type": "t" if variable.time else "d"}
            for variable in self.variables
        ]
        columns.append({"code": self.title, "text": self.title, "type": "c"})
        data = [{"key": list(key), "values": [self.figure(key)]} for key in itertools.product(*axes)]
        return json.dumps({"columns": columns, "comments": [], "data": data}, ensure_ascii=False)

    def size(self, chosen: Mapping[str, Sequence[str]]) -> int:
        """How many cells a query selects."""
        return math.prod(len(values) for values in chosen.values())


def read_cube(row: Mapping[str, Any]) -> Cube:
    """A table as a case writes it: ``key``, ``title``, ``updated``, ``figures``, ``variables`` with ``text``,
    ``values`` and whether they are of ``time``.

    Values have their numbers as codes, as in most tables of the statistical office.
    """
    variables = tuple(
        Variable(
            code=each["text"],
            text=each["text"],
            values=tuple(map(str, range(len(each["values"])))),
            labels=tuple(each["values"]),
            time=each.get("time", False),
        )
        for each in row["variables"]
    )
    path = tuple(row["key"].split("/"))
    updated = row.get("updated", "2026-01-15T08:00:00")
    return Cube(path=path, title=row["title"], updated=updated, variables=variables, figures=row.get("figures", ()))
