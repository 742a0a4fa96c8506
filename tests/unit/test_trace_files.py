"""The trace on disk: bounded, private, never in the way of what is sent, and found again by what is asked."""

import json
import os
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from yarl import URL

from bot.core.errors import ContentError
from gateway.commands.trace import _begin, line_of
from gateway.exchange import MOST, Behalf, Exchange
from gateway.redaction import redact
from gateway.trace_files import TraceFiles
from gateway.trace_reading import Wanted, follow_trace, has_failed, read_trace


def exchange(message: int = 1, *, status: int = 200, answer: bytes = b"{}", at: float | None = None) -> Exchange:
    made = Exchange(
        method="POST",
        url=URL("https://openapi.zalo.me/v3.0/oa/message/cs"),
        known=True,
        behalf=Behalf(channel="zalo", account="1", message=message, part=0),
        at=at or time.time(),
    )
    made.status = status
    made.end(answer)
    return made


def written(folder: Path) -> list[int]:
    return [record["message"] for record in read_trace(folder, Wanted())]


def test_what_is_done_is_written_for_its_owner_only(tmp_path: Path):
    folder = tmp_path / "trace"
    files = TraceFiles(folder)
    going_on = exchange(2)
    going_on.done = False
    for one in (exchange(1), going_on, exchange(3)):
        files.add(one)
    files.flush()
    assert written(folder) == [1, 3]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    going_on.done = True
    files.flush()
    assert sorted(written(folder)) == [1, 2, 3]


def test_processes_write_files_of_their_own_that_are_read_as_one(tmp_path: Path):
    now = time.time()
    for number, files in enumerate((TraceFiles(tmp_path), TraceFiles(tmp_path), TraceFiles(tmp_path))):
        files.add(exchange(number, at=now - number))
        files.flush()
        time.sleep(0.001)
    assert len(list(tmp_path.iterdir())) == 3
    assert written(tmp_path) == [2, 1, 0]


def test_all_files_together_keep_within_the_bound(tmp_path: Path):
    files = TraceFiles(tmp_path, file_bytes=2000, all_bytes=10_000)
    for number in range(200):
        files.add(exchange(number))
        files.flush()
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 10_000 + 1000
    kept = written(tmp_path)
    assert kept == list(range(kept[0], 200))
    assert len(kept) > 10


def test_what_is_older_than_a_week_is_deleted(tmp_path: Path):
    old = TraceFiles(tmp_path)
    old.add(exchange(1))
    old.flush()
    (file,) = tmp_path.iterdir()
    week = time.time() - timedelta(days=7, minutes=1).total_seconds()
    os.utime(file, (week, week))
    new = TraceFiles(tmp_path)
    new.add(exchange(2))
    new.flush()
    assert written(tmp_path) == [2]


def test_what_the_disk_does_not_take_is_counted_and_told_when_it_takes_again(tmp_path: Path):
    folder = tmp_path / "trace"
    folder.write_text("in the way")
    files = TraceFiles(folder)
    files.add(exchange(1))
    files.add(exchange(2))
    files.flush()
    assert files.dropped == 2
    folder.unlink()
    files.add(exchange(3))
    files.flush()
    told = read_trace(folder, Wanted())
    assert [record.get("dropped", record.get("message")) for record in told] == [2, 3]
    assert line_of(told[0]) == "2 exchanges could not be written down"


def test_a_writer_that_cannot_keep_up_drops_and_counts(tmp_path: Path):
    files = TraceFiles(tmp_path)
    for number in range(10_010):
        files.add(exchange(number))
    assert files.dropped == 10
    files.flush()
    assert read_trace(tmp_path, Wanted())[0] == {"at": "", "dropped": 10}


def test_half_a_line_and_what_is_no_record_are_passed_over(tmp_path: Path):
    (tmp_path / "1-1.jsonl").write_text(
        '{"at":"x"\n[1]\n{"at":"2026-01-01T00:00:00+00:00","message":4}\n{"at":"2026', "utf-8"
    )
    assert written(tmp_path) == [4]


def test_a_file_somebody_else_put_there_is_not_followed(tmp_path: Path):
    folder, victim = tmp_path / "trace", tmp_path / "victim"
    victim.write_text("untouched")
    files = TraceFiles(folder)
    files.add(exchange(1))
    files.flush()
    (file,) = folder.iterdir()
    file.unlink()
    file.symlink_to(victim)
    files.add(exchange(2))
    files.flush()
    assert victim.read_text() == "untouched"


def test_what_is_asked_for_is_found(tmp_path: Path):
    files = TraceFiles(tmp_path)
    hour = time.time() - 3600
    for one in (exchange(1, at=hour), exchange(2, status=500), exchange(3, answer=b'{"error":-216}'), exchange(4)):
        files.add(one)
    files.flush()

    def numbers(**wanted: object) -> list[int]:
        return [record["message"] for record in read_trace(tmp_path, Wanted(**wanted))]  # type: ignore[arg-type]

    assert numbers(message=2) == [2]
    assert numbers(account="zalo/1") == [1, 2, 3, 4]
    assert numbers(account="zalo/2") == []
    assert numbers(since=datetime.now(UTC) - timedelta(minutes=1)) == [2, 3, 4]
    assert numbers(failed=True) == [2, 3]
    assert [record["message"] for record in read_trace(tmp_path, Wanted(), newest=2)] == [3, 4]


def test_what_comes_is_followed_whole_lines_at_a_time(tmp_path: Path):
    files = TraceFiles(tmp_path)
    files.add(exchange(1))
    files.flush()
    coming = [2, 3]

    def pause() -> None:
        files.add(exchange(coming.pop(0)))
        files.flush()

    following = follow_trace(tmp_path, Wanted(), pause)
    assert [next(following)["message"], next(following)["message"]] == [2, 3]


def test_a_failure_is_what_has_no_good_answer():
    good = {"status": 200, "answer": {"error": 0, "ok": True}}
    assert not has_failed(good)
    assert has_failed({**good, "status": 404})
    assert has_failed({**good, "status": None})
    assert has_failed({**good, "answer": {"ok": False}})
    assert has_failed({**good, "error": "ServerTimeoutError"})


def test_a_line_for_a_person():
    record = redact(exchange(7, answer=b'{"error":-216,"message":"x"}', at=1_795_000_000.25), None)
    record["ms"] = 41.5
    assert line_of(json.loads(json.dumps(record))) == (
        "18/11 18:06:40.250  zalo/1 message 7:0  POST openapi.zalo.me:443/v3.0/oa/message/cs  200 in 41.5 ms  "
        "got error=-216 message=text(1)"
    )


def test_an_id_without_a_key_is_told_by_its_length():
    assert redact(exchange(answer=b'{"msg_id":"abcdef"}'), None)["answer"] == {"msg_id": "text(6)"}


def test_a_long_body_is_looked_at_to_a_bound():
    made = exchange()
    made.add(b"x" * (MOST + 5))
    made.end(b"y" * (MOST + 5))
    assert (len(made.sent), len(made.answer or b"")) == (MOST, MOST)


@pytest.mark.parametrize(
    ("body", "told"), [(b"[" * 100_000, "text(16384)"), (b"\xff\xfe", "text(2)"), (b"1", "text(1)")]
)
def test_an_answer_of_any_shape_is_told(body: bytes, told: str):
    assert redact(exchange(answer=body), None)["answer"]["body"] == told


def test_a_while_that_is_none_is_refused():
    assert _begin("") is None
    with pytest.raises(ContentError, match="--since"):
        _begin("yesterday")
