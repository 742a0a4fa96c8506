"""One catalogue and the next: which item continues which, and what changed."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.cycle import UpdateCycle
from bot.core.items import CatalogueItem, identity, same_number
from bot.core.text import tokens

Pair = tuple[CatalogueItem | None, CatalogueItem | None]
_ALIKE = 0.3
"""Share of common words from which two titles under one printed code are one item even if the owner changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field of an item that differs: its values as they are printed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """An item that stands in both catalogues and says something else in the newer one."""

    before: CatalogueItem
    after: CatalogueItem
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDiff:
    """What a newer catalogue changed; ``unchanged`` counts the items that it kept as they were."""

    added: tuple[CatalogueItem, ...] = ()
    dropped: tuple[CatalogueItem, ...] = ()
    changed: tuple[ItemChange, ...] = ()
    unchanged: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.dropped or self.changed)


def pair(old: Sequence[CatalogueItem], new: Sequence[CatalogueItem]) -> tuple[Pair, ...]:
    """Every item of both once: the new ones in their order, each with the old one that it continues, then the dropped.

    That is the old item with its code, else the one with its title and owner. A code that only counts lines tells
    nothing: under another owner and with hardly a word of the title in common it is another item.
    """
    left = dict(enumerate(old))
    continued: dict[int, CatalogueItem] = {}
    for key, alike in ((_by_code, _same_code), (identity, _surely)):
        waiting: dict[Hashable, list[int]] = {}
        for at, item in left.items():
            waiting.setdefault(key(item), []).append(at)
        for at, item in enumerate(new):
            if at in continued:
                continue
            same = next((o for o in waiting.get(key(item), ()) if o in left and alike(left[o], item)), None)
            if same is not None:
                continued[at] = left.pop(same)
    return (*((continued.get(at), item) for at, item in enumerate(new)), *((item, None) for item in left.values()))


def compare(old: Sequence[CatalogueItem], new: Sequence[CatalogueItem]) -> ItemDiff:
    """What ``new`` changed of ``old``."""
    pairs = pair(old, new)
    both = [(before, after, find_changes(before, after)) for before, after in pairs if before and after]
    return ItemDiff(
        added=tuple(after for before, after in pairs if after and before is None),
        dropped=tuple(before for before, after in pairs if before and after is None),
        changed=tuple(ItemChange(before=one, after=other, changes=told) for one, other, told in both if told),
        unchanged=sum(not told for *_, told in both),
    )


def find_changes(before: CatalogueItem, after: CatalogueItem) -> tuple[Changed, ...]:
    """The fields in which two versions of an item differ. Another wording of the same cycle is no other cycle."""
    found = []
    for field, meaning, show in _COMPARED:
        if meaning(before) != meaning(after):
            found.append(Changed(field=field, before=show(before), after=show(after)))
    return tuple(found)


def trace_lineage(
    items: Sequence[CatalogueItem], known: Iterable[Sequence[CatalogueItem]], number: str
) -> tuple[CatalogueItem, ...]:
    """``items`` of decision ``number``, each with the lineage of the item that it continues.

    The catalogues in ``known`` are asked one after the other; where none has it a lineage of its own begins. No two
    items get one lineage.
    """
    traced: dict[str, str] = {}
    for catalogue in known:
        taken = set(traced.values())
        open_items = [item for item in items if item.code not in traced]
        offered = [item for item in catalogue if item.lineage not in taken]
        traced |= {after.code: before.lineage for before, after in pair(offered, open_items) if before and after}
    taken = set(traced.values())
    for item in items:
        if item.code not in traced:
            lineage = f"{same_number(number)}#{item.code}"
            while lineage in taken:  # an item that had this code before has another one now
                lineage += "+"
            traced[item.code] = lineage
            taken.add(lineage)
    return tuple(replace(item, lineage=traced[item.code]) for item in items)


def _by_code(item: CatalogueItem) -> Hashable:
    return item.code


def _same_code(before: CatalogueItem, after: CatalogueItem) -> bool:
    words, others = set(tokens(before.title)), set(tokens(after.title))
    common = len(words & others) / max(len(words | others), 1)
    return common >= _ALIKE or identity(before)[1] == identity(after)[1] != ""


def _surely(_before: CatalogueItem, _after: CatalogueItem) -> bool:
    return True


def _cycle(item: CatalogueItem) -> Hashable:
    known = item.cycle.code is not UpdateCycle.UNKNOWN
    return (item.cycle.code, item.cycle.note) if known else tokens(item.cycle.printed)


def _due(item: CatalogueItem) -> Hashable:
    return replace(item.due, printed="") if item.due else tokens(item.due_printed)


Meaning = Callable[[CatalogueItem], Hashable]
_COMPARED: tuple[tuple[str, Meaning, Callable[[CatalogueItem], str]], ...] = (
    ("title", lambda item: " ".join(item.title.split()), lambda item: item.title),
    ("owner", lambda item: identity(item)[1], lambda item: item.owner),
    ("theme", lambda item: tokens(item.theme), lambda item: item.theme),
    ("cycle", _cycle, lambda item: item.cycle.printed),
    ("due", _due, lambda item: item.due_printed),
)
"""What a change of an item is: the field, what of it is compared, and how it is shown."""
