"""What a sync did, for whoever asked for it."""

from dataclasses import dataclass, field
from typing import Any

from bot.core.changes import Change
from gateway.portal import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did, or in a dry run would do. ``version`` is the one in force afterwards, 0 = none.

    ``unchanged`` counts what stays as it is; ``tables`` and ``rows`` count the loaded tables of the datasets that were
    read: all of them unless ``whole`` is False, which says that only what had changed was read. ``masked`` are the
    columns in which personal data are covered, ``drift`` how tables changed their shape, ``notices`` what an operator
    should know: a sentence each. ``guard`` is how serious it is that so much is gone (``none``, ``warn``, ``ask``,
    ``halt``), ``changes`` are the datasets behind the counts.
    """

    added: int
    updated: int
    removed: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    tables: int
    rows: int
    version: int
    masked: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    whole: bool = True
    guard: str = "none"
    changes: tuple[Change, ...] = field(default=(), compare=False, repr=False)

    def document(self) -> dict[str, Any]:
        """The report as scripts read it."""
        counts = ("added", "updated", "removed", "unchanged", "tables", "rows", "version", "whole", "guard")
        texts = ("masked", "drift", "notices")
        return {
            **{name: getattr(self, name) for name in counts},
            **{name: list(getattr(self, name)) for name in texts},
            "rejected": [{"line": entry.line, "reason": entry.reason} for entry in self.rejected],
        }


def changes_document(report: SyncReport) -> list[dict[str, Any]]:
    """The datasets behind the counts as scripts read them."""
    return [{"code": each.code, "kind": each.kind.value, "title": each.title, **each.detail} for each in report.changes]
