"""Compiled mappings, run against real DuckDB tables."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moorage.destination import ModelField
from moorage.errors import MappingError, RefusedError
from moorage.mapping import (
    ReferenceNeed,
    compile_mapping,
    load_references,
    materialise,
    parse_mapping,
    references_needed,
)
from moorage.mapping.document import round_trip
from moorage.staging import Staging

from .ground import DISCOVERY, FIELDS, HEAD, rows, run, staging_with

COMPANIES = "  companies: {to: res.partner, fields: {name: {from: name, do: [clean]}}}\n"
TAGS = "  tags: {to: res.partner.category, merge_on: MERGE, fields: {name: {from: name}}}\n"


def people(rules: str, more: str = "") -> str:
    return f"  people:\n    to: res.partner\n{more}    fields:\n      name: {{from: name}}\n{rules}"


def findings(staging: Staging, entry: str = "people") -> list[tuple[object, ...]]:
    return rows(staging, f'SELECT key, field, severity, message FROM target."{entry}__findings"'
                         " ORDER BY ALL")  # fmt: skip


def test_links_hold_keys_and_missing_ones_are_said(tmp_path: Path) -> None:
    text = COMPANIES + people("      parent_id: {from: company_id, link: companies}\n")
    with staging_with(
        tmp_path,
        companies="SELECT '1' AS id, 'Acme' AS name",
        people="SELECT 1 AS id, 'A' AS name, '1' AS company_id UNION ALL SELECT 2, 'B', '9'"
        " UNION ALL SELECT 3, 'C', NULL",
    ) as staging:
        compiled, report = run(staging, text)
        assert rows(staging, "SELECT key, parent_id FROM target.people ORDER BY key") == [
            ("acme:people:1", "acme:companies:1"), ("acme:people:2", None), ("acme:people:3", None),
        ]  # fmt: skip
        assert findings(staging) == [
            ("acme:people:2", "parent_id", "warning",
             "points to a record of companies that is not moved"),
        ]  # fmt: skip
        tables = {table.entry: table for table in compiled.tables}
        assert tables["companies"].phase < tables["people"].phase
        assert tables["people"].needs == ("companies",)
        assert report.row_counts == {"companies": 1, "people": 3}


def test_a_missing_link_sets_aside_when_the_field_is_required(tmp_path: Path) -> None:
    rule = "      parent_id: {from: company_id, link: companies, required: true}\n"
    with staging_with(tmp_path, people="SELECT 1 AS id, 'A' AS name, '9' AS company_id") as staging:
        _, report = run(staging, COMPANIES + people(rule))
        assert [row[2] for row in findings(staging)] == ["set_aside"]
        assert report.set_aside_counts["people"] == 1


def test_merged_rows_survive_as_one_and_links_follow(tmp_path: Path) -> None:
    text = people(
        "      parent_id: {from: company_id, link: people}\n", "    merge_on: canonical_id\n"
    )
    with staging_with(
        tmp_path,
        people="SELECT 1 AS id, 'A' AS name, '3' AS company_id, '1' AS canonical_id"
        " UNION ALL SELECT 2, 'A', NULL, '1' UNION ALL SELECT 3, 'A', NULL, '2'"
        " UNION ALL SELECT 4, 'D', NULL, '77' UNION ALL SELECT 5, 'E', NULL, '6'"
        " UNION ALL SELECT 6, 'E', NULL, '5'",
    ) as staging:
        text = text.replace("link: people", "link: people")
        compiled, report = run(staging, text)
        merged = rows(staging, "SELECT key, into_key FROM target._merges ORDER BY key")
        assert merged == [("acme:people:2", "acme:people:1"), ("acme:people:3", "acme:people:1")]
        assert report.merged_count == 2
        assert rows(staging, "SELECT parent_id FROM target.people WHERE _source_key = '1'") == [
            ("acme:people:1",)
        ]
        assert {row[0] for row in findings(staging)} == {f"acme:people:{n}" for n in (4, 5, 6)}
        assert compiled.tables[0].self_links == ("parent_id",)


def test_lists_of_links_are_distinct_and_complete(tmp_path: Path) -> None:
    text = TAGS.replace(" merge_on: MERGE,", "") + people(
        "      category_id: {from: tags, link: tags}\n"
    )
    with staging_with(
        tmp_path,
        tags="SELECT unnest(['1', '2']) AS id, 'x' AS name",
        people="SELECT 1 AS id, 'A' AS name, ['2', '1', '2', '7'] AS tags"
        " UNION ALL SELECT 2, 'B', [] UNION ALL SELECT 3, 'C', NULL",
    ) as staging:
        run(staging, text)
        assert rows(staging, "SELECT category_id FROM target.people ORDER BY key") == [
            (["acme:tags:1", "acme:tags:2"],), (None,), (None,),
        ]  # fmt: skip
        assert [row[0] for row in findings(staging)] == ["acme:people:1"]


class Countries:
    """A destination of three countries and their states."""

    def fields(self, model: str) -> dict[str, object]:
        return {"country_id": ModelField("country_id", "many2one", "", relation="res.country")}

    def pages(self, model: str, domain: object, fields: object, *, size: int = 2000) -> object:
        if model == "res.country":
            yield [{"id": 1, "code": "US"}, {"id": 2, "code": "GB"}, {"id": 3, "code": False}]
        else:
            yield [
                {"id": 11, "code": "WA", "country_id": [1, "United States"]},
                {"id": 12, "code": "WA", "country_id": [2, "Britain"]},
                {"id": 13, "code": "DUP", "country_id": 1},
                {"id": 14, "code": "dup", "country_id": 1},
            ]


def test_references_are_found_by_one_or_two_fields(tmp_path: Path) -> None:
    text = people(
        "      country_id: {from: address.country_code, find: {model: res.country, by: code}}\n"
        "      state_id: {from: [address.state_code, address.country_code],"
        " find: {model: res.country.state, by: [code, country_id.code]}}\n"
    )
    needed = references_needed(parse_mapping(HEAD + text).mapping)
    assert needed[1] == ReferenceNeed("res.country.state", ("code", "country_id.code"))
    columns = '"address.state_code", "address.country_code"'
    with staging_with(
        tmp_path,
        people=f"SELECT id, 'A' AS name, {columns} FROM (VALUES (1, 'wa', ' us '), (2, 'WA', 'GB'),"
        f" (3, 'dup', 'US'), (4, 'WA', NULL), (5, NULL, 'XX')) AS v(id, {columns})",
    ) as staging:
        with pytest.raises(RefusedError, match="not read yet"):
            run(staging, text)
        counts = load_references(staging, Countries(), needed)  # type: ignore[arg-type]
        assert list(counts.values()) == [2, 4]
        run(staging, text)
        found = rows(staging, "SELECT country_id, state_id FROM target.people ORDER BY key")
        assert found == [(1, 11), (2, 12), (1, None), (None, None), (None, None)]
        said = [(row[0], str(row[3]).split(" ")[0]) for row in findings(staging)]
        assert said == [
            ("acme:people:3", "fits"),
            ("acme:people:4", "was"),
            ("acme:people:5", "was"),
        ]


@pytest.mark.parametrize(
    ("rule", "value", "expected", "message"),
    [
        ("color: {from: score}", "12", 12, None),
        ("color: {from: score}", "3000000000", None, "is outside the range of an Odoo integer"),
        ("color: {from: score}", "1.5", None, "is not a whole number"),
        ("color: {from: score}", "", None, None),
        ("credit_limit: {from: score}", "nan", None, "is not a number"),
        ("credit_limit: {from: score}", "1e3", 1000.0, None),
        ("phone: {from: score}", "x" * 40, "x" * 32, 
         "longer than the 32 characters of the field, cut"),
        ("type: {from: score}", "contact", "contact", None),
        ("type: {from: score}", "nobody", None, "is none of the field's options"),
        ("type: {from: score, values: {a: contact}}", "b", None,
         "has a value that `values` does not name"),
        ("type: {from: score, values: {a: contact}, unknown: empty}", "b", None,
         "has a value that `values` does not name"),
        ("type: {from: score, values: {a: null}, default: other}", "a", "other", None),
        ("ref: {from: score, values: {a: b}, unknown: keep}", "c", "c", None),
        ("ref: {from: score}", "a\0b", "ab", None),
        ("date: {from: score}", "20000-01-01", None, "is not a date"),
        ("is_company: {from: score}", "maybe", None, "is neither yes nor no"),
        ("ref: {from: score, do: [{truncate: 2}]}", "abc", "ab", "longer than 2 characters, cut"),
        ("category_id: {value: []}", "", [], None),
    ],
)  # fmt: skip
def test_values_fit_their_field_or_a_finding_says_so(
    tmp_path: Path, rule: str, value: str, expected: object, message: str | None
) -> None:
    name = rule.split(":", maxsplit=1)[0]
    given = value.replace("'", "''")
    given = "'" + given.replace("\0", "' || chr(0) || '") + "'"
    with staging_with(tmp_path, people=f"SELECT 1 AS id, 'A' AS name, {given} AS score") as staging:
        run(staging, people(f"      {rule}\n"))
        assert rows(staging, f"SELECT {name} FROM target.people") == [(expected,)]
        assert [row[3] for row in findings(staging)] == ([message] if message else [])


def test_every_source_row_is_accounted_for(tmp_path: Path) -> None:
    text = people("", "    when: name <> 'B'\n    not_selected: Bs stay\n")
    with staging_with(
        tmp_path,
        companies="SELECT '1' AS id",
        people="SELECT unnest([1, 2, 3]) AS id, unnest(['A', 'B', NULL]) AS name",
    ) as staging:
        _, report = run(staging, text)
        assert report.not_selected_count == 3
        assert rows(staging, "SELECT * FROM target._not_selected ORDER BY ALL") == [
            ("companies", "1", "no entry of the mapping takes it"),
            ("people", "2", "Bs stay"), ("people", "3", "Bs stay"),
        ]  # fmt: skip
        assert len(rows(staging, "SELECT * FROM target._accounted")) == 4


def test_a_row_taken_twice_is_refused(tmp_path: Path) -> None:
    text = people("") + people("").replace("  people:", "  again:\n    of: people", 1)
    with staging_with(tmp_path, people="SELECT 1 AS id, 'A' AS name") as staging:
        with pytest.raises(RefusedError, match=r"acme:people:1.*again, people"):
            run(staging, text)
        assert rows(staging, "SELECT count(*) FROM target._taken") == [(0,)]


def test_circles_are_named_and_later_breaks_them(tmp_path: Path) -> None:
    circle = (
        "  companies: {to: res.partner, fields: {name: {from: name},"
        " parent_id: {from: owner, link: people}}}\n"
        + people("      parent_id: {from: company_id, link: companies}\n")
    )
    with pytest.raises(MappingError) as caught:
        compile_mapping(parse_mapping(HEAD + circle), DISCOVERY, FIELDS)
    assert "companies → people → companies" in caught.value.findings[0].message
    compiled = compile_mapping(
        parse_mapping(HEAD + circle.replace("link: people", "link: people, later: true")),
        DISCOVERY,
        FIELDS,
    )
    assert [table.entry for table in compiled.tables] == ["companies", "people"]
    assert compiled.tables[0].fields[1].later


def test_conversions_are_kept_for_the_next_time(tmp_path: Path) -> None:
    text = people("      phone: {from: phone, do: [{phone: GB}]}\n")
    with staging_with(
        tmp_path, people="SELECT 1 AS id, 'A' AS name, '020 7946 0000' AS phone"
    ) as staging:
        compiled, _ = run(staging, text)
        staging.connection.execute("UPDATE meta.converted SET result = 'kept'")
        materialise(staging, compiled)
        assert rows(staging, "SELECT phone FROM target.people") == [("kept",)]


def test_a_text_field_may_hold_numbers(tmp_path: Path) -> None:
    text = people("      color: {from: id}\n      ref: {from: id, do: [{prefix: a-}]}\n")
    with staging_with(tmp_path) as staging:
        staging.connection.execute("DROP TABLE tidy.people")
        staging.connection.execute("CREATE TABLE tidy.people AS SELECT 7 AS id, 'A' AS name")
        run(staging, text)
        assert rows(staging, "SELECT key, color, ref FROM target.people") == [
            ("acme:people:7", 7, "a-7")
        ]


@pytest.mark.parametrize("people_rows", ["SELECT 1 AS id, 'A' AS name", "SELECT 1 AS id LIMIT 0"])
def test_columns_without_any_value(tmp_path: Path, people_rows: str) -> None:
    text = people(
        "      state_id: {from: [address.state_code, address.country_code],"
        " find: {model: res.country.state, by: [code, country_id.code]}}\n"
        "      ref: {from: [phone, score], do: [first, clean]}\n"
        "      email: {from: emails, do: [first, email]}\n"
        "      phone: {from: [phone, address.country_code], do: [phone]}\n"
        "      comment: {from: [born, score], do: [{template: '{1}-{2}'}, text_to_html]}\n"
        "      color: {from: emails, do: [rest, join, integer]}\n"
    )
    with staging_with(tmp_path, people=people_rows) as staging:
        load_references(staging, Countries(), [])  # type: ignore[arg-type]
        _, report = run(staging, text)
        assert findings(staging) == []
        assert report.row_counts["people"] == int("LIMIT" not in people_rows)


def test_what_the_source_noticed_goes_with_the_row(tmp_path: Path) -> None:
    with staging_with(tmp_path, people="SELECT 1 AS id, 'A' AS name") as staging:
        staging.connection.execute(
            "CREATE TABLE tidy._findings AS SELECT 'people' AS object, unnest(['1', '9']) AS"
            " source_key, 'emails' AS field, 'set_aside' AS severity, 'is not JSON' AS message"
        )
        _, report = run(staging, people(""))
        assert findings(staging) == [("acme:people:1", "emails", "set_aside", "is not JSON")]
        assert report.set_aside_counts == {"people": 1}


def test_nothing_extracted_is_refused(tmp_path: Path) -> None:
    with Staging(tmp_path / "s.duckdb") as staging, pytest.raises(RefusedError, match="no rows of"):
        run(staging, people(""))


def test_findings_never_show_a_value(tmp_path: Path) -> None:
    text = people(
        "      email: {from: emails, do: [first, email]}\n      color: {from: score}\n"
        "      date: {from: born, do: [date]}\n      phone: {from: phone, do: [{truncate: 3}]}\n"
    )
    with staging_with(
        tmp_path,
        people="SELECT 1 AS id, 'Zed' AS name, ['secret'] AS emails, 'secret' AS score,"
        " 'secret' AS born, 'secret' AS phone",
    ) as staging:
        run(staging, text)
        assert len(findings(staging)) == 4
        assert "secret" not in str(findings(staging))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=12
)
@given(
    # NEL is a line break to YAML, and read back as a blank, however it is quoted.
    value=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\x85")),
    option=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9),
)
def test_any_value_and_option_is_quoted_right(
    tmp_path_factory: pytest.TempPathFactory, value: str, option: str
) -> None:
    stream = io.StringIO()
    rule = {"from": "score", "values": {option: value or "x"}, "unknown": "keep"}
    round_trip().dump(
        {"moorage": 1, "source": "acme", "objects": {
            "people": {"of": "people", "to": "res.partner",
                          "fields": {"name": {"value": "n"}, "ref": rule}}}},
        stream,
    )  # fmt: skip
    compiled = compile_mapping(parse_mapping(stream.getvalue()), DISCOVERY, FIELDS)
    with staging_with(tmp_path_factory.mktemp("quoting"), people="SELECT 1 AS id") as staging:
        staging.connection.execute("UPDATE tidy.people SET score = ?", [option])
        materialise(staging, compiled)
        table = compiled.tables[0].table
        assert rows(staging, f"SELECT ref FROM {table}") == [((value or "x").replace("\0", ""),)]
