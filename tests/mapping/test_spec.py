"""Reading the mapping file: every fault found at once, with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moorage.errors import MappingError
from moorage.mapping import load_mapping, parse_mapping, schema_json
from moorage.mapping.document import MAX_BYTES

GOOD = """\
moorage: 1
source: acme
objects:
  people:
    to: res.partner
    fields:
      # the name, as printed
      name: {from: name, do: [clean, {truncate: 128}], required: true}
      type:
        from: kind
        values: {1: contact, 2: other}
"""


def findings(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    return [str(finding) for finding in caught.value.findings]


def test_reads_steps_keys_and_lines() -> None:
    file = parse_mapping(GOOD)
    rule = file.mapping.objects["people"].fields["name"]
    assert [(step.name, step.arguments) for step in rule.do] == [("clean", None), ("truncate", 128)]
    assert file.mapping.objects["people"].fields["type"].values == {"1": "contact", "2": "other"}
    assert file.document.line(("objects", "people", "fields", "type", "values")) == 11


def test_names_every_fault_with_its_line() -> None:
    text = GOOD.replace("to: res.partner", "to: 5\n    tho: x").replace(
        "required: true", "required: 1"
    )
    found = findings(text)
    assert len(found) == 3
    assert any(line.startswith("mapping.yaml:5: objects.people.to") for line in found)
    assert any(line.startswith("mapping.yaml:6: objects.people.tho: unknown key") for line in found)
    assert any(line.startswith("mapping.yaml:9: objects.people.fields.name") for line in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x", "anchors"),
        ("a: !!python/object:os.system 1", "tags"),
        ("a: 1\na: 2", "twice"),
        ("a: [", "not valid YAML"),
        ("[" * 2000 + "]" * 2000, "nested"),
        ("- 1", "must be a YAML mapping"),
        ("", "must be a YAML mapping"),
        ("a: 1\n---\nb: 2", "not valid YAML"),
        ('a: "\x01"', "not valid YAML"),
    ],
)
def test_refuses_odd_yaml_politely(text: str, words: str) -> None:
    assert words in findings(text)[0]


def test_refuses_a_file_that_is_too_large_or_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(MappingError, match="1 error"):
        load_mapping(path)
    path.write_bytes(b"a: \xff")
    with pytest.raises(MappingError):
        load_mapping(path)
    with pytest.raises(MappingError):
        load_mapping(tmp_path / "missing.yaml")


@given(st.text())
def test_any_text_is_a_mapping_or_a_mapping_error(text: str) -> None:
    with pytest.raises(MappingError):
        parse_mapping(text)


def test_publishes_a_schema() -> None:
    schema = schema_json()
    assert json.loads(json.dumps(schema))["properties"]["moorage"]["const"] == 1
    assert "from" in schema["$defs"]["FieldRule"]["properties"]
