"""What becomes of each row: created, left, updated, set aside, emptied links, sums, sample."""

from __future__ import annotations

import pytest

from moorage.errors import MoorageError, RefusedError
from moorage.mapping.target import TargetField, TargetTable
from moorage.plan.confirm import confirm_plan, load_plan, require_confirmed_plan, save_plan

from .scene import ROWS, Scene


def test_first_plan_creates_everything_and_adopts_the_owner(scene: Scene) -> None:
    scene.build()
    report = scene.plan()
    assert report.counts["leads"] == {"create": 2}
    assert scene.row("crm:users:1")["operation"] == "match"
    assert scene.row("crm:users:1")["odoo_id"] == 1
    assert report.objects["persons"] == {"create": 2}
    assert not report.has_questions


def test_a_plan_after_a_run_changes_nothing(scene: Scene) -> None:
    scene.build()
    first = scene.plan()
    scene.pretend_run()
    scene.build()
    second = scene.plan()
    assert second.changes_nothing
    assert second.totals == {"unchanged": 7}
    assert second.digest != first.digest
    assert scene.plan().digest == second.digest


def test_an_update_names_the_fields_that_changed(scene: Scene) -> None:
    scene.build()
    scene.plan()
    scene.pretend_run()
    leads = [(1, "Roof!", "crm:persons:1", None, ["crm:tags:1"], 10), ROWS["leads"][1]]
    scene.build({"leads": leads})
    assert scene.plan().counts["leads"] == {"update": 1, "unchanged": 1}
    row = scene.row("crm:leads:1")
    assert sorted(row["changed"]) == ["name", "user_id"]
    assert row["odoo_id"] is not None


def test_what_hangs_on_a_set_aside_row_follows_it(scene: Scene) -> None:
    scene.build(findings=(("companies", "crm:orgs:1", "name", "set_aside", "no name"),))
    report = scene.plan()
    assert scene.row("crm:orgs:1")["reason"] == "name: no name"
    assert scene.row("crm:persons:1")["reason"] == (
        "parent_id: links to crm:orgs:1, which is set aside"
    )
    assert scene.row("crm:leads:1")["operation"] == "set_aside"
    assert scene.row("crm:leads:2")["operation"] == "create"
    assert report.objects["leads"] == {"set_aside": 1, "create": 1}


def test_a_link_that_may_be_empty_is_emptied_and_said(scene: Scene) -> None:
    scene.build(findings=(("tags", "crm:tags:1", "", "set_aside", "no"),))
    report = scene.plan()
    assert scene.row("crm:leads:1")["operation"] == "create"
    assert '"tag_ids":null' in scene.row("crm:leads:1")["loaded"]
    (warning,) = report.warnings
    assert (warning.entry, warning.field, warning.keys) == ("leads", "tag_ids", ("crm:leads:1",))


def test_a_row_set_aside_later_still_stands_for_its_links(scene: Scene) -> None:
    scene.build()
    scene.plan()
    scene.pretend_run()
    scene.build(findings=(("companies", "crm:orgs:1", "name", "set_aside", "no name"),))
    scene.plan()
    assert scene.row("crm:persons:1")["operation"] == "unchanged"


def test_a_sample_takes_what_it_hangs_on(scene: Scene) -> None:
    scene.change("people", phase=2)
    scene.build()
    report = scene.plan(sample=1)
    assert report.counts["leads"] == {"create": 1, "not_in_sample": 1}
    operations = scene.operations()
    if operations["crm:leads:1"] == "create":
        assert operations["crm:persons:1"] == operations["crm:orgs:1"] == "create"
    assert sum(report.objects["leads"].values()) == 2


LINES = TargetTable("lines", "lines", "sale.order.line", (
    TargetField("name", "char"),
    TargetField("order_id", "many2one", "link", "crm.lead", required=True),
    TargetField("product_id", "many2one", "link", "crm.tag", required=True),
), phase=4)  # fmt: skip
ORDERS = {
    "leads": [(n, f"Lead {n}", "crm:persons:1", None, [], None) for n in range(1, 31)],
    "tags": [(n, f"Tag {n}") for n in range(1, 31)],
    "lines": [(n, "L", f"crm:leads:{(n + 2) // 3}", f"crm:tags:{n % 30 + 1}")
              for n in range(1, 91)],
}  # fmt: skip


def test_a_sampled_order_comes_with_all_its_lines_and_no_sampled_product_does(
    scene: Scene,
) -> None:
    scene.tables = (*scene.tables, LINES)
    scene.destination.cascading = [("sale.order.line", "order_id")]
    scene.build(ORDERS)
    report = scene.plan(sample=2)
    chosen = {key for key, what in scene.operations().items() if what == "create"}
    orders = {key for key in chosen if ":leads:" in key}
    assert 2 <= len(orders) <= 4
    for order in orders:
        number = int(order.rsplit(":", 1)[1])
        assert {f"crm:lines:{3 * number - n}" for n in range(3)} <= chosen
    assert report.counts["lines"] == {
        "create": 3 * len(orders),
        "not_in_sample": 90 - 3 * len(orders),
    }


def test_a_grown_sample_doubles_nothing_and_what_stands_stays(scene: Scene) -> None:
    scene.tables = (*scene.tables, LINES)
    scene.destination.cascading = [("sale.order.line", "order_id")]
    created: list[str] = []
    for size in (1, 4, None):
        scene.build(ORDERS)
        scene.plan(sample=size)
        operations = scene.operations()
        assert {operations[key] for key in created} <= {"unchanged"}
        created += [key for key, what in operations.items() if what == "create"]
        scene.pretend_run()
    assert len(created) == len(set(created))
    assert {"create", "unchanged"} >= set(scene.operations().values()) - {"match"}
    # A smaller sample afterwards leaves none of them out.
    scene.build(ORDERS)
    assert set(scene.plan(sample=1).totals) == {"unchanged"}


def test_rows_without_outcome_are_refused(scene: Scene) -> None:
    scene.build()
    scene.staging.connection.execute("INSERT INTO target._accounted VALUES ('leads', '99')")
    with pytest.raises(MoorageError, match="do not add up: 3 rows, 2 outcomes"):
        scene.plan()
    scene.staging.connection.execute(
        "INSERT INTO target._not_selected VALUES ('leads', '99', 'test data')"
    )
    report = scene.plan()
    assert report.objects["leads"] == {"create": 2, "not_selected": 1}
    assert report.not_selected[0].count == 1


def test_only_the_confirmed_plan_runs(scene: Scene) -> None:
    scene.build()
    report = scene.plan()
    with pytest.raises(RefusedError, match="no plan"):
        require_confirmed_plan(scene.folder, report.digest)
    save_plan(scene.folder, report)
    with pytest.raises(RefusedError, match="not confirmed"):
        require_confirmed_plan(scene.folder, report.digest)
    confirm_plan(scene.folder, "Anna")
    assert require_confirmed_plan(scene.folder, report.digest).report == report
    with pytest.raises(RefusedError, match="another one"):
        require_confirmed_plan(scene.folder, "other")
    save_plan(scene.folder, report)
    saved = load_plan(scene.folder)
    assert saved is not None and saved.confirmed_by == "Anna"
