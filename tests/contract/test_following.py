"""Telling followers: one message a day for each person, nobody twice, nobody left out, nothing that is not wanted."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest

from bot.core.accounts import Account
from bot.core.changes import ChangeKind
from bot.core.delivery import Lane, OutboxState
from bot.core.effects import Effect, FollowDataset, RecordConsent, UnfollowDatasets
from bot.core.follow import TOPIC
from bot.core.messages import Address, InboundMessage, Sign, SignKind
from bot.notify.following import tell_followers, wording
from bot.store import consents, follows, inbox, outbox, standing, takedown, turns
from bot.store.changes import last_publication
from bot.store.conversations import Scope, claim_due
from bot.store.engine import Store
from bot.store.erasure import erase
from bot.store.intake import Intake
from bot.store.tables import followers
from bot.store.tables import follows as follows_table
from bot.store.tables import outbox as outbox_table
from bot.store.telling import Look, read_followers, tell
from bot.store.turns import Turn
from tests.support.changes import crop, publish_version
from tests.support.rows import MINUTE, NOW, rows
from tests.support.talk import content

DAY = timedelta(days=1)
MORNING = NOW.replace(hour=1) + DAY  # 08:00 in Việt Nam on the day after NOW
PLACES = {("web", "main"): Account(channel="web", name="main"), ("sms", "b"): Account(channel="sms", name="b")}
WORD = wording(content(), PLACES)
DATASETS = [crop(number) for number in range(4)]


def person(user: str | int, channel: str = "web", account: str = "main") -> Address:
    return Address(channel=channel, account=account, user=str(user))


async def wish(store: Store, address: Address, *effects: Effect, now: datetime = NOW) -> None:
    """Let somebody write a message that leads to ``effects``."""
    at = f"{address.user}-{now.isoformat()}-{effects}"
    await Intake(store).accept([InboundMessage(address=address, external_id=at, received_at=now, text="x")])
    scope = Scope(person=store.vault.person(address))
    (claimed,) = await claim_due(store, scope=scope, now=now, limit=1)
    (waiting,) = await inbox.waiting(store, claimed.person, address, limit=1)
    turn = Turn(
        waiting=waiting, conversation=claimed.conversation, replies=[], state="", data={}, effects=list(effects)
    )
    await turns.commit(store, claimed, turn, now=now, release=True)


async def follow(store: Store, address: Address, *numbers: int, now: datetime = NOW) -> None:
    agreed = RecordConsent(topic=TOPIC, given=True, evidence="THEO DÕI")
    wanted = [FollowDataset(code=f"c-{number}", title=f"Cây {number}") for number in numbers]
    await wish(store, address, agreed, *wanted, now=now)


async def look(store: Store, *, now: datetime = MORNING, chunk: int = 20) -> int:
    """Look once, to the end; how many messages that queued."""
    at = await moment(store, now)
    return sum([count async for count in tell_followers(store, at, WORD, chunk=chunk)])


async def moment(store: Store, now: datetime = MORNING) -> Look:
    morning = now.replace(hour=0, minute=0)
    return Look(now=now, morning=morning, publication=await last_publication(store), accounts=PLACES)


async def heard(store: Store) -> list[str]:
    """What was queued for whoever follows something: text and entries, without what is always said."""
    queued = await rows(store, outbox_table, "reply", "origin", "lane")
    assert all(lane == Lane.BROADCAST for _, origin, lane in queued if origin == follows.ORIGIN)
    told = [reply for reply, origin, _ in queued if origin == follows.ORIGIN]
    return ["; ".join([*reply["text"].splitlines()[1:-1], *(c[0] for c in reply.get("choices", ()))]) for reply in told]


async def test_what_changed_in_a_week_is_one_message_with_a_line_each_and_told_once(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0, 1, 2, 3)
    for day in range(3):
        await publish_version(store, DATASETS, {0: ChangeKind.CONTENT}, now=NOW + day * MINUTE)
    await publish_version(store, DATASETS, {0: ChangeKind.SCHEMA, 1: ChangeKind.METADATA}, fields=["description"])
    renamed = [*DATASETS[:2], crop(2, "Cây mới"), crop(3)]
    await publish_version(store, renamed, {2: ChangeKind.METADATA}, fields=["title", "url"])
    assert await look(store, now=MORNING + 7 * DAY) == 1
    assert await heard(store) == ["Số liệu mới, cột thay đổi: Cây 0; Tên mới: Cây mới"]
    assert await look(store, now=MORNING + 8 * DAY) == 0
    assert await follows.told_lately(store, person("an"), now=MORNING + 7 * DAY) == ("c-0", "c-2")
    assert await follows.told_lately(store, person("an"), now=MORNING + 8 * DAY) == ()


async def test_a_dataset_that_is_taken_down_while_its_followers_are_told_is_not_named_to_them(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    at = await moment(store)
    found = await read_followers(store, [store.vault.person(person("an"))], at)
    await takedown.hide(store, "c-0", now=NOW)
    assert await tell(store, found, at, WORD) == 0
    assert await look(store) == 1
    assert await heard(store) == ["Hiện không còn được cung cấp: Cây 0"]


async def test_who_was_told_today_hears_of_the_rest_tomorrow(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0, 1)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store) == 1
    await publish_version(store, DATASETS, {1: ChangeKind.CONTENT})
    assert await look(store, now=MORNING + 60 * MINUTE) == 0
    assert await look(store, now=MORNING + DAY) == 1
    assert await heard(store) == ["Số liệu mới: Cây 0", "Số liệu mới: Cây 1"]


async def test_what_happened_before_somebody_followed_is_no_news(store):
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    await follow(store, person("an"), 0)
    assert await look(store) == 0
    await follow(store, person("an"), 0, now=NOW + MINUTE)
    assert [one.code for one in await follows.followed(store, person("an"))] == ["c-0"]


async def test_a_dataset_that_the_portal_withdraws_is_told_once_and_followed_no_longer(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0, 1)
    await publish_version(store, DATASETS[1:], {0: ChangeKind.WITHDRAWN})
    assert await look(store) == 1
    assert await heard(store) == ["Cổng không còn công bố, đã thôi theo dõi: Cây"]
    assert [one.code for one in await follows.followed(store, person("an"))] == ["c-1"]
    assert await look(store, now=MORNING + DAY) == 0


async def test_one_that_went_and_came_back_in_between_is_not_said_to_be_gone(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0)
    await publish_version(store, DATASETS[1:], {0: ChangeKind.WITHDRAWN})
    await publish_version(store, DATASETS, {0: ChangeKind.ADDED})
    assert await look(store) == 1
    assert await heard(store) == ["Số liệu mới: Cây 0"]


async def test_a_takedown_is_told_once_without_its_reason_and_its_end_brings_everything_back(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0)
    await takedown.hide(store, "c-0", now=NOW, reason="lộ dữ liệu cá nhân", by="Cán bộ đầu mối 01")
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store) == 1
    assert await look(store, now=MORNING + DAY) == 0
    assert [one.code for one in await follows.followed(store, person("an"))] == ["c-0"]
    await takedown.unhide(store, "c-0", now=NOW)
    assert await look(store, now=MORNING + 2 * DAY) == 1
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store, now=MORNING + 3 * DAY) == 1
    assert await heard(store) == [
        "Hiện không còn được cung cấp: Cây 0",
        "Được cung cấp trở lại: Cây 0",
        "Số liệu mới: Cây 0",
    ]


async def test_a_takedown_that_is_undone_before_anybody_was_told_is_no_news(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0)
    await takedown.hide(store, "c-0", now=NOW)
    await takedown.unhide(store, "c-0", now=NOW)
    assert await look(store) == 0


@pytest.mark.parametrize("breaks", ["between two steps", "within a step"])
async def test_broken_off_anywhere_nobody_is_told_twice_and_nobody_is_left_out(store, breaks):
    await publish_version(store, DATASETS)
    people = [person(number) for number in range(9)]
    for one in people:
        await follow(store, one, 0)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    at, done = await moment(store), 0
    if breaks == "between two steps":
        async for count in tell_followers(store, at, WORD, chunk=2):
            done += count
            if done >= 4:
                break
    else:

        def dies(told, address, language):
            nonlocal done
            done += 1
            if done == 6:  # the second of the third pair
                raise RuntimeError("killed")
            return WORD(told, address, language)

        with contextlib.suppress(RuntimeError):
            async for _ in tell_followers(store, at, dies, chunk=2):
                pass
    before = len(await heard(store))
    assert before == 4
    # then two processes at once
    assert sum(await asyncio.gather(look(store, chunk=2), look(store, chunk=3))) == 9 - before
    queued = [(who, key) for who, key in await rows(store, outbox_table, "person", "dedupe_key")]
    assert sorted(who for who, _ in queued) == sorted(map(store.vault.person, people))


async def test_stop_ends_all_of_it_and_takes_back_what_is_queued(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0, 1)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store) == 1
    later = MORNING + 40 * MINUTE
    await wish(store, person("an"), RecordConsent(topic=None, given=False, evidence="STOP"), now=later)
    assert await rows(store, outbox_table, "state") == [(OutboxState.EXPIRED,)]
    assert await follows.followed(store, person("an")) == ()
    # whoever later wants other notices does not get these again
    await wish(store, person("an"), RecordConsent(topic="bao-tri", given=True, evidence="ĐK BT"), now=later + MINUTE)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store, now=MORNING + DAY) == 0
    assert not await consents.agreed(store, [store.vault.person(person("an"))], TOPIC)


async def test_who_has_said_stop_and_then_follows_something_is_sent_it(store):
    await publish_version(store, DATASETS)
    await wish(store, person("an"), RecordConsent(topic=None, given=False, evidence="STOP"))
    await follow(store, person("an"), 0, now=NOW + MINUTE)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    assert await look(store) == 1
    (head,) = await outbox.claim_heads(store, channel="web", account="main", now=MORNING, limit=9)
    assert (head.lane, head.unwilling) == (Lane.BROADCAST, False)
    assert await consents.agreed(store, [head.person], TOPIC)


async def test_giving_up_some_leaves_the_others(store):
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0, 1, 2)
    await wish(store, person("an"), UnfollowDatasets(codes=("c-0", "c-2")), now=NOW + MINUTE)
    assert [one.code for one in await follows.followed(store, person("an"))] == ["c-1"]


async def test_one_phone_on_two_accounts_hears_once_where_it_asked_last(store):
    def kin(address: Address) -> tuple[Address, ...]:
        others = (person(address.user), person(address.user, "sms", "b"))
        return (address, *(one for one in others if one != address))

    store.vault.kin = kin
    await publish_version(store, DATASETS)
    await follow(store, person("an"), 0)
    await follow(store, person("an", "sms", "b"), 1, 0, now=NOW + MINUTE)
    assert [one.code for one in await follows.followed(store, person("an"))] == ["c-0", "c-1"]
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT, 1: ChangeKind.CONTENT})
    assert await look(store) == 1
    assert await rows(store, outbox_table, "channel") == [("sms",)]
    assert await heard(store) == ["Số liệu mới: Cây 0; Số liệu mới: Cây 1"]
    assert await follows.told_lately(store, person("an"), now=MORNING) == ("c-0", "c-1")
    await wish(store, person("an"), UnfollowDatasets(codes=("c-0", "c-1")), now=MORNING + MINUTE)
    assert await rows(store, follows_table, "code") == await rows(store, followers, "person") == []


async def test_who_is_away_or_talking_or_on_no_account_of_ours_is_left_for_later(store):
    await publish_version(store, DATASETS)
    for user in ("away", "talking", "here"):
        await follow(store, person(user), 0)
    await follow(store, person("elsewhere", "zalo", "gone"), 0)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    await standing.note(store, [Sign(address=person("away"), kind=SignKind.LEFT, at=NOW)])
    await wish(store, person("talking"), now=MORNING - MINUTE)
    assert await look(store) == 1
    assert await look(store, now=MORNING + 60 * MINUTE) == 1, "the talk has rested since"
    await standing.note(store, [Sign(address=person("away"), kind=SignKind.INTERACTED, at=MORNING)])
    assert await look(store, now=MORNING + DAY) == 1
    assert await look(store, now=MORNING + 2 * DAY) == 0


async def test_whoever_is_gone_for_long_or_erased_follows_nothing_any_more(store):
    await publish_version(store, DATASETS)
    for user in ("gone", "here", "erased"):
        await follow(store, person(user), 0)
    await publish_version(store, DATASETS, {0: ChangeKind.CONTENT})
    await look(store)
    erased = await erase(store, person("erased"), now=NOW)
    assert (erased["follows"], erased["followers"]) == (1, 1)
    await standing.note(store, [Sign(address=person("gone"), kind=SignKind.LEFT, at=NOW)])
    assert await follows.forget(store, now=NOW + follows.KEEP_UNREACHABLE - DAY) == 0
    assert await follows.forget(store, now=NOW + follows.KEEP_UNREACHABLE + DAY) == 1
    assert await rows(store, follows_table, "person") == [(store.vault.person(person("here")),)]
