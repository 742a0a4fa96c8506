"""Hold what agencies have to do against what their sources published: "đã đối chiếu".

The look goes by what is, whatever ran before: for each duty on data it asks whether a sync saw the content of one of
its datasets change since it could be done. What changed before, and a change of the description alone, say nothing.
A dataset that was found for the first time counts from the day that the portal says it was published.

What is open is met by any change after its period, also by one after the next period: data are kept up, nobody can go
back and publish them as they were, and how late it was stays with the day of the change. What somebody reported is
confirmed only by a change before the next period opens: a later one does not show that the report was right.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from bot.core.changes import Change, ChangeKind
from bot.core.items import LinkState
from bot.core.local_time import local_day
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.progress import Act, ActKind, Said, Status, status_of
from bot.core.obligations.rule import Trigger
from bot.register import Register
from bot.store.acts import record_all
from bot.store.changes import position_at, read_changes
from bot.store.engine import Store
from bot.store.item_links import read_links

LOOK_BACK = timedelta(days=400)
"""What was to be done before is held against nothing any more."""
_SLICE = 500
_BATCH = 100
_CONTENT = frozenset({ChangeKind.CONTENT, ChangeKind.SCHEMA})
_ON_DATA = frozenset({SubjectKind.ITEM, SubjectKind.DATASET})
_OVER = frozenset({Status.VERIFIED, Status.MATCHED, Status.CLOSED, Status.INFORMATION, Status.UPCOMING})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    """That the content of the dataset ``code`` changed on ``day``, which was seen ``at`` that moment."""

    code: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awaited:
    """A duty on data: a change before the day ``until`` (None = whenever) shows that it was done."""

    duty: Obligation
    codes: tuple[str, ...]
    until: date | None


async def match_published(store: Store, register: Register, *, now: datetime) -> int:
    """Record each duty of ``register`` of which a sync has seen the data change. Returns how many. Safe to repeat."""
    awaited = list(_awaited(register, await _datasets(store), local_day(now)))
    seen = await _read_seen(store, register, {code for one in awaited for code in one.codes}, now=now)
    found = [said for one in awaited if (said := _match(register, one, seen, now))]
    for start in range(0, len(found), _BATCH):
        await store.write(partial(record_all, said=found[start : start + _BATCH]))
    return len(found)


async def _datasets(store: Store) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The datasets that are known to publish each item, by the item's province and lineage."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in await read_links(store):
        if link.state is LinkState.CONFIRMED:
            found[link.province, link.lineage].append(link.dataset)
    return {item: tuple(codes) for item, codes in found.items()}


def _awaited(
    register: Register, datasets: Mapping[tuple[str, str], tuple[str, ...]], today: date
) -> Iterator[_Awaited]:
    """The duties that some dataset could show to be done, and are not known to be."""
    homes = {
        (item.decision, item.lineage or item.code): item.province
        for catalogue in register.catalogues
        for item in catalogue.items
    }
    alike: dict[tuple[str, Subject], list[Obligation]] = defaultdict(list)
    for duty in _with_published(register, datasets).between(today - LOOK_BACK, today + LOOK_BACK):
        if duty.subject.kind in _ON_DATA:
            alike[duty.rule.id, duty.subject].append(duty)
    for duties in alike.values():
        opened = sorted(duties, key=lambda duty: duty.opens_on)
        for duty, following in zip(opened, [*opened[1:], None], strict=True):
            own = (duty.subject.id,) if duty.subject.kind is SubjectKind.DATASET else ()
            codes = own or datasets.get((homes.get((duty.decision, duty.subject.id), ""), duty.subject.id), ())
            progress = register.progress(duty.key)
            if codes and status_of(duty, progress, today) not in _OVER:
                limited = following is not None and progress.report is not None and duty.rule.trigger is Trigger.ITEM
                until = following.opens_on if following is not None and limited else None
                yield _Awaited(duty=duty, codes=codes, until=until)


def _with_published(register: Register, datasets: Mapping[tuple[str, str], tuple[str, ...]]) -> Register:
    """``register`` with the items that some dataset publishes, in every decision: nothing is seen of the others."""
    known = {*datasets, *((each.home, each.lineage) for each in register.datasets)}
    catalogues = (
        replace(each, items=tuple(item for item in each.items if (item.province, item.lineage or item.code) in known))
        for each in register.catalogues
    )
    return replace(register, catalogues=tuple(catalogues))


async def _read_seen(
    store: Store, register: Register, codes: Collection[str], *, now: datetime
) -> Mapping[str, Sequence[_Sighting]]:
    """What was seen to change of the datasets ``codes``, by dataset."""
    published = {dataset.code: dataset.published_at for dataset in register.datasets}
    found: dict[str, list[_Sighting]] = defaultdict(list)
    after = await position_at(store, now - LOOK_BACK)
    while codes:
        changes = await read_changes(store, after=after, limit=_SLICE)
        for change in changes:
            day = _day_of(change, published) if change.code in codes else None
            if day is not None and change.at is not None:
                found[change.code].append(_Sighting(code=change.code, day=day, at=change.at))
        if len(changes) < _SLICE:
            break
        after = changes[-1].position
    return found


def _day_of(change: Change, published: Mapping[str, date | None]) -> date | None:
    """On which day the content changed by what ``change`` says; None where it says nothing of that."""
    if change.kind is ChangeKind.ADDED:
        return published.get(change.code)
    return local_day(change.at) if change.kind in _CONTENT and change.at is not None else None


def _match(
    register: Register, awaited: _Awaited, seen: Mapping[str, Sequence[_Sighting]], now: datetime
) -> Said | None:
    """That the duty was seen to be done; None when it was not, or when somebody said since that it is not."""
    duty = awaited.duty
    refused = register.progress(duty.key).refused
    fits = [
        sighting
        for code in awaited.codes
        for sighting in seen.get(code, ())
        if duty.opens_on <= sighting.day
        and (awaited.until is None or sighting.day < awaited.until)
        and (refused is None or sighting.at > refused.at)
    ]
    if not fits:
        return None
    first = min(fits, key=lambda sighting: (sighting.day, sighting.code))
    act = Act(id=0, key=duty.key, kind=ActKind.MATCHED, at=now, day=first.day, note=first.code)
    agency = register.agencies.get(duty.agency) if duty.agency is not None else None
    cite = register.rule_sets[duty.province].cite(duty.rule)
    return Said(act=act, duty=duty, cite=cite, agency=agency.name if agency else duty.owner)
