"""The description of the API is true: schemathesis asks what it allows and what it forbids, and checks every answer."""

import copy
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from tests.support.api import threaded_api
from tests.support.catalogue import crops
from tests.support.library import park

EXAMPLES = 4


@pytest.fixture(scope="module")
def served(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    file = shutil.copy(migrated_file, tmp_path_factory.mktemp("api") / "api.db")
    with threaded_api(f"sqlite:///{file}", *crops(5), park(1, 30)) as running:
        yield running


@pytest.fixture(scope="module")
def description(served: tuple[str, str]) -> dict[str, Any]:
    return requests.get(f"{served[0]}/api/openapi.json", timeout=30).json()


KNOWN: dict[str, dict[str, Any]] = {
    "search": {"query": {"q": "Vườn 1 2"}},
    "dataset": {"path_parameters": {"code": "v-1"}},
    "rows": {"path_parameters": {"code": "v-1"}},
    "changes": {},
    "feed": {},
}
"""What must be asked so that something is found."""


def try_out(
    description: dict[str, Any], served: tuple[str, str], mode: GenerationMode, only: str | None = None, **fixed: Any
) -> Counter[int]:
    """Ask every operation some questions; how often which status came. Raises FailureGroup for a wrong answer."""
    url, key = served
    asked: Counter[int] = Counter()
    with requests.Session() as session:
        schema = schemathesis.openapi.from_dict(description)
        refusals = schema.config.checks.negative_data_rejection
        refusals.expected_statuses = [*refusals.expected_statuses, "414"]  # a wrong list may also be a very long one
        for found in schema.get_all_operations():
            operation = found.ok()
            if only not in (None, operation.definition.raw["operationId"]):
                continue
            if mode is GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters):
                continue

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(mode, **fixed))
            def ask(case: schemathesis.Case) -> None:
                answer = case.call_and_validate(base_url=url, session=session, headers={"X-Api-Key": key})
                asked[answer.status_code] += 1

            ask()
    return asked


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_is_answered_as_described(description, served, mode):
    assert try_out(description, served, mode).total() >= 4 * EXAMPLES


@pytest.mark.parametrize("operation", KNOWN)
def test_what_is_there_is_shown_as_described(description, served, operation):
    statuses = try_out(description, served, GenerationMode.POSITIVE, operation, **KNOWN[operation])
    assert statuses[200]


def a_field_that_is_no_text(description: dict[str, Any]) -> str:
    description["components"]["schemas"]["DatasetShape"]["properties"]["title"]["type"] = "integer"
    return "datasets"


def a_field_that_is_not_told(description: dict[str, Any]) -> str:
    shape = description["components"]["schemas"]["ChangesShape"]
    shape["required"].remove("cursor")
    del shape["properties"]["cursor"]
    return "changes"


def a_status_that_is_not_told(description: dict[str, Any]) -> str:
    del description["paths"]["/api/v1/datasets/{code}"]["get"]["responses"]["404"]
    return "dataset"


def a_number_that_is_not_taken(description: dict[str, Any]) -> str:
    limit = next(p for p in description["paths"]["/api/v1/datasets"]["get"]["parameters"] if p["name"] == "limit")
    limit["schema"]["minimum"] = limit["schema"]["maximum"] = 101
    limit["required"] = True
    return "datasets"


def a_parameter_that_is_not_told(description: dict[str, Any]) -> str:
    parameters = description["paths"]["/api/v1/search"]["get"]["parameters"]
    parameters[:] = [parameter for parameter in parameters if parameter["name"] != "q"]
    return "search"


@pytest.mark.parametrize(
    "lie",
    [
        a_field_that_is_no_text,
        a_field_that_is_not_told,
        a_status_that_is_not_told,
        a_number_that_is_not_taken,
        a_parameter_that_is_not_told,
    ],
)
def test_a_description_that_lies_is_noticed(description, served, lie):
    wrong = copy.deepcopy(description)
    only = lie(wrong)
    with pytest.raises(FailureGroup):
        try_out(wrong, served, GenerationMode.POSITIVE, only)


def test_no_address_is_left_out_and_none_is_invented(description):
    described = {
        path: {(p["in"], p["name"]) for p in operation["get"]["parameters"]}
        for path, operation in description["paths"].items()
    }
    assert described == {
        "/api/v1/search": {("query", "q"), ("query", "province"), ("query", "limit")},
        "/api/v1/datasets": {("query", "after"), ("query", "limit")},
        "/api/v1/datasets/{code}": {("path", "code")},
        "/api/v1/datasets/{code}/rows": {
            ("path", "code"), ("query", "q"), ("query", "resource"), ("query", "offset"), ("query", "limit"),
        },
        "/api/v1/changes": {("query", "after"), ("query", "since"), ("query", "dataset"), ("query", "limit")},
        "/api/v1/changes.atom": {("query", "before"), ("query", "dataset")},
        "/api/openapi.json": set(),
    }  # fmt: skip
