"""Check: everything that is wrong, at once, each at its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from moorage.errors import MappingError, RefusedError
from moorage.mapping import parse_mapping
from moorage.mapping.check import check, models_needed
from moorage.mapping.confirm import confirm, confirmed_path, require_confirmed
from moorage.mapping.explain import explain
from moorage.mapping.propose import propose
from moorage.mapping.proposed_field import field_name
from moorage.mapping.reference import reference
from moorage.mapping.spec import load_mapping_to_edit

from .ground import DISCOVERY, FIELDS, HEAD, model_field

GOOD = (
    HEAD
    + """\
  companies:   # the firms
    to: res.partner
    fields: {name: {from: name}}
    drop: {owner: "not kept"}
  people:
    to: res.partner
    merge_on: canonical_id
    match: {on: [email]}
    fields:
      name: {from: name, do: [clean], why: "obvious"}
      email: {from: emails, do: [first, email]}
      phone: {from: phone}
      parent_id: {from: company_id, link: companies}
      type: {from: kind, values: {a: contact, b: other}}
      color: {from: score}
      date: {from: born, do: [date]}
      country_id: {from: address.country_code, find: {model: res.country, by: code}}
      x_acme_g: {from: custom.Größe, create: {type: float, label: G}}
      category_id: {from: tags, link: tags}
    drop: {address.state_code: "no states"}
  tags: {to: res.partner.category, fields: {name: {from: name}}}
"""
)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs" / "mapping.md"


def found(text: str) -> list[str]:
    return [str(one) for one in check(parse_mapping(text), DISCOVERY, FIELDS)]


def test_a_good_mapping_has_no_findings() -> None:
    assert found(GOOD) == []
    assert models_needed(parse_mapping(GOOD).mapping) == [
        "res.partner", "res.partner.category", "res.country",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("source: acme", "source: other", 2, "the source is acme"),
        ("to: res.partner\n    fields", "to: res.parner\n    fields", 5, "'res.partner'"),
        ("{from: name}}\n    drop", "{from: nam}}\n    drop", 6, "did you mean 'name'"),
        ("phone: {from: phone}", "fone: {from: phone}", 15, "did you mean 'phone'"),
        ("do: [clean]", "do: [claen]", 13, "did you mean 'clean'"),
        ("do: [clean]", "do: [truncate]", 13, "needs the argument 'length'"),
        ("{from: emails, do: [first, email]}", "{from: emails}", 14, "put join or first"),
        ("link: companies", "link: company", 16, "which no entry maps, did you mean 'companies'"),
        ("link: companies", "link: tags", 16, "becomes res.partner.category"),
        ("{from: company_id, link: companies}", "{from: company_id}", 16, "needs link or find"),
        ("a: contact", "a: contract", 17, "did you mean 'contact'"),
        ("by: code", "by: code, form: 1", None, ""),
        ("x_acme_g: {from", "Grösse: {from", 21, "a custom field's name is x_"),
        ("type: float", "type: many2one", 21, "needs a relation"),
        ("type: float, label", "type: selection, label", 21, "needs options"),
        ("{address.state_code: \"no states\"}", "{}", 8, "'address.state_code'"),
        ("on: [email]", "on: [emial]", 11, "did you mean 'email'"),
        ("merge_on: canonical_id", "merge_on: canonical", 10, "did you mean 'canonical_id'"),
        ("merge_on: canonical_id", "when: count(*) > 0\n    merge_on: name", 10, "many rows"),
        ("merge_on: canonical_id", "when: name\n    merge_on: canonical_id", 10, "true or false"),
        ("name: {from: name, do", "email: {from: name, do", None, ""),
        ("color: {from: score}", "display_name: {from: score}", 18, "cannot be written"),
        ("color: {from: score}", "color: {from: score, sql: score}", 18, "exactly one of"),
        ("  tags: {to", "  labels: {of: tag, to", 24, "no object 'tag', did you mean 'tags'"),
    ],
)  # fmt: skip
def test_each_fault_is_found_at_its_line(old: str, new: str, line: int | None, words: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if line is None:
        with pytest.raises(MappingError):
            parse_mapping(text)
        return
    said = found(text)
    assert any(one.startswith(f"mapping.yaml:{line}:") and words in one for one in said), said


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace("do: [clean]", "do: [claen]").replace("a: contact", "a: x")
    assert (
        len(found(text.replace("fields: {name: {from: name}}}", "fields: {name: {from: n}}}"))) == 4
    )


def test_a_created_field_must_agree_with_the_one_there() -> None:
    fields = {
        **FIELDS,
        "res.partner": {**FIELDS["res.partner"], "x_acme_g": model_field("x_acme_g", "char")},
    }
    said = [str(one) for one in check(parse_mapping(GOOD), DISCOVERY, fields)]
    assert any("already, of type char" in one for one in said)


def test_propose_gives_everything_a_fate_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    template = tmp_path / "mapping.yaml"
    shrunk = GOOD.replace(
        "      x_acme_g: {from: custom.Größe, create: {type: float, label: G}}\n", ""
    )
    shrunk = shrunk.replace(
        "  tags: {to: res.partner.category, fields: {name: {from: name}}}\n", ""
    )
    shrunk = shrunk.replace("      category_id: {from: tags, link: tags}\n", "")
    shrunk = shrunk.replace("phone: {from: phone}", "phone: {from: phone, status: confirmed}")
    template.write_text(shrunk)
    proposal = propose(load_mapping_to_edit(template), DISCOVERY, FIELDS)
    assert proposal.added_fields == ["people.x_acme_tags", "people.x_acme_grosse"]
    assert proposal.added_objects == ["tags"]
    assert "# the firms" in proposal.text
    file = parse_mapping(proposal.text)
    rules = file.mapping.objects["people"].fields
    assert rules["phone"].status == "confirmed"
    assert rules["name"].status == "proposed"
    assert rules["x_acme_grosse"].create is not None
    assert rules["x_acme_grosse"].create.type == "float"
    assert [one for one in check(file, DISCOVERY, FIELDS) if one.severity == "error"] == []
    template.write_text(proposal.text)
    assert propose(load_mapping_to_edit(template), DISCOVERY, FIELDS).text == proposal.text
    with pytest.raises(RefusedError, match="tags wait for a decision"):
        confirm(template, "A. Person", NOW, check(file, DISCOVERY, FIELDS))


def test_proposed_names_are_plain_free_and_short() -> None:
    assert field_name("acme", "custom.Größe (cm)", set()) == "x_acme_grosse_cm"
    assert field_name("acme", "custom.名", set()).startswith("x_acme_field_")
    first = field_name("acme", "custom." + "a" * 90, set())
    assert len(first) == 63
    assert field_name("acme", "custom.a", {"x_acme_a"}) not in {"x_acme_a"}


def test_a_confirmation_holds_for_the_meaning_only(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(GOOD)
    with pytest.raises(RefusedError, match="not confirmed"):
        require_confirmed(path)
    made = confirm(path, "A. Person", NOW, [])
    assert made.at == "2026-01-02T03:04:05+00:00"
    path.write_text(
        GOOD.replace('why: "obvious"', "status: confirmed, confidence: 0.5") + "# more\n"
    )
    assert require_confirmed(path) == made
    path.write_text(GOOD.replace("do: [clean]", "do: [trim]"))
    with pytest.raises(RefusedError, match="changed after"):
        require_confirmed(path)
    confirmed_path(path).write_text("{}")
    with pytest.raises(RefusedError, match="cannot be read"):
        require_confirmed(path)


def test_confirm_refuses_errors(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    text = GOOD.replace("do: [clean]", "do: [claen]")
    path.write_text(text)
    with pytest.raises(MappingError):
        confirm(path, "A. Person", NOW, check(parse_mapping(text), DISCOVERY, FIELDS))
    assert not confirmed_path(path).exists()


def test_explain_says_every_rule_in_words() -> None:
    told = {(row.entry, row.target or row.sources): row for row in explain(parse_mapping(GOOD))}
    assert told["people", "email"].how == "first; email"
    assert told["people", "type"].how == "a → contact, b → other; others set aside"
    assert told["people", "country_id"].how == "looked up in res.country by code"
    assert told["companies", ("owner",)].why == "not kept"
    assert told["people", "name"].line == 13


def test_the_reference_page_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == reference(), (
        "run: python -m moorage.mapping.reference > docs/mapping.md"
    )
