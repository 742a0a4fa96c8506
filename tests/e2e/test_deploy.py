"""What lies in deploy/ fits the program: the unit, the settings, the image, the bundle for machines without Internet."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from gateway.app import STOP_SECONDS, Role
from gateway.database import PATIENCE_SECONDS
from gateway.metrics import Metrics
from gateway.settings import load_settings
from tests.support.source import ROOT

DEPLOY = ROOT / "deploy"
PLAIN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def unit() -> str:
    return (DEPLOY / "tracuu.service").read_text(encoding="utf-8")


def seconds(name: str) -> float:
    found = re.search(rf"^{name}=(\d+)$", unit(), re.MULTILINE)
    assert found, name
    return float(found[1])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    installed = tmp_path / "tracuu.service"
    installed.write_text(unit().replace("/opt/tracuu/bin/tracuu", sys.executable), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(installed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "tracuu.service" not in done.stderr


def test_systemd_waits_as_long_as_the_service_may_take() -> None:
    assert seconds("TimeoutStartSec") > 2 * PATIENCE_SECONDS
    assert seconds("TimeoutStopSec") > STOP_SECONDS


def test_the_example_settings_can_be_loaded(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "tracuu.toml", tmp_path)
    (tmp_path / "key").write_text("ab" * 32, encoding="ascii")
    settings = load_settings(tmp_path / "tracuu.toml", {})
    assert settings.store_url == "sqlite:////var/lib/tracuu/tracuu.db"


def test_what_the_example_leaves_out_can_be_put_in(tmp_path: Path) -> None:
    example = (DEPLOY / "tracuu.toml").read_text(encoding="utf-8")
    (tmp_path / "tracuu.toml").write_text(
        re.sub(r"^# (\w+ =|\[)", r"\1", example, flags=re.MULTILINE), encoding="utf-8"
    )
    for name in ("key", "kannel-password", "kannel-token"):
        (tmp_path / name).write_text("ab" * 32, encoding="ascii")
    text = (tmp_path / "tracuu.toml").read_text(encoding="utf-8")
    (tmp_path / "tracuu.toml").write_text(text.replace('url = "sqlite:////var/lib/tracuu/tracuu.db"\n', "", 1), "utf-8")
    settings = load_settings(tmp_path / "tracuu.toml", {})
    assert [account["account"] for account in settings.accounts] == ["8179"]
    assert [source.kind for source in settings.sources] == ["csv"]


def test_the_image_runs_as_nobody_special_and_keeps_no_build_tools() -> None:
    build, final = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")[-2:]
    assert "pip install" in build
    assert "uninstall --yes pip" in build
    assert "pip" not in final
    assert "USER 10001" in final
    assert "HEALTHCHECK" in final
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", build, re.MULTILINE)
    assert all((ROOT / name).exists() for names in copied for name in names.split())


def test_the_composition_has_each_role_once() -> None:
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert re.findall(r'command: \["serve", "--role", "(\w+)"\]', compose) == [role.value for role in Role]


def test_the_figures_that_deserve_an_alarm_exist() -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(tracuu_\w+)", page))
    shown = Metrics().export().decode()
    assert names
    assert {name for name in names if f"# TYPE {name} " not in shown} == set()


@pytest.mark.soak
def test_the_bundle_installs_and_answers_without_a_network(tmp_path: Path) -> None:
    made = subprocess.run([str(ROOT / ".ci" / "bundle"), str(tmp_path)], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    archive = Path(made.stdout.strip())
    with tarfile.open(archive) as content:
        content.extractall(tmp_path, filter="data")
    bundle = tmp_path / archive.name.removesuffix(".tar.gz")
    installed = run_offline(tmp_path, str(bundle / "install.sh"), str(tmp_path / "installed"))
    assert installed.returncode == 0, installed.stderr
    asked = run_offline(tmp_path, str(tmp_path / "installed" / "bin" / "tracuu"), "ask", "dan so quang ngai")
    assert "2.161.755" in asked.stdout, asked.stderr
    (bundle / "machine").write_text("abacus\n", encoding="ascii")
    assert "this bundle is for abacus" in run_offline(tmp_path, str(bundle / "install.sh"), str(tmp_path / "x")).stderr
    print(f"\nbundle: {archive.stat().st_size / 1e6:.0f} MB")


def run_offline(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder`` where there is no network; root can take it away, others can only point it nowhere."""
    python = str(Path(os.path.realpath(sys.executable)).parent)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:1")
    environment = PLAIN | nowhere | {"PATH": f"{python}:{PLAIN['PATH']}", "HOME": str(folder)}
    before = ["unshare", "--net"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*before, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
