"""Index files: what was written comes back, and a broken file says so."""

from pathlib import Path

import numpy as np
import pytest

from bot.search.packed import IndexFileError, Texts, open_packed, write_packed

WORDS = ("đường", "", "Quảng Ngãi", "𝛑")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words.index"
    numbers = {"numbers": np.arange(7, dtype=np.uint32), "none": np.zeros((0, 3), np.int16)}
    write_packed(path, numbers | Texts.of(WORDS).arrays("words"), {"version": 3})
    return path


def test_arrays_texts_and_facts_come_back(file: Path):
    packed = open_packed(file)
    assert packed.arrays["numbers"].tolist() == list(range(7))
    assert packed.arrays["none"].shape == (0, 3)
    assert tuple(packed.texts("words")) == WORDS
    assert packed.texts("words")[-2:] == list(WORDS[-2:])
    assert packed.facts == {"version": 3}


def test_what_is_mapped_cannot_be_changed(file: Path):
    with pytest.raises(ValueError, match="read-only"):
        open_packed(file).arrays["numbers"][0] = 1


def test_a_file_that_was_replaced_still_serves_those_who_have_it_open(file: Path):
    packed = open_packed(file)
    write_packed(file, {"numbers": np.zeros(1, np.uint32)}, {})
    assert packed.arrays["numbers"].tolist() == list(range(7))
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("kept", [0, 5, 40, 200])
def test_a_file_that_was_cut_short_is_no_index(file: Path, kept: int):
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(IndexFileError, match=r"words\.index"):
        open_packed(file)


def test_a_missing_file_is_no_index(tmp_path: Path):
    with pytest.raises(IndexFileError, match="cannot be read"):
        open_packed(tmp_path / "none")


@pytest.mark.parametrize("place", [20, 40, 200, -1, -65])
def test_a_file_of_which_one_byte_was_altered_is_no_index(file: Path, place: int):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises(IndexFileError, match=r"words\.index is damaged"):
        open_packed(file)


def test_texts_may_be_taken_several_at_once(file: Path):
    assert list(open_packed(file).texts("words").several([3, 0, 1])) == [WORDS[3], WORDS[0], WORDS[1]]
