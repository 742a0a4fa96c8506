"""Background work that breaks is begun again, and none outlives the service."""

import asyncio

from gateway import worker
from tests.contract.harness import every_log


async def test_work_that_breaks_is_begun_again_and_its_log_quotes_nothing(canaries):
    begun: list[int] = []
    again = asyncio.Event()

    async def work() -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            raise RuntimeError(f"a bug that quotes {canaries.text}")
        again.set()
        await asyncio.Event().wait()

    with every_log() as logged, worker.running("work", work):
        await asyncio.wait_for(again.wait(), 10)
    assert begun == [0, 1]
    assert "RuntimeError" in logged()
    assert canaries.text not in logged()


async def test_work_that_breaks_stays_stoppable():
    async def work(stop: asyncio.Event) -> None:
        if not stop.is_set():
            raise RuntimeError("a bug")

    async with worker.until_stopped("work", work):
        await asyncio.sleep(0)


async def test_all_works_are_asked_to_stop_before_any_is_waited_for():
    ended: list[str] = []
    met = asyncio.Barrier(3)

    async def work(stop: asyncio.Event) -> None:
        await stop.wait()
        await met.wait()
        ended.append("work")

    async with worker.until_stopped("works", work, work, work):
        await asyncio.sleep(0)
    assert ended == ["work"] * 3


async def test_what_does_not_stop_is_cancelled():
    cancelled = asyncio.Event()

    async def deaf(stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with worker.until_stopped("deaf", deaf, seconds=0.05):
        await asyncio.sleep(0)
    assert cancelled.is_set()


async def test_no_work_at_all_ends_at_once():
    async with worker.until_stopped("nothing"):
        pass


async def test_what_nobody_caught_is_logged_without_what_it_quotes(canaries):
    worker.watch_strays()

    async def stray() -> None:
        raise RuntimeError(f"a bug that quotes {canaries.text}")

    with every_log() as logged:
        task = asyncio.create_task(stray())
        await asyncio.sleep(0)
        del task  # with its exception, that nobody has asked for
    assert "loop.stray" in logged()
    assert canaries.text not in logged()
