"""How moments and documents are kept: the same value on both engines."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.messages import Choice, Picture, Reply
from bot.store.reply import from_document, to_document
from bot.store.types import Instant, Json, to_micros

DIALECTS = (sqlite.dialect(), postgresql.dialect())
MOMENTS = (
    datetime(2026, 11, 16, 9, 0, 0, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
)
DOCUMENTS = ({"chữ": "Đường", "n": [1, None, {"a": True}]}, [], "", None, {"emoji": "🏥"})


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_comes_back_to_the_microsecond(moment, dialect):
    kept = Instant().process_bind_param(moment, dialect)
    assert Instant().process_result_value(kept, dialect) == moment


def test_moments_are_kept_in_their_order():
    ordered = sorted(MOMENTS)
    assert [to_micros(moment) for moment in ordered] == sorted(to_micros(moment) for moment in ordered)
    assert to_micros(MOMENTS[1] + timedelta(microseconds=1)) == 1


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 11, 16))  # noqa: DTZ001 – that is the mistake


@pytest.mark.parametrize("document", DOCUMENTS, ids=repr)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_document_comes_back_as_it_was(document, dialect):
    kept = Json().process_bind_param(document, dialect)
    assert Json().process_result_value(kept, dialect) == document


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text=""),
        Reply(text="Dân số", brief="Dan so", urgent=True),
        Reply(
            text="a",
            choices=(Choice(label="Đúng", value="yes:1"),),
            link="https://a.vn",
            image=Picture(reference="7KQ2M-ab", text="Cao nhất: A: 2"),
            actions=(Choice(label="Biểu đồ", value="chart:7KQ2M"),),
        ),
    ],
    ids=["empty", "brief and urgent", "choices, link and image"],
)
def test_a_reply_comes_back_as_it_was(reply):
    assert from_document(to_document(reply)) == reply
