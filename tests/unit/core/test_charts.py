"""A chart as a value: it comes back from JSON as it was, and only the same content has the same name."""

import json
from dataclasses import replace
from decimal import Decimal

from bot.core.charts import Chart, ChartKind, Point, Series, from_document, subject_of, to_document
from bot.core.findings import RowForm
from tests.support.talk import people

CHART = Chart(
    kind=ChartKind.LINE,
    title="An Giang – tổng thu",
    unit="triệu đồng",
    dataset="Quyết toán",
    series=(
        Series(
            name="An Giang",
            points=(
                Point(label="2013", value=Decimal("1615600.50"), printed="1.615.600,50"),
                Point(label="2014", value=None, printed="nguồn không ghi", own=True),
            ),
        ),
    ),
    note="10 mục",
    source=("Nguồn: Bộ Tài chính", "Mã 8AH7Y"),
)


def test_a_chart_comes_back_from_json_as_it_was():
    assert from_document(json.loads(json.dumps(to_document(CHART)))) == CHART


def test_charts_that_differ_in_anything_have_other_names():
    (series,) = CHART.series
    first, second = series.points
    others = (
        replace(CHART, title="x"),
        replace(CHART, source=("Nguồn: Bộ Tài chính",)),
        replace(CHART, series=(replace(series, points=(second, first)),)),
        replace(CHART, series=(replace(series, points=(first, replace(second, value=Decimal(0)))),)),
    )
    assert len({CHART.digest, *(other.digest for other in others)}) == 1 + len(others)
    assert from_document(to_document(CHART)).digest == CHART.digest


def test_an_answer_is_about_its_rows_and_columns_in_that_version_of_the_table():
    subject = subject_of(people(RowForm.LIST, 0, 2, asked=(4,), total=5))
    assert (subject.dataset, subject.table, subject.rows, subject.of, subject.asked) == (
        "mau-00000001",
        "a" * 64,
        (0, 2),
        5,
        (4,),
    )
