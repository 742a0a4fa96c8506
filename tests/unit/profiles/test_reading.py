"""A profile's file: what it says is read, and whatever is wrong is refused with file, line and reason."""

import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.obligations.rule import Steps
from bot.core.text import clean
from bot.profiles import load_profiles
from bot.profiles.reading import read_profile
from bot.toml_lines import key_lines

HERE = Path(__file__).parent
GOOD = (HERE / "good.toml").read_text(encoding="utf-8")


def escaped(text: str) -> str:
    return text.replace("\\n", "\n")


def test_a_good_profile_is_read():
    profile = read_profile(HERE / "good.toml")
    assert (profile.id, profile.rule_set.decision.number, len(profile.rule_set.rules)) == ("good", "1/2026/QĐ-UBND", 3)
    assert profile.rule_set.urging.heads
    usual, own, _ = (rule.steps for rule in profile.rule_set.rules)
    assert (usual, own) == (Steps(before=(5, 0), after=(1, 3)), Steps(before=(20, 10, 3, 1), after=(1, 3)))


def test_each_mistake_is_refused_with_its_file_line_key_and_reason(tmp_path: Path):
    faults = []
    for row in tomllib.loads((HERE / "wrong.toml").read_text(encoding="utf-8"))["wrong"]:
        old, new, at = escaped(row["old"]), escaped(row["new"]), escaped(row["at"])
        assert GOOD.count(old) == 1, f"{old!r} is not once in good.toml"
        wrong = GOOD.replace(old, new)
        file = tmp_path / "good.toml"
        file.write_text(wrong, encoding="utf-8")
        line = wrong[: wrong.rfind(at) if at else 0].count("\n") + 1
        try:
            read_profile(file)
            faults.append(f"{new!r} passes")
        except ContentError as refused:
            said = (refused.file, refused.line, refused.key)
            if said != ("good.toml", line, row["key"]) or row["reason"] not in refused.reason:
                faults.append(f"{new!r}: expected line {line}, {row['key']}: {row['reason']}; said: {refused}")
    assert not faults, "\n".join(faults)


def test_two_profiles_of_one_name_stop_the_start(tmp_path: Path):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "kinhdo.toml").write_text(GOOD.replace('"good"', '"kinhdo"'), encoding="utf-8")
    with pytest.raises(ContentError, match="has another file"):
        load_profiles(tmp_path)


def test_the_line_of_a_key_is_found_whatever_stands_before_it():
    text = clean(
        'a = """one # [no]\nb = 1\n"""\n"c" = [ # ]\n  "]", { x = "[" },\n]\n# [d]\n[d.e]\nf = 1\n[[g]]\n[[g]]\nh = \'"""\'\n'
    )
    assert key_lines(text) == {"a": 1, "c": 4, "d.e": 8, "d.e.f": 9, "g[0]": 10, "g[1]": 11, "g[1].h": 12}
