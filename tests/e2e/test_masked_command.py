"""``tracuu datasets masked`` says which columns were hidden, where and why."""

import json
import shutil
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset, Resource
from bot.core.personal import MaskedColumn
from bot.store.masks import write_masks
from bot.store.table import make_table
from gateway.portal import Fetched
from tests.conftest import KEY, open_store
from tests.support.catalogue import publish
from tests.support.in_process import tracuu_here

TABLE = make_table(["Họ và tên", "Điện thoại"], [["Trần An", "•••"]])
COLUMNS = [
    MaskedColumn(position=0, heading="Họ và tên", kind="own", reason="operator", detail="công văn 12", cells=1),
    MaskedColumn(position=1, heading="Điện thoại", kind="phone", reason="heading", detail="điện thoại", cells=1),
]


def masked(folder: Path, *options: str) -> str:
    done = tracuu_here("datasets", "masked", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
async def folder(tmp_path: Path, migrated_file: Path) -> Path:
    shutil.copy(migrated_file, tmp_path / "tracuu.db")
    text = f'[store]\nurl = "sqlite:///tracuu.db"\n[security]\nkey = "{KEY.hex()}"\n'
    (tmp_path / "tracuu.toml").write_text(text, encoding="utf-8")
    async with open_store(f"sqlite:///{tmp_path / 'tracuu.db'}") as store:
        resource = Resource(position=0, title="Biểu 1", fields=TABLE.columns, row_count=1, table=TABLE.hash)
        dataset = Dataset(code="HDV", title="Hướng dẫn viên", publisher="Sở Du lịch", resources=(resource,))
        await publish(store, Fetched(dataset=dataset, tables=(TABLE,)))
        await write_masks(store, TABLE.hash, COLUMNS)
    return tmp_path


def test_masked_columns_are_listed_for_a_person_and_for_a_script(folder):
    assert masked(folder).splitlines() == [
        "HDV\tBiểu 1\tHọ và tên\tdenied\t1 cells\tdenied: công văn 12",
        'HDV\tBiểu 1\tĐiện thoại\ttelephone number\t1 cells\tits heading holds "điện thoại"',
    ]
    assert json.loads(masked(folder, "--json"))[1] == {
        "code": "HDV", "title": "Hướng dẫn viên", "publisher": "Sở Du lịch", "table": "Biểu 1", "column": "Điện thoại",
        "position": 1, "kind": "phone", "reason": "heading", "detail": "điện thoại", "cells": 1,
    }  # fmt: skip
