"""What an Official Account may ask the Open API about itself, its quotas and its people."""

from datetime import datetime

from simulator.zalo.access import Asked
from simulator.zalo.clock import local, millis
from simulator.zalo.windows import known
from simulator.zalo.world import Person, Refused, World


def show_account(world: World, asked: Asked) -> object:
    """``getoa``; the id stands under ``oaid``."""
    oa = asked.oa
    return {
        "oaid": oa.oa_id,
        "name": oa.name,
        "description": "Tra cứu dữ liệu mở",
        "is_verified": oa.verified,
        "oa_type": oa.oa_type,
        "num_follower": sum(p.follows for p in world.people.values() if p.oa_id == oa.oa_id),
        "package_name": oa.package,
        "package_valid_through_date": oa.valid_through.strftime("%d/%m/%Y"),
        "linked_ZCA": "ZCA-0001",
    }


def show_person(world: World, asked: Asked) -> object:
    """``user/detail``."""
    person = _person(world, asked, asked.data(), "Z3")
    return {
        "user_id": person.uid,
        "user_id_by_app": person.uid_by_app,
        "user_external_id": "",
        "display_name": person.name,
        "user_alias": person.name,
        "is_sensitive": person.sensitive,
        "user_last_interaction_date": _day(person.last_interaction),
        "user_is_follower": person.follows,
        "avatar": "https://s120-ava-talk.zadn.vn/default",
        "avatars": {"120": "https://s120-ava-talk.zadn.vn/default", "240": "https://s240-ava-talk.zadn.vn/default"},
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": {"address": "", "city": "", "district": "", "phone": person.phone, "name": ""},
    }


def show_quota(world: World, asked: Asked) -> object:
    """``v3.0 quota/message``: the window of a person, or what is left of the account's quotas."""
    fields = asked.fields()
    if "user_id" in fields:
        person = _person(world, asked, fields, "Z66")
        last = person.last_interaction
        return {
            "user_id": person.uid,
            "last_interaction": millis(last) if last else "",
            "cs_reply": {"total": 8, "remain": 8},
            "promotion": {"daily_total": 1, "daily_remain": 1, "monthly_total": 5, "monthly_remain": 5},
        }
    if fields.get("quota_owner") not in {"OA", "APP"} or fields.get("product_type") != "cs":
        raise Refused(-201, rule="Z66", detail="quota_owner or product_type")
    if fields.get("quota_type", "sub_quota") != "sub_quota" or fields["quota_owner"] == "APP":
        return []
    oa = asked.oa
    return [
        {
            "asset_id": f"asset-{oa.oa_id}",
            "product_type": "cs",
            "quota_type": "sub_quota",
            "valid_through": oa.valid_through.strftime("%d/%m/%Y"),
            "total": oa.sub_quota_total,
            "remain": oa.sub_quota,
        }
    ]


def show_old_quota(world: World, asked: Asked) -> object:
    """``v2.0 quota/message``: the free messages of the account without a body, else those of a promotion."""
    if asked.raw and (fields := asked.fields()):
        _person(world, asked, fields, "Z67")
        if fields.get("type") != "promotion":
            raise Refused(-201, rule="Z67", detail="type")
        return {"daily_total": 1, "daily_remain": 1, "monthly_total": 5, "monthly_remain": 5}
    return {"type": "cs", "total": asked.oa.sub_quota_total, "remain": asked.oa.sub_quota}


def _person(world: World, asked: Asked, fields: dict[str, object], rule: str) -> Person:
    return known(world, asked.oa, fields.get("user_id"), rule=rule)


def _day(moment: datetime | None) -> str:
    return local(moment).strftime("%d/%m/%Y") if moment else ""
