"""What lies before one officer: the duties of their agencies, by the numbers that they type. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from bot.core.obligations.agency import Officer, PostRole
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, Progress, Said, Status, status_of
from bot.core.obligations.rule import Event, Rule, Trigger
from bot.core.obligations.task_numbers import give_numbers
from bot.register import Register

_DAY = timedelta(days=1)
_REACH = timedelta(days=400)
"""How far back and ahead duties are looked at: what is older has its place in reports, not in a chat."""
_TO_DO = frozenset({Status.OPEN, Status.UNMET, Status.OVERDUE})
_TOLD = frozenset({Status.REPORTED, Status.MATCHED})
_DECIDERS = frozenset({PostRole.HEAD, PostRole.APPROVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A duty as it stands, of the agency that is called ``agency``; ``cite`` is how its article is cited.

    ``number`` is what the officer types, None while it has not been shown to them. Where its decision is not
    ``confirmed``, its dates are for information: nobody is urged, and nobody is late.
    """

    duty: Obligation
    progress: Progress
    status: Status
    agency: str = ""
    cite: str = ""
    number: int | None = None
    confirmed: bool = True

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return self.duty.subject.title or self.duty.rule.title


@dataclass(frozen=True)
class Desk:
    """What ``officer`` has before them on the day ``today``, by the ``register`` of their agencies.

    ``numbers`` are those that duties have for them so far, by key.
    """

    register: Register
    officer: Officer
    numbers: Mapping[str, int]
    today: date

    def find(self, number: int) -> Task | None:
        """The duty that the officer calls ``number``."""
        return next((task for task in self.all if task.number == number), None)

    @property
    def open(self) -> Sequence[Task]:
        """What is to be done, what is late before what is not, the earlier first; each with its number."""
        return self._numbered(self._todo)

    @property
    def to_decide(self) -> Sequence[Task]:
        """What waits for this officer's word: that it goes to another, that what was reported is right."""
        return self._numbered(self._waiting)

    @property
    def reported(self) -> Sequence[Task]:
        """What somebody reported, or a sync saw, and nobody confirmed, where the officer may."""
        return self._numbered(self._told)

    @property
    def coming(self) -> Task | None:
        """What is to be done next of what cannot be done yet."""
        coming = [task for task in self.all if task.status is Status.UPCOMING and self._is_mine(task)]
        return min(coming, key=_order, default=None)

    @property
    def all(self) -> Collection[Task]:
        """Every duty of the officer's agencies that is near, however it stands."""
        return self._tasks.values()

    def about(self, task: Task) -> Sequence[Task]:
        """``task``, and what changes of its subject have started."""
        rule, subject = self.change_rule(task), task.duty.subject
        if rule is None or task.duty.rule.id == rule.id:
            return [task]
        return [task, *(one for one in self.all if one.duty.rule.id == rule.id and one.duty.subject == subject)]

    def numbered(self, task: Task) -> Task:
        """``task`` with its number, a new one if it has none yet."""
        return self._numbered([task])[0]

    def roles(self, task: Task) -> frozenset[PostRole]:
        """What the officer is today in the agency that has the duty."""
        posts = self.officer.posts
        agency = task.duty.agency
        return frozenset(post.role for post in posts if post.agency == agency and post.counts_on(self.today))

    def decides(self, task: Task) -> bool:
        """Whether the officer heads the agency or approves for it."""
        return bool(self.roles(task) & _DECIDERS)

    def heads(self, task: Task) -> bool:
        """Whether the officer heads the agency that has the duty."""
        return PostRole.HEAD in self.roles(task)

    def heads_of(self, task: Task) -> Sequence[Officer]:
        """Who heads the agency that has the duty, besides the officer."""
        agency = task.duty.agency
        by_role = {} if agency is None else self.register.officers_of(agency, self.today)
        return [head for head in by_role.get(PostRole.HEAD, ()) if head.id != self.officer.id]

    def colleagues(self, task: Task) -> Sequence[Officer]:
        """Everybody else with a post in the agency that has the duty, each once."""
        agency = task.duty.agency
        by_role = {} if agency is None else self.register.officers_of(agency, self.today)
        found = {officer.id: officer for officers in by_role.values() for officer in officers}
        return [officer for officer in found.values() if officer.id != self.officer.id]

    def name_of(self, officer: int | None) -> str:
        """What an officer is called, empty when nobody knows."""
        known = self.register.officers.get(officer) if officer is not None else None
        return known.name if known else ""

    def following(self, task: Task) -> Obligation | None:
        """The same duty the next time: of those that come after it the first that is not over."""
        mine = (task.duty.rule.id, task.duty.subject)
        first = max(task.duty.nominal_due + _DAY, self.today)
        later = [
            other.duty
            for other in self.all
            if (other.duty.rule.id, other.duty.subject) == mine and other.duty.nominal_due >= first
        ]
        return min(later, key=lambda duty: duty.nominal_due, default=None)

    def after(self, act: Act) -> "Desk":
        """The desk as it is once ``act`` was said as well."""
        told = self.register.acts
        latest = max((one.id for acts in told.values() for one in acts), default=0)
        said = {**told, act.key: (*told.get(act.key, ()), replace(act, id=latest + 1))}
        return replace(self, register=replace(self.register, acts=said), numbers=self._given)

    def task(self, key: str) -> Task | None:
        """The duty with that key, if it is one of the officer's agencies'."""
        return self._tasks.get(key)

    def change_rule(self, task: Task) -> Rule | None:
        """The rule by which a change of what the duty is about starts a clock of its own, None without any."""
        rules = self.register.rule_sets[task.duty.province].rules
        return next((rule for rule in rules if rule.trigger is Trigger.EVENT and rule.event is Event.CHANGED), None)

    def said(self, act: Act, task: Task) -> Said:
        """``act`` with what the record tells of it."""
        name = self.officer.name if act.officer == self.officer.id else ""
        return Said(act=act, duty=task.duty, cite=task.cite, agency=task.agency, officer=name)

    @cached_property
    def _tasks(self) -> Mapping[str, Task]:
        agencies = {post.agency for post in self.officer.posts if post.counts_on(self.today)}
        found = self.register.between(self.today - _REACH, self.today + _REACH, agencies=agencies)
        return {duty.key: self._task(duty) for duty in found if duty.agency in agencies}

    @cached_property
    def _todo(self) -> Sequence[Task]:
        todo = [task for task in self.all if task.status in _TO_DO and self._is_mine(task)]
        return sorted(todo, key=lambda task: (task.status is not Status.OVERDUE, *_order(task)))

    @cached_property
    def _waiting(self) -> Sequence[Task]:
        return sorted((task for task in self.all if self._waits(task)), key=_order)

    @cached_property
    def _told(self) -> Sequence[Task]:
        return sorted((task for task in self.all if task.status in _TOLD and self.decides(task)), key=_order)

    def _task(self, duty: Obligation) -> Task:
        progress = self.register.progress(duty.key)
        agency = self.register.agencies.get(duty.agency) if duty.agency is not None else None
        return Task(
            duty=duty,
            progress=progress,
            status=status_of(duty, progress, self.today),
            agency=agency.name if agency else duty.owner,
            cite=self.register.rule_sets[duty.province].cite(duty.rule),
            number=self.numbers.get(duty.key),
            confirmed=duty.province in self.register.confirmed,
        )

    def _is_mine(self, task: Task) -> bool:
        return task.progress.bearer in {None, self.officer.id} or self.decides(task)

    def _waits(self, task: Task) -> bool:
        if task.progress.asked is not None and self.heads(task):
            return True
        return task.status is Status.REPORTED and task.duty.rule.approval and self._approves(task)

    def _approves(self, task: Task) -> bool:
        """Whether it is for the officer to approve: an approver, where there is none the head."""
        roles, agency = self.roles(task), task.duty.agency
        if PostRole.APPROVER in roles or agency is None:
            return PostRole.APPROVER in roles
        return PostRole.HEAD in roles and not self.register.officers_of(agency, self.today).get(PostRole.APPROVER)

    @cached_property
    def _given(self) -> Mapping[str, int]:
        """The numbers that duties have, and those that are to be done or decided have from now on."""
        todo = [task.duty.key for task in (*self._waiting, *self._todo, *self._told)]
        return {**self.numbers, **give_numbers(self.numbers, todo)}

    def _numbered(self, tasks: Sequence[Task]) -> Sequence[Task]:
        given = give_numbers(self._given, [task.duty.key for task in tasks])
        return [replace(task, number=given[task.duty.key]) for task in tasks]


def _order(task: Task) -> tuple[date, str, str]:
    return task.duty.remind_by, task.title, task.duty.key
