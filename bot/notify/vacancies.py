"""Put on record that somebody was to be reminded and an agency had nobody who could be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.core.local_time import local_day
from bot.core.obligations.agency import Agency
from bot.core.obligations.planning import FOR_THE_OPERATOR, Skipped
from bot.core.record import Entry, EntryKind
from bot.store.engine import Store
from bot.store.record import append_new


async def note_vacancies(
    store: Store, skipped: Iterable[Skipped], agencies: Mapping[int, Agency], *, now: datetime
) -> int:
    """Append an entry for each agency, reason and day; looking again the same day adds none. Returns how many agencies
    there are with a reason."""
    keys = defaultdict[tuple[str, int, str], list[str]](list)
    for each in skipped:
        if each.reason in FOR_THE_OPERATOR and each.agency is not None and each.agency in agencies:
            keys[each.province, each.agency, str(each.reason)].append(each.key)
    day = local_day(now).isoformat()
    entries = [
        Entry(
            kind=EntryKind.VACANCY,
            at=now,
            province=province,
            agency=agency,
            document={"agency": agencies[agency].name, "reason": reason, "keys": sorted(set(found))},
            once=f"vacancy/{province}/{agency}/{reason}/{day}",
        )
        for (province, agency, reason), found in sorted(keys.items())
    ]
    await append_new(store, entries)
    return len(entries)
