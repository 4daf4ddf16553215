"""The project folder: settings with lines, secrets from outside, one command at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from pydantic import SecretStr

from moorage.errors import LockedError, RefusedError, SettingsError
from moorage.project import Project, SettingsFileError

CANARY = "canary-7f3a9-secret"


@dataclass(frozen=True)
class Kind:
    name: str
    mapping_template: Path
    secrets: tuple[str, ...] = ("password",)
    options: dict[str, tuple[Any, str]] = field(
        default_factory=lambda: {
            "host": (None, "where the database listens"),
            "port": (3306, "its port"),
            "password": (None, "never in the file"),
            "key_file": (None, "where the key is"),
        }
    )

    def counting(self, given: Mapping[str, Any]) -> Collection[str]:
        """By password, or by a key file from another machine; never both."""
        return ("host", "key_file") if given.get("host") == "far" else ("host", "port", "password")


@pytest.fixture(autouse=True)
def no_secrets_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MOORAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(keyring.core, "_keyring_backend", NoKeyring())


@pytest.fixture
def kind(tmp_path: Path) -> Kind:
    template = tmp_path / "template.yaml"
    template.write_text("moorage: 1\nsource: demo\nobjects: {}\n")
    return Kind("demo", template)


@pytest.fixture
def project(tmp_path: Path, kind: Kind) -> Project:
    return Project.create(tmp_path / "acme", "acme", kind, given={"host": "127.0.0.1"})


def written(project: Project, text: str) -> Project:
    project.settings_path.write_text(text)
    return Project(project.root)


def test_new_project_reads_back(project: Project, kind: Kind) -> None:
    assert project.name == "acme"
    assert project.settings.source.options == {"host": "127.0.0.1"}
    assert project.settings.destinations["production"].connections == 4
    assert project.mapping_path.read_text() == kind.mapping_template.read_text()
    assert "password:" not in project.settings_path.read_text()
    assert (project.state / ".gitignore").read_text() == "*\n"


def test_create_refuses_a_folder_with_something_in_it(tmp_path: Path, kind: Kind) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(RefusedError):
        Project.create(tmp_path / "full", "acme", kind)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["Acme", "9lives", "a-b", "", "a" * 41, "a\n"])
def test_create_refuses_odd_names(tmp_path: Path, kind: Kind, name: str) -> None:
    with pytest.raises(SettingsError):
        Project.create(tmp_path / "new", name, kind)
    assert not (tmp_path / "new").exists()


def test_found_from_a_folder_below(project: Project) -> None:
    below = project.reports / "2026"
    below.mkdir()
    assert Project.find(below).root == project.root


def test_no_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="moorage new"):
        Project.find(tmp_path)


def test_all_errors_at_once_with_lines(project: Project) -> None:
    broken = written(
        project,
        "moorage: 1\nproject: Acme Ltd\nsource:\n  host: h\ndestinations:\n  production:\n"
        "    url: odoo.example.com\n    database: ''\n    conections: 4\n",
    )
    with pytest.raises(SettingsFileError) as caught:
        _ = broken.settings
    places = {(finding.path, finding.line) for finding in caught.value.findings}
    assert places == {
        ("project", 2),
        ("source.kind", 3),
        ("destinations.production.url", 7),
        ("destinations.production.database", 8),
        ("destinations.production.conections", 9),
    }


@pytest.mark.parametrize(
    "lines",
    [
        f"  password: {CANARY}",
        f"  client_secret: {CANARY}",
        f"  api_key: '{CANARY}'",
        f"  password: {CANARY}\n  - broken",
        f"  password: [{CANARY}]",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(project: Project, lines: str) -> None:
    broken = written(project, f"project: acme\nsource:\n  kind: demo\n{lines}\n")
    with pytest.raises(SettingsFileError) as caught:
        _ = broken.settings
    said = f"{caught.value}{caught.value.findings}{caught.value.__cause__}"
    assert CANARY not in said
    assert caught.value.findings[0].line in (4, 5)


def test_url_with_a_password_is_refused_and_not_repeated(project: Project) -> None:
    broken = written(
        project,
        "project: acme\nsource: {kind: demo}\ndestinations:\n  production:\n"
        f"    url: https://admin:{CANARY}@odoo.example.com\n    database: d\n",
    )
    with pytest.raises(SettingsFileError) as caught:
        _ = broken.settings
    assert CANARY not in f"{caught.value}{caught.value.findings}{caught.value.__cause__}"


def test_options_for_another_way_of_reading_are_neither_asked_for_nor_taken(
    project: Project, kind: Kind
) -> None:
    assert "  # key_file:\n" in project.settings_path.read_text()
    head = "project: acme\nsource:\n  kind: demo\n  host: far\n"
    far = written(project, head + "  key_file: k\n")
    assert far.source_options(kind) == {"host": "far", "key_file": "k"}
    with pytest.raises(SettingsFileError) as failure:
        written(project, head + "  port: 7\n").source_options(kind)
    assert [finding.path for finding in failure.value.findings] == [
        "source.key_file",
        "source.port",
    ]


def test_source_options_are_checked_together(project: Project, kind: Kind) -> None:
    broken = written(project, "project: acme\nsource:\n  kind: demo\n  host:\n  prot: 1\n")
    with pytest.raises(SettingsFileError) as caught:
        broken.source_options(kind)
    assert [(f.path, f.line) for f in caught.value.findings] == [
        ("source.host", 4),
        ("source.prot", 5),
    ]


def test_secret_from_the_environment(
    project: Project, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORAGE_SOURCE_PASSWORD", CANARY)
    options = project.source_options(kind)
    assert options == {"host": "127.0.0.1", "port": 3306, "password": CANARY}
    assert CANARY not in repr(project.secrets.source())


def test_missing_secret_names_variable_and_command(project: Project) -> None:
    with pytest.raises(SettingsError) as caught:
        project.secrets.destination("staging")
    assert "MOORAGE_ODOO_KEY_STAGING" in caught.value.todo
    assert "moorage secret set staging" in caught.value.todo


def test_the_key_of_production_is_not_sent_elsewhere(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOORAGE_ODOO_KEY", CANARY)
    assert project.secrets.destination("production").get_secret_value() == CANARY
    with pytest.raises(SettingsError):
        project.secrets.destination("staging")


def test_throw_away_secrets_are_for_this_machine_only(project: Project) -> None:
    project.secrets.keep_throw_away({"production": SecretStr(CANARY)})
    assert (project.state / "throw-away.json").stat().st_mode & 0o777 == 0o600
    found = project.secrets.destination("production", url="http://127.0.0.1:8069")
    assert found.get_secret_value() == CANARY
    with pytest.raises(SettingsError):
        project.secrets.destination("production", url="https://odoo.example.com")


def test_no_keyring_is_said_calmly(project: Project) -> None:
    with pytest.raises(SettingsError, match="keyring"):
        project.secrets.store("source", SecretStr(CANARY))


def test_lock_names_the_holder(project: Project) -> None:
    code = (
        "import sys, pathlib; from moorage.project import Project\n"
        "with Project(pathlib.Path(sys.argv[1])).lock('run'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(project.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as caught, project.lock("plan"):
            pass
        assert str(holder.pid) in caught.value.where
        assert "moorage run" in caught.value.where
    finally:
        holder.kill()
        holder.wait()
    with project.lock("plan"):  # the dead one's lock is taken over
        assert project.holder is not None
        assert project.holder.pid == os.getpid()
    assert project.holder is None


def test_lock_of_another_machine_is_believed(project: Project) -> None:
    note = {"user": "ann", "host": "elsewhere", "pid": 1, "command": "run", "since": "today"}
    (project.state / "lock.json").write_text(json.dumps(note))
    with pytest.raises(LockedError, match="ann on elsewhere"), project.lock("plan"):
        pass
