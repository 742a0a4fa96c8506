"""``install.sh`` puts the new version in the place of the old one, or leaves the old one as it was."""

import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.source import ROOT

INSTALLER = """
import pathlib, sys
program = pathlib.Path(sys.prefix) / "bin" / "tracuu"
program.write_text("#!/bin/sh\\necho {version}\\n")
program.chmod(0o755)
sys.exit({code})
"""


def make_bundle(folder: Path, version: str, *, code: int = 0) -> Path:
    """A bundle whose pip, instead of installing, writes a program that says ``version``, and ends with ``code``."""
    bundle = folder / version
    (bundle / "wheels").mkdir(parents=True)
    with zipfile.ZipFile(bundle / "wheels" / "pip-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("pip/__main__.py", INSTALLER.format(version=version, code=code))
    (bundle / "python-version").write_text("{}.{}\n".format(*sys.version_info[:2]), encoding="ascii")
    (bundle / "machine").write_text(f"{platform.machine()}\n", encoding="ascii")
    for name in ("deploy", "docs"):
        (bundle / name).mkdir()
    subprocess.run("sha256sum machine python-version wheels/* >SHA256SUMS", shell=True, cwd=bundle, check=True)  # noqa: S602
    script = bundle / "install.sh"
    script.write_bytes((ROOT / "deploy" / "install.sh").read_bytes())
    script.chmod(0o755)
    return bundle


def install(bundle: Path, target: str, *, here: Path) -> subprocess.CompletedProcess[str]:
    python = str(Path(os.path.realpath(sys.executable)).parent)
    environment = {"PATH": f"{python}:/usr/bin:/bin"}
    command = [str(bundle / "install.sh"), target]
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=60)


def version_in(folder: Path) -> str:
    return subprocess.run([folder / "bin" / "tracuu"], capture_output=True, text=True, check=True).stdout.strip()


def left_over(folder: Path) -> list[str]:
    return [entry.name for entry in folder.parent.iterdir() if entry.name.startswith(f"{folder.name}.")]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where version 1 is installed."""
    folder = tmp_path / "opt" / "tracuu"
    done = install(make_bundle(tmp_path, "1"), str(folder), here=tmp_path)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path: Path, target: Path) -> None:
    done = install(make_bundle(tmp_path, "2"), str(target), here=tmp_path)
    assert (done.returncode, version_in(target), left_over(target)) == (0, "2", [])


def test_an_installation_that_fails_leaves_the_old_version(tmp_path: Path, target: Path) -> None:
    done = install(make_bundle(tmp_path, "2", code=3), str(target), here=tmp_path)
    assert done.returncode == 3
    assert done.stderr.endswith("what was there before is there again\n")
    assert (version_in(target), left_over(target)) == ("1", [])


def test_the_old_version_outlives_a_run_that_was_killed(tmp_path: Path, target: Path) -> None:
    target.rename(f"{target}.being-replaced")
    target.mkdir()
    (target / "pyvenv.cfg").touch()
    assert install(make_bundle(tmp_path, "2", code=3), str(target), here=tmp_path).returncode == 3
    assert (version_in(target), left_over(target)) == ("1", [])


def test_a_folder_is_meant_from_where_one_stands_and_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    done = install(make_bundle(tmp_path, "1"), "here", here=tmp_path)
    assert (done.returncode, version_in(tmp_path / "here")) == (0, "1"), done.stderr


def test_what_belongs_to_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").touch()
    done = install(make_bundle(tmp_path, "1"), "theirs", here=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"install.sh: {tmp_path}/theirs exists and holds something else\n")


def test_a_damaged_bundle_is_refused(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, "1")
    (bundle / "wheels" / "pip-1-py3-none-any.whl").write_bytes(b"torn")
    done = install(bundle, "here", here=tmp_path)
    assert done.returncode == 1
    assert "the bundle is damaged: copy it again" in done.stderr
    assert not (tmp_path / "here").exists()
