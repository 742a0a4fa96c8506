"""What ``tracuu simulate`` refuses before it starts anything."""

import fcntl
import subprocess
from pathlib import Path

from tests.support.simulated import simulate_command

SECONDS = 30


def refusal(*words: str) -> tuple[int, str]:
    """Exit code and sentence of a start that does not come about."""
    ended = subprocess.run(simulate_command(*words), capture_output=True, text=True, timeout=SECONDS, check=False)
    return ended.returncode, ended.stderr


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path):
    (tmp_path / "tracuu.toml").write_text("")
    code, said = refusal("--folder", str(tmp_path))
    assert code == 2
    assert "holds something else" in said
    assert [file.name for file in tmp_path.iterdir()] == ["tracuu.toml"]


def test_a_second_simulator_does_not_empty_the_folder_of_the_first(tmp_path: Path):
    (tmp_path / "data.db").write_text("theirs")
    with (tmp_path / ".simulate").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        code, said = refusal("--folder", str(tmp_path))
    assert code == 2
    assert "another simulator" in said
    assert (tmp_path / "data.db").read_text() == "theirs"


def test_the_accounts_of_a_settings_file_are_never_played_with(tmp_path: Path):
    settings = tmp_path / "tracuu.toml"
    settings.write_text('[[accounts]]\nchannel = "telegram"\naccount = "main"\n')
    command = simulate_command("--folder", str(tmp_path / "play"))
    command[command.index("simulate") : command.index("simulate")] = ["--config", str(settings)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 2
    assert "makes its own accounts" in ended.stderr
    assert not (tmp_path / "play").exists()
