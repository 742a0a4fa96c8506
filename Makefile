# Everything that a person or a machine starts by hand. `make` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 3
CATALOGUE := data/sample/catalogue.csv
QUESTIONS := tests/data/queries-dev.csv
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test

.PHONY: help setup run simulate check test soak bench bundle clean tools packages

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(RUN_READY) ## prepare .venv with what the service needs, in the pinned versions

run: setup ## start the service with its embedded database and sample content on http://127.0.0.1:8080
	@exec $(BIN)/tracuu serve

simulate: setup ## every channel on one page, without any account: phones, providers that fail on purpose, a log
	@exec $(BIN)/tracuu simulate

check: tools ## style, types, who may import whom, unit tests: under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy -p tests.support
	$(BIN)/lint-imports
	$(PYTEST) -q --numprocesses $(WORKERS) tests/unit

test: tools packages ## every test but the long ones, WORKERS=3 at a time; as root it first installs Debian's packages
	$(PYTEST) --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: tools packages ## the tests that take hours
	$(PYTEST) -m soak --timeout=0

bench: tools ## accepting, dispatch, outbox, latency, start and look-up against their bars, in one table
	@.ci/packages bench
	$(BIN)/python -m bench
	$(BIN)/tracuu evaluate $(QUESTIONS) --catalogue $(CATALOGUE)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m bench.search 10000 100000
	$(BIN)/python bench/row_quality.py data/sample/tables.csv tests/data/rows-dev.csv
	$(BIN)/python bench/row_quality.py data/sample/tables.csv tests/data/rows-own.csv

bundle: tools ## dist/: one archive that installs on a machine without Internet
	@.ci/bundle

clean: ## remove what was installed and cached here; data under var/ stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

tools: $(TEST_READY)

packages:
	@.ci/packages

$(RUN_READY): pyproject.toml constraints.txt .ci/venv
	@.ci/venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(TEST_READY): $(RUN_READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
