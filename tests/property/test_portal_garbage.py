"""Whatever a portal answers, reading it ends in entries or in a PortalError, never in another exception."""

import asyncio
import contextlib
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.dataset_code import KeyCodes
from gateway.dcat.document import read_document
from gateway.dcat.paging import read_page
from gateway.dcat.reading import Reader
from gateway.portal import PortalError
from tests.support.portals import Told, read_told

FEW = settings(max_examples=40, deadline=None, database=None)
NAMES = st.sampled_from(
    ["@context", "@graph", "@id", "@type", "@value", "@language", "@list", "@vocab", "@container", "dataset", "title",
     "title@vi", "identifier", "distribution", "downloadURL", "publisher", "name", "dct:title", "hydra:next", "modified",
     "http://purl.org/dc/terms/title", "accessLevel", "byteSize", "id", "type"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "dcat:Dataset",
            "@id",
            "@type",
            "https://[",
            "//",
            "\ud800",
            "_:a",
            "2026-02-31",
            "1e999",
            "https://a.vn/?page=2",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
PARTS = st.sampled_from(
    ["<", ">", "&", '"', "<rdf:RDF", "<dcat:Dataset>", "</dcat:Dataset>", "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n",
     " a dcat:Dataset .", "<x>", "_:b", '"t"@vi', "<!DOCTYPE x>", "\x00", "\ufeff", "https://a.vn/1\n", "é"]
)  # fmt: skip
DCAT, PX = "https://a.vn/data.json", "https://px.a.vn/api/v1/vi"
FREE = {"maxCalls": 10**9, "timeWindow": 10}


def read(source: str, answers: dict[str, object]) -> None:
    with contextlib.suppress(PortalError):
        asyncio.run(read_told(source, Told(answers)))


def read_dcat(body: bytes) -> None:
    with contextlib.suppress(PortalError):
        document = read_document(body, "", base=DCAT)
        read_page(document.graph)
        list(Reader(province="hue", codes=KeyCodes("hue")).read(document.graph, DCAT))


@FEW
@given(VALUES)
@example({"dataset": [{"identifier": "\ud800", "title": "\ud800x", "modified": "0001-01-01T00:00:00+14:00"}]})
@example({"@context": {"a": "a:b", "b": {"@id": "b"}}, "a": "b"})
@example({"@id": "x", "@type": "dcat:Dataset", "dcat:distribution": {"@id": "x"}})
def test_any_json_is_read_or_refused(document):
    read_dcat(json.dumps(document).encode())


@FEW
@given(st.lists(PARTS, max_size=8).map("".join))
@example("@prefix a: <http://www.w3.org/ns/dcat#> .\n<x y> a a:Dataset .")
def test_any_text_is_read_or_refused(text):
    read_dcat(text.encode())


PX_NAMES = st.sampled_from(
    ["dbid", "id", "type", "text", "updated", "title", "variables", "code", "values", "valueTexts", "time"]
)
PX_VALUES = st.recursive(
    SCALARS | st.sampled_from(["t", "l", "a/b", "../x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PX_NAMES, inner, max_size=4),
    max_leaves=10,
)


@FEW
@given(PX_VALUES, PX_VALUES, PX_VALUES)
def test_any_answer_of_px_web_is_read_or_refused(root, folder, table):
    listing = folder if isinstance(folder, list) else [{"id": "T.px", "type": "t", "text": folder, "updated": root}]
    answers = {
        f"{PX}/?config": FREE,
        f"{PX}/": [{"dbid": "D", "text": root}],
        f"{PX}/D": listing,
        f"{PX}/D/T.px": table,
    }
    read(f"pxweb:{PX}", {url: json.dumps(answer).encode() for url, answer in answers.items()})
