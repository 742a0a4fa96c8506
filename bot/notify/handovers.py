"""Ask heads of agencies whether duties may go to the colleagues to whom their officers want to give them.

The look goes by what is: a wish that is open and young is asked about, once, however often anybody looks.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.content import Content
from bot.core.accounts import Account
from bot.core.balance import Member
from bot.core.local_time import local_day
from bot.core.messages import Reply
from bot.core.obligations.agency import PostRole
from bot.core.obligations.progress import ActKind, follow_acts
from bot.core.office_hours import is_office_time
from bot.desk import Desk, Task
from bot.register import Register
from bot.store.engine import Store
from bot.store.handovers import Telling, queue_telling
from bot.store.officers import BoundAddress
from bot.wording.brief import fullest
from bot.wording.duty import deadline
from bot.wording.speech import Speech, clip

YOUNG = timedelta(days=14)
"""An older wish is asked about no more; it stays in the head's list. Shorter than messages are remembered."""
_ASKED = ActKind.TRANSFER_ASKED
_TITLES = (120, 60, 40, 28, 20)


async def ask_heads(
    store: Store, register: Register, accounts: Mapping[Member, Account], content: Content, *, now: datetime
) -> int:
    """Queue a question for each head who has to decide, in office hours. Returns how many wishes are open."""
    if not is_office_time(now, register.calendar):
        return 0
    questions = list(_questions(register, accounts, content, now))
    for question in questions:
        await queue_telling(store, question, accounts.keys(), now=now, expires_at=now + YOUNG)
    return len(questions)


def _questions(
    register: Register, accounts: Mapping[Member, Account], content: Content, now: datetime
) -> Iterator[Telling]:
    today = local_day(now)
    asked = {key: acts for key, acts in register.acts.items() if any(act.kind is _ASKED for act in acts)}
    wishes = {key: follow_acts(acts).asked for key, acts in asked.items()}
    open_wishes = {key: wish for key, wish in wishes.items() if wish is not None and now - wish.at < YOUNG}
    asking = (register.officers.get(wish.officer or 0) for wish in open_wishes.values())
    agencies = {post.agency for officer in asking if officer for post in officer.posts}
    heads = [
        officer
        for officer in register.officers.values()
        for post in officer.posts
        if post.role is PostRole.HEAD and post.agency in agencies and post.counts_on(today)
    ]
    for head in heads:
        desk = Desk(register=register, officer=head, numbers={}, today=today)
        still_open = tuple(task.duty.key for task in desk.open)
        for task in desk.to_decide:
            wish = open_wishes.get(task.duty.key)
            if wish is not None and wish.officer != head.id:

                def word(way: BoundAddress, number: int, task: Task = task, desk: Desk = desk) -> Reply:
                    account = accounts[way.address.channel, way.address.account]
                    return _word(Speech(content=content, language=way.language, account=account), desk, task, number)

                yield Telling(officer=head.id, act=wish.id, key=task.duty.key, still_open=still_open, word=word)


def _word(speech: Speech, desk: Desk, task: Task, number: int) -> Reply:
    wish = task.progress.asked
    agree = speech.invite(speech.say("duty.word_agree", number=number))
    disagree = speech.say("duty.word_disagree", number=number)

    def worded(length: int) -> str:
        return speech.say(
            "duty.hand_question",
            head=desk.officer.name,
            name=desk.name_of(wish.officer if wish else None),
            number=number,
            title=clip(task.title, length),
            due=deadline(task.duty),
            to=desk.name_of(wish.to if wish else None),
            agree=agree,
            disagree=disagree,
        )

    texts = [worded(length) for length in _TITLES]
    return Reply(text=texts[0], brief=fullest(texts[1:2], last_resorts=texts[2:]))
