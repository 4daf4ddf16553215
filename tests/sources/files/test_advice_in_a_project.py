"""`map --propose --ai` in a project of files, on a real Odoo, with a stand-in for the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moorage.commands import advising, beginning, mapping
from moorage.errors import SettingsError
from moorage.mapping import load_mapping
from moorage.project import Project
from moorage.sandbox import OdooServer
from moorage.sources.base import load_source_kinds
from tests.proposals.language_model import KEY, choosing, standing

ACCOUNTS = """\
account_id;account_name;Wibble;Frobnicate;e_mail
A-1;Acme GmbH;Erika Mustermann;12,5;info@acme.example.com
A-2;Beta SARL;Max Mustermann;13,5;info@beta.example.com
A-3;Gamma Ltd;Jan Jansen;1,25;
"""


@pytest.mark.soak
@pytest.mark.odoo
def test_advice_is_shown_asked_for_once_and_written_as_a_proposal(
    tmp_path: Path, odoo: OdooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "accounts.csv").write_text(ACCOUNTS, encoding="latin-1")
    monkeypatch.setenv("MOORAGE_ODOO_KEY", odoo.api_key)
    project = Project.create(
        tmp_path / "acme", "acme", load_source_kinds()["files"],
        given={"bundle": str(export)}, url=odoo.url, database=odoo.database,
    )  # fmt: skip
    beginning.discover(project)
    beginning.extract(project)
    mapping.map_propose(project)
    fields = load_mapping(project.mapping_path).mapping.objects["accounts"].fields
    assert fields["name"].from_ == ["account_name"] and fields["x_files_wibble"].create
    with pytest.raises(SettingsError, match="no language model is named"):
        advising.preview(project)
    with standing() as stand:
        stand.answer = choosing(wibble="ref", frobnicate="color")
        monkeypatch.setenv("MOORAGE_AI_MODEL", "tiny")
        monkeypatch.setenv("MOORAGE_AI_URL", stand.url)
        monkeypatch.setenv("MOORAGE_AI_KEY", KEY)
        before = project.mapping_path.read_text(encoding="utf-8")
        shown = advising.preview(project, budget="50000")
        assert stand.bodies == [] and shown.is_within and shown.dollars is None
        assert project.mapping_path.read_text(encoding="utf-8") == before

        result = advising.propose_with_advice(project, budget="50000")
        assert [one.text for one in shown.questions] == stand.texts
        assert "Muster" not in json.dumps(stand.bodies) and "12,5" not in json.dumps(stand.bodies)
        assert result.asked is not None and result.asked.other == 2, result.asked
        assert result.exit_code == 0
        rule = load_mapping(project.mapping_path).mapping.objects["accounts"].fields["ref"]
        assert rule.from_ == ["wibble"] and rule.status == "proposed"
        assert rule.advice and rule.advice.startswith("tiny, ")

        count = len(stand.bodies)
        again = advising.propose_with_advice(project)
        assert len(stand.bodies) == count and again.exit_code == 0
        stand.status = 429
        kept = project.state / "advice.jsonl"
        kept.unlink()
        project.mapping_path.write_text(before, encoding="utf-8")
        failed = advising.propose_with_advice(project)
        assert failed.exit_code == 1 and "HTTP 429" in " ".join(failed.notes)
        fields = load_mapping(project.mapping_path).mapping.objects["accounts"].fields
        assert fields["x_files_wibble"].create and not fields["x_files_wibble"].advice
    mapping.map_check(project)
    written = [path for path in project.root.rglob("*") if path.is_file()]
    assert all(KEY.encode() not in path.read_bytes() for path in written)
