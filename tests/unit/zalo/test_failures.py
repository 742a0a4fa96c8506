"""Every row of the table of Zalo's errors, and what is wrong with a table that is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from gateway.errors import (
    DeferredError,
    ElsewhereError,
    MisconfiguredError,
    OptedOutError,
    RefusedError,
    ThrottledError,
    UnreachableError,
)
from gateway.zalo.failures import (
    AlarmingError,
    FailedError,
    Host,
    SpentError,
    TokenRefusedError,
    UploadExpiredError,
    WindowClosedError,
    judge,
    load_failures,
)

NOW = datetime(2026, 11, 16, 14, 30, 20, tzinfo=VIETNAM)

MEANT = {
    Host.OPEN_API: {
        TokenRefusedError: [-216, -220],
        ThrottledError: [-32],
        UploadExpiredError: [-100],
        FailedError: [-200],
        AlarmingError: [-201, -210, -233, -235, -240, -248],
        MisconfiguredError: [-204, -205, -209, -212, -219, -221, -223, -224, -242, -320, -321],
        ElsewhereError: [-213, -227, -249],
        SpentError: [-211, -218],
        OptedOutError: [-217, -244],
        WindowClosedError: [-230, -232],
        DeferredError: [-234],
    },
    Host.TEMPLATES: {
        TokenRefusedError: [-124],
        ThrottledError: [-32],
        UnreachableError: [-100],
        MisconfiguredError: [
            *(-101, -102, -103, -104, -105, -109, -115, -117, -120, -126, -127, -131, -132, -135, -136, -137, -138),
            *(-145, -146, -1241, -1351, -1381),
        ],
        RefusedError: [-108],
        AlarmingError: [-106, -111, -112, -116, -121, -122, -130, -1121, -1122, -1124],
        ElsewhereError: [-110, -114, -118, -119, -140],
        SpentError: [-1441, -1471, -1472],
        OptedOutError: [-139, -141],
        DeferredError: [-133, -144, -147],
    },
    Host.GRAPH: {MisconfiguredError: [-501]},
}
ROWS = [(host, code, error) for host, kinds in MEANT.items() for error, codes in kinds.items() for code in codes]


@pytest.mark.parametrize(("host", "code", "error"), ROWS, ids=[f"{host} {code}" for host, code, _ in ROWS])
def test_every_number_means_what_zalo_says_it_does(host, code, error):
    found = judge(host, code, "", now=NOW, spread=0.5)
    assert type(found) is error
    assert str(code) in str(found)


def test_no_row_of_the_table_is_left_untested():
    assert set(load_failures()) == {(host, code) for host, code, _ in ROWS}


def test_the_same_number_means_something_else_on_another_host():
    assert type(judge(Host.OPEN_API, -100, "", now=NOW, spread=0)) is UploadExpiredError
    assert type(judge(Host.TEMPLATES, -100, "", now=NOW, spread=0)) is UnreachableError


OVERLOADED = [
    (-32, "Your application reached the limit call per minute", ThrottledError),
    (-32, "Application reached its DAILY limit", DeferredError),
    (-223, "OA has not granted this API", MisconfiguredError),
    (-223, "OA exceeded its quota", SpentError),
    (-223, "Vượt quá hạn mức", SpentError),
]


@pytest.mark.parametrize(("code", "message", "error"), OVERLOADED)
def test_where_a_number_means_two_things_the_words_decide(code, message, error):
    assert type(judge(Host.OPEN_API, code, message, now=NOW, spread=0)) is error


def test_a_number_that_nobody_knows_ends_one_message_and_is_told():
    found = judge(Host.OPEN_API, -4711, "to 84901234567: hello", now=NOW, spread=0)
    assert type(found) is AlarmingError
    assert "-4711" in str(found)
    assert "hello" not in str(found)


@pytest.mark.parametrize("seconds", [0, 20, 59])
def test_the_rate_is_waited_for_until_the_next_minute(seconds):
    now = NOW.replace(second=seconds)
    found = judge(Host.OPEN_API, -32, "", now=now, spread=0.0)
    assert isinstance(found, ThrottledError)
    assert found.after == 60 - seconds


MORNINGS = [
    (-234, datetime(2026, 11, 16, 23, 0, tzinfo=VIETNAM), datetime(2026, 11, 17, 6, 5, tzinfo=VIETNAM)),
    (-234, datetime(2026, 11, 16, 3, 0, tzinfo=VIETNAM), datetime(2026, 11, 16, 6, 5, tzinfo=VIETNAM)),
    (-234, datetime(2026, 11, 16, 6, 5, tzinfo=VIETNAM), datetime(2026, 11, 17, 6, 5, tzinfo=VIETNAM)),
]


@pytest.mark.parametrize(("code", "now", "until"), MORNINGS)
def test_the_night_ends_at_five_past_six(code, now, until):
    first, last = (judge(Host.OPEN_API, code, "", now=now, spread=spread) for spread in (0.0, 1.0))
    assert isinstance(first, DeferredError)
    assert isinstance(last, DeferredError)
    assert (first.until, last.until) == (until, until + timedelta(minutes=10))


@pytest.mark.parametrize("hour", [0, 3, 14, 23])
def test_a_day_that_is_used_up_ends_tomorrow(hour):
    found = judge(Host.TEMPLATES, -144, "", now=NOW.replace(hour=hour), spread=0.0)
    assert isinstance(found, DeferredError)
    assert found.until == datetime(2026, 11, 17, 6, 5, tzinfo=VIETNAM)


WRONG = {
    "[[nowhere]]\ncode = -1": "nowhere",
    '[[openapi]]\ncode = 1\nmeaning = "m"\naction = "drop"': "code",
    '[[openapi]]\ncode = -1\nmeaning = " "\naction = "drop"': "meaning",
    '[[openapi]]\ncode = -1\nmeaning = "m"\naction = "pray"': "action",
    '[[openapi]]\ncode = -1\nmeaning = "m"\naction = "drop"\nsays = "x"': "says",
    '[[openapi]]\ncode = -1\nmeaning = "m"\naction = "drop"\nmore = 1': "other keys",
    '[[openapi]]\ncode = -1\nmeaning = "m"\naction = "drop"\n' * 2: "already",
    "[[openapi": "TOML",
    "openapi = [1]": "other keys",
}


@pytest.mark.parametrize(("text", "complaint"), WRONG.items(), ids=WRONG.values())
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, text: str, complaint: str):
    file = tmp_path / "errors.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=complaint):
        load_failures(file)


def test_a_missing_table_is_refused(tmp_path: Path):
    with pytest.raises(ContentError, match="cannot be read"):
        load_failures(tmp_path / "errors.toml")
