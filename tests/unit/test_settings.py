"""The settings: defaults, overrides, secrets; and a refusal with place and reason for everything else."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from gateway.settings import Settings, load_settings


def load(folder: Path, text: str = "", **variables: str) -> Settings:
    file = folder / "tracuu.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, variables)


def test_an_empty_file_is_a_working_deployment(tmp_path: Path):
    settings = load(tmp_path)
    assert settings.service.port == 8080
    assert settings.store_url == f"sqlite:///{tmp_path / 'var' / 'tracuu.db'}"
    assert settings.key_file == tmp_path / "var" / "key"
    assert settings.lexicon_file == tmp_path / "lexicon.toml"
    assert settings.index_folder == tmp_path / "var" / "index"


def test_index_files_lie_beside_the_database_or_the_settings(tmp_path: Path):
    assert load(tmp_path, '[store]\nurl = "sqlite:////srv/data.db"\n').index_folder == Path("/srv/index")
    assert load(tmp_path, '[store]\nurl = "postgresql://u@h/d"\n').index_folder == tmp_path / "var" / "index"
    assert load(tmp_path, '[store]\nindex = "fast/disk"\n').index_folder == tmp_path / "fast" / "disk"
    assert load(tmp_path, '[store]\nindex = "/srv/i"\n').index_folder == Path("/srv/i")


def test_an_absolute_path_and_another_engine_stay_as_they_are(tmp_path: Path):
    for url in ("sqlite:////srv/data.db", "postgresql://user:word@host/db"):
        assert load(tmp_path, f'[store]\nurl = "{url}"\n').store_url == url


def test_the_operators_words_may_lie_elsewhere(tmp_path: Path):
    assert load(tmp_path, '[service]\nlexicon = "words/ours.toml"\n').lexicon_file == tmp_path / "words" / "ours.toml"
    assert load(tmp_path, '[service]\nlexicon = "/srv/ours.toml"\n').lexicon_file == Path("/srv/ours.toml")


def test_a_variable_overrides_one_value_and_leaves_its_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRACUU_SERVICE__PORT", "9000")
    settings = load(tmp_path, '[service]\nhost = "0.0.0.0"\nport = 1\n', TRACUU_SERVICE__PORT="9000")
    assert (settings.service.host, settings.service.port) == ("0.0.0.0", 9000)  # noqa: S104 – nothing listens


def test_secrets_come_from_variables_and_files(tmp_path: Path):
    (tmp_path / "token").write_text("from-file\n", encoding="utf-8")
    text = '[security]\nkey = "env:KEY"\n[[accounts]]\nchannel = "x"\naccount = "1"\ntoken = "file:token"\n'
    settings = load(tmp_path, text, KEY="ab" * 32)
    assert settings.security.key is not None
    assert settings.security.key.get_secret_value() == "ab" * 32
    assert settings.accounts[0]["token"] == "from-file"  # noqa: S105 – it opens nothing
    assert "ab" * 32 not in repr(settings.security)


def test_a_variable_that_a_setting_names_is_known(tmp_path: Path):
    assert load(tmp_path, '[security]\nkey = "env:TRACUU_KEY"\n', TRACUU_KEY="ab" * 32).security.key is not None


REFUSED = {
    "unknown section": ("[servce]\nport = 1\n", {}, "tracuu.toml: servce: is not a setting"),
    "unknown key": ("[service]\nprot = 1\n", {}, "tracuu.toml: service.prot: is not a setting"),
    "wrong type": ('[service]\nport = "many"\n', {}, "tracuu.toml: service.port: "),
    "out of range": (
        "[service]\nport = 70000\n",
        {},
        "tracuu.toml: service.port: is to be less than or equal to 65535",
    ),
    "a text for a list": ('[outbound]\nhosts = "x.vn"\n', {}, "tracuu.toml: outbound.hosts: is to be a list, in [ ]"),
    "a list for a table": ("[[outbound]]\ntrace = true\n", {}, "tracuu.toml: outbound: is to be a table"),
    "a text for a number": ('[outbound.seconds]\n"x.vn" = "long"\n', {}, "outbound.seconds.x.vn: is to be a number"),
    "the second of two": (
        '[[sources]]\nkind = "csv"\nurl = "x"\n[[sources]]\nkind = "csv"\n',
        {},
        "tracuu.toml: sources[2].url: is missing",
    ),
    "broken TOML": ("[service\n", {}, "TOML: "),
    "folder is not for the file": ('folder = "x"\n', {}, "folder: is not a setting"),
    "unknown variable": ("", {"TRACUU_SERVICE__PROT": "1"}, "environment: TRACUU_SERVICE__PROT: "),
    "variable without section": ("", {"TRACUU_PORT": "1"}, "environment: TRACUU_PORT: "),
    "missing variable": ('[security]\nkey = "env:NONE"\n', {}, "security.key: the variable NONE is not set"),
    "missing file": ('[security]\nkey = "file:none"\n', {}, "security.key: none cannot be read"),
    "missing secret of an account": (
        '[[accounts]]\nchannel = "x"\ntoken = "env:NONE"\n',
        {},
        "accounts[1].token: the variable NONE is not set",
    ),
}


@pytest.mark.parametrize(("text", "variables", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused_with_place_and_reason(
    tmp_path: Path, text: str, variables: dict[str, str], complaint: str
):
    with pytest.raises(ContentError) as refusal:
        load(tmp_path, text, **variables)
    assert complaint in str(refusal.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path):
    with pytest.raises(ContentError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})


def test_a_wrong_secret_is_never_quoted(tmp_path: Path):
    with pytest.raises(ContentError) as refusal:
        load(tmp_path, "[security]\nkey = 12345678901234\n")
    assert "12345678901234" not in str(refusal.value)
