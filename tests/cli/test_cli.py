"""The command line itself: overview, exit codes, JSON, locks, calm errors, no secret anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from moorage.cli.app import app, main
from moorage.cli.crash import redacted, write_crash
from moorage.project import Project
from moorage.sources.base import source_kind

CANARY = "canary-7f3a9-secret"
VERBS = (
    "new", "discover", "extract", "map", "prepare", "owners", "duplicates", "issues", "plan",
    "run", "verify", "rollback", "status", "demo", "template",
)  # fmt: skip


def moorage(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command, away from this machine's secrets and keyring."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOORAGE_")}
    clean |= {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-m", "moorage.cli.app", *arguments],
        cwd=cwd, env=clean | environment, capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Project:
    given = {
        "host": "127.0.0.1", "port": 1, "database": "crm", "user": "reader", "timezone": "UTC",
    }  # fmt: skip
    return Project.create(
        tmp_path / "acme", "acme", source_kind("krayin"), given=given, url="http://127.0.0.1:1"
    )


def test_alone_it_tells_the_journey(tmp_path: Path) -> None:
    done = moorage(cwd=tmp_path)
    assert done.returncode == 0
    assert "moorage new acme" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example(verb: str) -> None:
    shown = CliRunner().invoke(app, [verb, "--help"], terminal_width=80)
    assert shown.exit_code == 0
    assert f"moorage {verb}" in shown.output
    assert "--json" in shown.output


def test_new_then_status(tmp_path: Path) -> None:
    made = moorage("new", "acme", "--from", "krayin", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    shown = moorage("status", cwd=tmp_path / "acme")
    assert shown.returncode == 0
    assert "moorage discover" in shown.stdout
    assert "\x1b[" not in shown.stdout + made.stdout


def test_new_refuses_a_full_folder(tmp_path: Path) -> None:
    moorage("new", "acme", cwd=tmp_path)
    again = moorage("new", "acme", cwd=tmp_path)
    assert again.returncode == 3
    assert "Refused" in again.stderr
    assert again.stdout == ""


def test_settings_errors_name_lines_and_exit_2(tmp_path: Path) -> None:
    moorage("new", "acme", cwd=tmp_path)
    failed = moorage("discover", cwd=tmp_path / "acme", MOORAGE_SOURCE_PASSWORD=CANARY)
    assert failed.returncode == 2
    assert "moorage.yaml:" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_no_project(tmp_path: Path) -> None:
    failed = moorage("status", cwd=tmp_path)
    assert failed.returncode == 2
    assert "moorage new" in failed.stderr


@pytest.mark.parametrize(
    "words", [["stauts"], ["plan", "--smaple", "3"], ["plan", "--sample", "x"]]
)
def test_misuse_is_2_and_calm(tmp_path: Path, words: list[str]) -> None:
    failed = moorage(*words, cwd=tmp_path)
    assert failed.returncode == 2
    assert "--help" in failed.stderr
    assert "Traceback" not in failed.stderr
    as_json = moorage(*words, "--json", cwd=tmp_path)
    assert json.loads(as_json.stdout)["exit_code"] == 2


@pytest.mark.parametrize("verb", ["discover", "extract", "plan", "run", "verify"])
def test_json_is_one_document_also_when_it_fails(project: Project, verb: str) -> None:
    failed = moorage(verb, "--json", cwd=project.root, MOORAGE_SOURCE_PASSWORD=CANARY)
    document = json.loads(failed.stdout)
    assert document["command"] == verb
    assert document["exit_code"] == failed.returncode != 0
    assert document["error"]["what"]


def test_json_of_a_success(project: Project) -> None:
    done = moorage("status", "--json", cwd=project.root)
    document = json.loads(done.stdout)
    assert document["name"] == "acme"
    assert document["next_command"] == "moorage discover"


def test_missing_secret_names_the_variable(project: Project) -> None:
    failed = moorage("discover", cwd=project.root)
    assert failed.returncode == 2
    assert "MOORAGE_SOURCE_PASSWORD" in failed.stderr


def test_project_option_works_from_anywhere(project: Project, tmp_path: Path) -> None:
    assert moorage("status", "-C", str(project.root), cwd=tmp_path).returncode == 0


def test_locked_project_is_refused_with_its_holder(project: Project) -> None:
    with project.lock("run"):
        failed = moorage("discover", cwd=project.root, MOORAGE_SOURCE_PASSWORD=CANARY)
    assert failed.returncode == 3
    assert str(os.getpid()) in failed.stderr
    assert "moorage run" in failed.stderr


def test_map_shows_and_writes_its_report(project: Project) -> None:
    shown = moorage("map", "--json", cwd=project.root)
    assert shown.returncode == 0, shown.stdout
    assert json.loads(shown.stdout)["rows"]
    page = (project.reports / "mapping.html").read_text()
    assert "<script" not in page
    assert (project.reports / "index.html").exists()


def test_flags_that_exclude_each_other(project: Project) -> None:
    failed = moorage("map", "--check", "--confirm", cwd=project.root)
    assert failed.returncode == 2


def test_confirm_needs_a_name(project: Project) -> None:
    assert moorage("plan", "--confirm", cwd=project.root).returncode == 2


def test_secret_is_never_printed_nor_written(project: Project, tmp_path: Path) -> None:
    said = ""
    for words in (["status"], ["discover"], ["extract", "--verbose"], ["map"], ["plan", "--json"],
                  ["run", "--verbose"], ["secret", "set", "source"]):  # fmt: skip
        done = moorage(
            *words, cwd=project.root, MOORAGE_SOURCE_PASSWORD=CANARY, MOORAGE_ODOO_KEY=CANARY
        )
        said += done.stdout + done.stderr
    assert CANARY not in said
    holding = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]
    assert holding == []


def test_secret_from_standard_input_without_a_keyring(project: Project) -> None:
    clean = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = subprocess.run(
        [sys.executable, "-m", "moorage.cli.app", "secret", "set", "production"],
        cwd=project.root, env=clean, input=CANARY + "\n", capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert CANARY not in done.stdout + done.stderr
    assert "keyring" in done.stderr


def test_crash_file_holds_no_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOORAGE_ODOO_KEY", CANARY)
    try:
        ann = "ann@example.com"
        raise ValueError(f"could not use 'Ann Admin' <{ann}> 4711-22, key {CANARY}")
    except ValueError as error:
        path = write_crash(error, "run", tmp_path)
    text = path.read_text()
    assert "ValueError" in text
    assert "test_cli.py" in text
    for value in ("Ann Admin", "ann@example.com", "4711", CANARY, str(tmp_path)):
        assert value not in text
    assert redacted(f"x {CANARY} y") == "x [secret] y"


def test_unexpected_error_is_short_and_leaves_a_crash_file(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("'Ann Admin'")

    monkeypatch.setattr("moorage.cli.start.standing.status", broken)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ending:
        main(["status", "-C", str(project.root)])
    assert ending.value.code == 1
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "Ann Admin" not in shown.err
    assert list(project.state.glob("crash-*.txt"))


def test_ctrl_c_is_a_stop_with_a_state(project: Project) -> None:
    code = (
        "import sys, time; from moorage.cli import app, start\n"
        "def wait(*_a, **_k):\n"
        "    print('waiting', file=sys.stderr, flush=True); time.sleep(30)\n"
        "start.standing.status = wait; app.main(['status'])\n"
    )
    for stop in (signal.SIGINT, signal.SIGTERM):
        running = subprocess.Popen(
            [sys.executable, "-c", code], cwd=project.root, stderr=subprocess.PIPE, text=True
        )
        assert running.stderr is not None
        assert "waiting" in running.stderr.readline()
        time.sleep(0.1)
        running.send_signal(stop)
        said = running.stderr.read()
        assert running.wait(timeout=20) == 4
        assert "Stopped" in said
        assert "again" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["run", "--help"]])
def test_version_and_help_are_quick(tmp_path: Path, words: list[str]) -> None:
    # A verb's module takes what it needs by `later`, or inside the function that needs it.
    code = (
        "import sys; from moorage.cli.app import main\n"
        f"try: main({words})\n"
        "except SystemExit: print(sorted({'duckdb', 'pyarrow', 'jinja2'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_the_verbs_in_the_order_of_the_journey() -> None:
    shown = CliRunner().invoke(app, ["--help"], terminal_width=80).output
    places = [shown.index(f" {verb} ") for verb in ("new", "map", "plan", "run", "verify")]
    assert places == sorted(places)


@pytest.mark.parametrize("words", [["demo"], ["sandbox", "up"]])
def test_what_is_in_no_project_takes_none(tmp_path: Path, words: list[str]) -> None:
    failed = moorage(*words, "-C", str(tmp_path), cwd=tmp_path)
    assert failed.returncode == 2
    assert "-C" in failed.stderr
