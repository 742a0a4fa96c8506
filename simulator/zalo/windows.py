"""Whom an Official Account may write to, and what it costs: 48 hours free, 7 days paid, then nothing."""

from datetime import datetime, timedelta

from simulator.zalo.clock import local
from simulator.zalo.world import Oa, Person, Refused, World

FREE = timedelta(hours=48)
OPEN = timedelta(days=7)
OFFLINE = timedelta(days=45)


def known(world: World, oa: Oa, uid: object, *, rule: str) -> Person:
    """The person with this id of this account. Raises Refused; ids are strings."""
    if not isinstance(uid, str) or not uid:
        raise Refused(-201, rule=rule, detail="user_id")
    person = world.people.get(uid)
    if person is None or person.oa_id != oa.oa_id:
        raise Refused(-201, rule="Z64", detail="user_id: no person of this Official Account")
    return person


def reach(person: Person, now: datetime) -> None:
    """Raise Refused when the person takes nothing at all, whatever the window."""
    if person.code:
        raise Refused(person.code)
    if person.last_online and now - person.last_online > OFFLINE:
        raise Refused(-227)


def charge(oa: Oa, person: Person, now: datetime) -> tuple[str, dict[str, object] | None]:
    """Which quota a message takes, and the ``quota`` of the answer (None: billed). Raises Refused out of the window."""
    last = person.last_interaction
    if last is None:
        raise Refused(-232, rule="Z62", detail="the person never interacted")
    if now - last > OPEN:
        raise Refused(-230, rule="Z62", detail="the last interaction is more than 7 days ago")
    if now - last <= FREE:
        counts = {"remain": "8", "total": "8"} if local(now).year <= 2026 else {}
        return "reply", {"quota_type": "reply", **counts}
    if oa.sub_quota > 0:
        oa.sub_quota -= 1
        return "sub_quota", {
            "quota_type": "sub_quota",
            "remain": str(oa.sub_quota),
            "total": str(oa.sub_quota_total),
            "expired_date": oa.valid_through.strftime("%d/%m/%Y"),
            "owner_type": "OA",
            "owner_id": oa.oa_id,
        }
    return "", None


def at_night(now: datetime) -> bool:
    """Between 22:00 and 06:00 in Việt Nam."""
    return not 6 <= local(now).hour < 22
