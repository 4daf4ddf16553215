"""Leads: outcome, stage, dates, reasons of loss, links."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.mariadb


def _lead(krayin: Any, key: int, **columns: Any) -> None:
    given = {"id": key, "title": f"'Lead {key}'", "status": 1, "lead_pipeline_id": 1,
             "lead_pipeline_stage_id": 1, **columns}  # fmt: skip
    krayin.run(
        f"INSERT INTO {{p}}leads ({', '.join(given)})"
        f" VALUES ({', '.join(map(str, given.values()))})"
    )


def test_the_stage_code_alone_decides_the_outcome(krayin: Any) -> None:
    for key, stage in ((1, 1), (2, 5), (3, 6), (4, "NULL")):
        _lead(krayin, key, lead_pipeline_stage_id=stage, status=0)
    found = krayin.rows("SELECT id, outcome, stage_position FROM tidy.leads ORDER BY id")
    assert found == [("1", "open", 1), ("2", "won", 3), ("3", "lost", 4), ("4", "open", None)]


def test_a_person_can_decide_the_outcome_of_a_stage(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}lead_pipelines (id, name) VALUES (2, 'Vendas');
        INSERT INTO {p}lead_pipeline_stages
            (id, code, name, probability, sort_order, lead_pipeline_id)
            VALUES (11, 'novo', 'Novo', 100, 1, 2), (12, 'ganho', 'Ganho', 100, 2, 2),
                   (13, 'perdido', 'Perdido', 0, 3, 2);
    """)
    _lead(krayin, 1, lead_pipeline_id=2, lead_pipeline_stage_id=12)
    questions = krayin.discover().questions
    assert len(questions) == 2
    assert '{"12": won}' in questions[0]
    assert '{"13": lost}' in questions[1]
    assert krayin.one("SELECT outcome FROM tidy.leads") == "open"
    assert krayin.rows("SELECT source_key FROM tidy._findings WHERE object = 'pipelines'") == [
        ("2",)
    ]
    krayin.settings["stage_outcomes"] = '{"12": "won", "13": "lost"}'
    assert krayin.one("SELECT outcome FROM tidy.leads") == "won"
    assert krayin.rows("SELECT source_key FROM tidy._findings WHERE object = 'pipelines'") == []


def test_a_wiped_expected_close_date_is_taken_from_the_attribute(krayin: Any) -> None:
    _lead(krayin, 1)
    _lead(krayin, 2, expected_close_date="'2024-01-01'")
    krayin.run("""
        INSERT INTO {p}attributes (id, code, name, type, entity_type, is_user_defined)
            VALUES (7, 'expected_close_date', 'Expected Close Date', 'date', 'leads', 0);
        INSERT INTO {p}attribute_values (entity_type, entity_id, attribute_id, date_value)
            VALUES ('leads', 1, 7, '2025-06-30'), ('leads', 2, 7, '2025-06-30');
    """)
    sql = "SELECT id, CAST(expected_close_date AS VARCHAR) FROM tidy.leads ORDER BY id"
    assert krayin.rows(sql) == [("1", "2025-06-30"), ("2", "2024-01-01")]


def test_the_closing_date_of_a_closed_lead_is_never_empty(krayin: Any) -> None:
    times = {"created_at": "'2024-03-01 09:00:00'", "updated_at": "'2024-03-02 09:00:00'"}
    _lead(krayin, 1, lead_pipeline_stage_id=5, closed_at="'2024-03-01 12:00:00'", **times)
    _lead(krayin, 2, lead_pipeline_stage_id=6, **times)
    _lead(krayin, 3, lead_pipeline_stage_id=1, closed_at="'2024-03-01 12:00:00'", **times)
    sql = "SELECT id, CAST(closed_at_effective AS VARCHAR) FROM tidy.leads ORDER BY id"
    assert krayin.rows(sql) == [
        ("1", "2024-03-01 06:30:00"), ("2", "2024-03-02 03:30:00"), ("3", None),
    ]  # fmt: skip
    assert krayin.findings() == [("leads", "2", "closed_at", "warning")]


def test_wordings_of_one_reason_are_one(krayin: Any) -> None:
    for key, said in enumerate(("Too expensive", "too  expensive.", "Too expensive", ""), 1):
        _lead(krayin, key, lead_pipeline_stage_id=6, lost_reason=f"'{said}'")
    _lead(krayin, 5, lead_pipeline_stage_id=1, lost_reason="'Too expensive'")
    with krayin.stage() as staging:
        reasons = staging.connection.execute(
            "SELECT name, lead_count FROM tidy.lost_reasons"
        ).fetchall()
        leads = staging.connection.execute(
            "SELECT id, lost_reason, lost_reason_id IS NOT NULL FROM tidy.leads ORDER BY id"
        ).fetchall()
    assert reasons == [("Too expensive", 4)]
    assert leads == [
        ("1", "Too expensive", True), ("2", "too  expensive.", True), ("3", "Too expensive", True),
        ("4", None, False), ("5", "Too expensive", False),
    ]  # fmt: skip


def test_a_lead_has_the_company_of_its_person(krayin: Any) -> None:
    krayin.run("""
        INSERT INTO {p}organizations (id, name) VALUES (3, 'Acme');
        INSERT INTO {p}persons (id, name, emails, organization_id)
            VALUES (4, 'Eve', '[{"value": "eve@example.com", "label": "work"}]', 3);
        INSERT INTO {p}products (id, sku, name) VALUES (8, 'S-1', 'Chair');
        INSERT INTO {p}lead_products (lead_id, product_id, quantity, price) VALUES (1, 8, 2, 10.5);
    """)
    _lead(
        krayin, 1, person_id=4, lead_value="1234.5678", lead_source_id=1, lead_type_id=1, user_id=2
    )
    found = krayin.rows(
        "SELECT person_id, organization_id, organization_name, email, CAST(lead_value AS VARCHAR),"
        " source_id, type_name, user_id, products_text FROM tidy.leads"
    )
    assert found == [
        ("4", "3", "Acme", "eve@example.com", "1234.5678", "1", "New Business", "2",
         "2 \u00d7 Chair @ 10.5000"),
    ]  # fmt: skip


def test_a_stage_of_another_pipeline_decides(krayin: Any) -> None:
    krayin.run("INSERT INTO {p}lead_pipelines (id, name) VALUES (2, 'Other')")
    _lead(krayin, 1, lead_pipeline_id=2, lead_pipeline_stage_id=1)
    assert krayin.one("SELECT pipeline_id FROM tidy.leads") == "1"
    assert krayin.findings() == [("leads", "1", "pipeline_id", "warning")]
