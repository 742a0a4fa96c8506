"""Whatever is typed: the exact title comes first, scores stay in range, nothing breaks."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalogue import Dataset, Table
from bot.core.findings import Decision
from bot.core.text import fold
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup, find
from bot.search.places import load_places
from bot.search.table import TableIndex

DATA = Path(__file__).resolve().parents[2] / "data"
TITLES = (
    "Diện tích, dân số và mật độ dân số phân theo địa phương",
    "Sản lượng lúa cả năm phân theo địa phương",
    "Số lượng lợn phân theo địa phương",
    "Tỷ lệ hộ nghèo phân theo thành thị, nông thôn và theo vùng",
    "Số huy chương thể thao quốc tế đạt được",
    "Nhạc cụ Nhã nhạc",
)
LOOKUP = Lookup.build(
    [Dataset(code=str(number), title=title, province="Toàn quốc") for number, title in enumerate(TITLES)],
    lexicon=load_lexicon(DATA / "synonyms"),
    places=load_places(DATA / "places"),
    version=1,
)
WORDS = st.lists(st.sampled_from([*" ".join(TITLES).split(), "bao", "nhiêu", "quảng", "ngãi", "2019", "xã", "nào"]))
NAMES = st.text(alphabet="abcdeghiklmnoquxy ", min_size=3, max_size=20).filter(lambda name: name.strip() != "")


@given(st.sampled_from(TITLES), st.sampled_from([str, str.upper, fold]))
def test_an_exact_title_comes_first_however_it_is_written(title: str, written):
    assert LOOKUP.titles(written(title)).hits[0].dataset.title == title


@given(st.one_of(st.text(max_size=200), WORDS.map(" ".join)))
def test_scores_stay_in_range_and_in_order(question: str):
    findings = LOOKUP.titles(question)
    scores = [hit.score for hit in findings.hits]
    assert all(0 < score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert findings.answered == (findings.decision is Decision.MENU)


@given(st.lists(st.tuples(NAMES, st.integers(0, 10**6)), min_size=1, max_size=20), WORDS.map(" ".join))
async def test_every_row_that_is_given_is_a_row_of_the_table(rows: list[tuple[str, int]], question: str):
    held = Table(hash="t", columns=("ten", "dan_so"), rows=tuple((name, str(number)) for name, number in rows))
    dataset = Dataset(code="d", title="Dân số các xã", province="Toàn quốc")
    lookup = Lookup.build([dataset], lexicon=LOOKUP.lexicon, places=LOOKUP.places, version=1)

    async def load(_content: str) -> TableIndex:
        return TableIndex.build(held)

    found = (await find(lookup, f"{rows[0][0]} {question}", load_table=load, dataset="d")).figures
    if found:
        assert found.rows == tuple(held.rows[number] for number in found.numbers)
        assert found.total >= len(found.rows)
