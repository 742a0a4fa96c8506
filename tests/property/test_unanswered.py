"""The claim of ``bot/store/unanswered.py``: no byte of the database tells what fewer than K people asked, or who asked."""

import asyncio
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import CountChosen
from bot.core.local_time import local_day
from bot.core.messages import Address
from bot.store import unanswered
from bot.store.migrate import migrate
from bot.store.unanswered import KEEP_MARKS, K
from tests.conftest import NOW, open_store

WORDS = ("gia vang mieng", "ve may bay", "lich cat dien", "diem thi lop muoi")
PEOPLE = [Address(channel="kannel", account="8179", user=f"+8490000{place:04}") for place in range(K + 2)]
CROWD = st.tuples(
    st.sampled_from(WORDS),
    st.integers(K - 2, K + 1).map(lambda size: PEOPLE[:size]),
    st.sampled_from([0, 1, KEEP_MARKS // 2, KEEP_MARKS, 3 * KEEP_MARKS]),
    st.booleans(),
)
"""Some people, about as many as it takes, who ask the same, each on a day of their own or all on one."""


async def written(folder: Path, history: list[tuple[str, Address, int, bool]]) -> bytes:
    """Every byte that is on the disk once everything was counted: pages, free pages, journal."""
    file = folder / "data.db"
    async with open_store(f"sqlite:///{file}") as store:
        await migrate(store, now=NOW)
        for text, address, day, choosing in sorted(history, key=lambda one: one[2]):
            person, now = store.vault.person(address), NOW + timedelta(days=day)

            async def job(connection, text=text, person=person, now=now, choosing=choosing):
                await unanswered.count(connection, store.vault, person, text, now=now)
                if choosing:
                    chosen = CountChosen(question=text, dataset="d-1", picked=True)
                    await unanswered.choose(connection, store.vault, person, chosen, now=now)

            await store.write(job)
            await unanswered.forget(store, now=now)
        during = b"".join(path.read_bytes() for path in folder.iterdir())
    return during + b"".join(path.read_bytes() for path in folder.iterdir())


def readable(history: list[tuple[str, Address, int, bool]]) -> set[str]:
    """The words that K different people used within one period."""
    askers: dict[tuple[str, int], set[Address]] = defaultdict(set)
    for text, address, day, _ in history:
        askers[text, (local_day(NOW).toordinal() + day) // KEEP_MARKS].add(address)
    return {text for (text, _), people in askers.items() if len(people) >= K}


@settings(max_examples=40)
@given(crowds=st.lists(CROWD, max_size=5), spread=st.integers(0, 10))
def test_no_stored_byte_tells_what_too_few_people_asked_or_who_asked(
    crowds: list[tuple[str, list[Address], int, bool]], spread: int
):
    history = [
        (text, address, day + spread * place, choosing)
        for text, people, day, choosing in crowds
        for place, address in enumerate(people)
    ]
    with tempfile.TemporaryDirectory() as folder:
        data = asyncio.run(written(Path(folder), history))
    told = readable(history)
    assert {text for text in WORDS if text.encode() in data} == told
    for _, address, _, _ in history:
        assert address.user.encode() not in data
        assert person_of(address).encode() not in data


def person_of(address: Address) -> str:
    """The keyed hash under which everything else about this person is found."""
    from bot.store.vault import Vault
    from tests.conftest import KEY

    return Vault(KEY).person(address)
