"""What a handler may read. Reads never wait for writers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from bot.core.catalogue import Dataset
from bot.core.charts import Subject
from bot.core.findings import Findings, RowFinding
from bot.core.follow import Follow
from bot.core.local_time import local_day
from bot.core.members import Invitation
from bot.core.messages import Address
from bot.core.obligations.profile import RuleSet
from bot.core.tickets import Ticket
from bot.desk import Desk
from bot.library import Library
from bot.register import read_register
from bot.rulebook import Rulebook
from bot.search import lookup
from bot.search.demand import countable
from bot.search.whole import find_whole
from bot.store import answers, follows, members, officers, task_numbers, tickets
from bot.store.answers import StoredAnswer
from bot.store.engine import Store
from bot.store.table import TableGoneError


class Reads:
    """The catalogue and earlier answers, as one of our accounts may see them (``provinces``, empty = all).

    ``found`` keeps what each look-up of this turn found, so that an operator can be shown why an answer was given.
    """

    def __init__(
        self, store: Store, library: Library, *, provinces: tuple[str, ...], rulebook: Callable[[], Rulebook] = Rulebook
    ) -> None:
        self._store, self._library, self._provinces = store, library, provinces
        self._rulebook = rulebook
        self.found: list[Findings] = []

    async def find(self, question: str, *, province: str | None = None) -> Findings:
        """Look ``question`` up in the catalogue and its tables, within the account's provinces."""
        return await self._find(question, provinces=self._provinces if province is None else (province,))

    async def find_in(self, code: str, question: str) -> Findings:
        """Look ``question`` up in the tables of dataset ``code`` only; an empty question opens the table itself."""
        return await self._find(question, provinces=self._provinces, dataset=code)

    async def _find(self, question: str, *, provinces: tuple[str, ...], dataset: str | None = None) -> Findings:
        look_up = partial(lookup.find, load_table=self._library.table, provinces=provinces, dataset=dataset)
        try:
            findings = await look_up(self._library.lookup, question)
        except TableGoneError:  # the catalogue has a newer version that we have not taken over yet
            await self._library.refresh()
            findings = await look_up(self._library.lookup, question)
        self.found.append(findings)
        return findings

    async def whole(self, subject: Subject) -> RowFinding | None:
        """The table that ``subject`` speaks of, whole unless it is very large (:func:`bot.search.whole.find_whole`)."""
        library = self._library
        return await find_whole(
            library.lookup,
            subject.dataset,
            subject.table,
            subject.rows,
            load_table=library.table,
            provinces=self._provinces,
        )

    async def dataset(self, code: str) -> Dataset | None:
        """The dataset with that code; None when there is none, it is taken down, or it is another province's."""
        return self._library.lookup.dataset(code, provinces=self._provinces)

    def decisions(self) -> tuple[RuleSet, ...]:
        """The decisions that bind in the account's provinces, or in what they succeeded; none for one of all."""
        every = self._rulebook().rule_sets.values()
        return tuple(rules for rules in every if self._provinces and {rules.id, rules.successor} & {*self._provinces})

    def is_hidden(self, code: str) -> bool:
        """Whether the dataset was taken down."""
        return code in self._library.hidden

    async def row(self, content: str, number: int) -> tuple[str, ...] | None:
        """One row of a loaded table by its content hash (:attr:`bot.core.catalogue.Resource.table`) and number.

        None when there is no such row, or the table is not indexed yet.
        """
        table = await self._library.table(content)
        return table.rows[number] if table is not None and number < len(table.rows) else None

    async def answer(self, code: str) -> StoredAnswer | None:
        """An earlier answer by its code."""
        return await answers.find(self._store, code)

    async def answer_code(self, identity: str) -> str:
        """The code for the answer named by ``identity``: the one it already has, else the shortest free one."""
        return await answers.code_for(self._store, identity)

    async def ticket_number(self, address: Address, identity: str) -> int:
        """The number of the report named by ``identity`` from ``address``: the one it has already, else a free one."""
        return await tickets.number_for(self._store, address, identity)

    async def ticket(self, number: int) -> Ticket | None:
        """A report by its number."""
        return await tickets.find(self._store, number)

    def wrote(self, ticket: Ticket, address: Address) -> bool:
        """Whether it is who writes from ``address`` that has reported ``ticket``."""
        return ticket.person == self._store.vault.person(address)

    async def invitation(self, address: Address, code: str, *, now: datetime) -> Invitation | None:
        """The invitation that ``code`` opens from ``address`` (:func:`bot.store.members.find_invitation`)."""
        return await members.find_invitation(self._store, address, code, now=now)

    async def agencies_of(self, officer: int, *, day: date) -> tuple[str, ...]:
        """The names of the agencies in which the officer with that id holds a post on ``day``."""
        return await officers.agencies_of(self._store, officer, day=day)

    async def told_at(self, address: Address) -> datetime | None:
        """When whoever writes from ``address`` was last told whom the account is for."""
        return await members.told_at(self._store, address)

    async def desk(self, address: Address, *, now: datetime) -> Desk | None:
        """The duties of the agencies of the officer to whom ``address`` is bound; None when it is bound to none."""
        officer = await officers.find_officer(self._store, address)
        if officer is None:
            return None
        today = local_day(now)
        agencies = {post.agency for post in officer.posts if post.counts_on(today)}
        register = await read_register(self._store, self._rulebook(), agencies=agencies, now=now)
        numbers = await task_numbers.numbers_of(self._store, officer.id)
        return Desk(register=register, officer=officer, numbers=numbers, today=today)

    async def followed(self, address: Address) -> tuple[Follow, ...]:
        """What whoever writes from ``address`` follows, the oldest first."""
        return await follows.followed(self._store, address)

    async def told_lately(self, address: Address, *, now: datetime) -> tuple[str, ...]:
        """The datasets of which the person at ``address`` was just told (:func:`bot.store.follows.told_lately`)."""
        return await follows.told_lately(self._store, address, now=now)

    async def countable(self, question: str) -> str:
        """``question`` as it may be counted (:func:`bot.search.demand.countable`)."""
        return countable(self._library.lookup.understand(question))

    async def in_theme(self, theme: str) -> Sequence[Dataset]:
        """The datasets of ``theme`` that this account may show, in the order of the catalogue."""
        return self._library.lookup.in_theme(theme, provinces=self._provinces)

    async def themes(self) -> tuple[tuple[str, int], ...]:
        """The themes with their number of datasets that this account may show, largest first."""
        return self._library.lookup.themes(provinces=self._provinces)
