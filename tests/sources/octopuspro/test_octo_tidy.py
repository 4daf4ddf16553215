"""What rows of a bundle become in staging."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from moorage.sources.octopuspro import catalogue
from moorage.sources.octopuspro.source import open_source

from .octo_scene import OPTIONS, Scene, staged


def test_every_object_has_the_columns_that_discovery_tells(scene: Scene) -> None:
    source = open_source({"bundle": str(scene.bundle), **OPTIONS})
    discovery = source.discover()
    source.close()
    for found in discovery.objects:
        columns = scene.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'tidy'"
            f" AND table_name = '{found.name}'"
        )
        assert {name for (name,) in columns} - {"_place"} == {
            field.name for field in found.fields
        }, found.name
        ((count, ids, empty),) = scene.rows(
            "SELECT count(*), count(DISTINCT id), count(*) FILTER (coalesce(id, '') = '')"
            f" FROM tidy.{found.name}"
        )
        assert count == ids and not empty, found.name
    inventory = discovery.details["inventory"]
    assert {one["kind"] for one in inventory} == {"automation", "customer portal", "GPS tracking"}
    assert {one["effort"] for one in inventory if one["steps"] > 3} == {"high"}
    assert any("settings.companies" in question for question in discovery.questions)
    assert any("password" in note.lower() for note in discovery.notes)


def test_no_password_is_written_anywhere(scene: Scene) -> None:
    secrets = (b"hunter2", b"correct-horse")
    given = b"".join(path.read_bytes() for path in scene.bundle.glob("*.*"))
    assert all(secret in given for secret in secrets)
    scene.staging.connection.execute("CHECKPOINT")
    folder = Path(scene.rows("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL")[0][0])
    for path in folder.parent.glob("staging.duckdb*"):
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path.name


def test_rows_say_where_they_stand(scene: Scene) -> None:
    for name, file in (("bookings", "bookings_2024.xlsx#Bookings, line 6"),
                       ("invoices", "invoices.csv, line 6"), ("payments", "payments.csv, line 6"),
                       ("customers", "customers.csv, line 2")):  # fmt: skip
        places = {place for (place,) in scene.rows(f"SELECT _place FROM tidy.{name}")}
        assert file in places and None not in places


def test_numbers_and_internal_ids_are_never_mixed(scene: Scene) -> None:
    true = dict(scene.true("SELECT number, CAST(id AS VARCHAR) FROM t_bookings"))
    assert dict(scene.rows("SELECT number, id FROM tidy.bookings")) == true
    # The bare digits of a number are those of another booking's internal id.
    quoted = scene.true("SELECT number, booking_n FROM t_quotes WHERE booking_n IS NOT NULL")
    found = dict(scene.rows("SELECT id, booking_id FROM tidy.quotes"))
    assert {found[number] for number, _ in quoted} == {true[f"BOK-{n}"] for _, n in quoted}
    assert any(str(n) in true.values() for _, n in quoted)
    visits = scene.rows("SELECT count(*) FROM tidy.appointments WHERE booking_id IS NULL")
    assert visits == [(0,)]


def test_times_are_utc_by_their_own_zone(scene: Scene) -> None:
    true = {
        number: start.replace(tzinfo=ZoneInfo(zone or "Australia/Sydney"))
        for number, start, zone in scene.true(
            "SELECT number, start_local, timezone FROM t_bookings"
        )
    }
    found = dict(scene.rows("SELECT number, start_at FROM tidy.bookings"))
    assert {n: at.replace(tzinfo=UTC) for n, at in found.items()} == {
        number: at.astimezone(UTC) for number, at in true.items()
    }
    ((first,),) = scene.rows("SELECT min(created_at) FROM tidy.fieldworkers")
    assert first == datetime(2023, 11, 14, 22, 13, 21)


def test_services_and_workers_are_found_though_names_hold_commas(scene: Scene) -> None:
    found = {
        number: (sorted(services), sorted(workers or []))
        for number, services, workers in scene.rows(
            "SELECT number, service_ids, fieldworker_ids FROM tidy.bookings"
        )
    }
    for number, services, workers in scene.true(
        "SELECT number, service_ids, worker_ids FROM t_bookings"
    ):
        assert found[number][0] == sorted(str(one) for one in services)
        assert set(found[number][1]) >= {str(one) for one in workers}


def test_customers_people_and_properties(scene: Scene) -> None:
    name, people = scene.rows(
        "SELECT c.name, list(p.name ORDER BY p.place) FROM tidy.customers c"
        " JOIN tidy.customer_people p ON p.customer_id = c.id WHERE c.id = '1016' GROUP BY 1"
    )[0]
    assert name.endswith(" 16") and people[1:] == ["Pat Contact16", "Sam Third16"]
    ((notes,),) = scene.rows("SELECT notes FROM tidy.customers WHERE id = '1011'")
    assert notes == "Gate on the left.\nBeware & call first"
    ((zips,),) = scene.rows("SELECT bool_and(len(zip) = 4) FROM tidy.customers")
    assert zips
    assert scene.rows("SELECT count(*) FROM tidy.properties WHERE customer_id IS NULL") == [(0,)]
    labels = dict(scene.rows("SELECT id, name FROM tidy.labels"))
    assert set(labels) == {"vip", "regular", "urgent"}


def test_outcomes_see_the_invoices(scene: Scene) -> None:
    states = dict(
        scene.rows("SELECT invoice_state, count(*) FROM tidy.bookings"
                   " WHERE status_id = 'cancelled' GROUP BY 1")
    )  # fmt: skip
    assert set(states) >= {"dead"}
    warned = scene.findings("bookings", "warning")
    assert any("completed, but no invoice" in words for words in warned.values())


def test_forms_are_fields_and_a_note(scene: Scene) -> None:
    true = scene.true("SELECT count(*), count(DISTINCT n) FROM t_bookings, unnest(worker_ids)"
                      " WHERE n % 5 = 1")  # fmt: skip
    notes = scene.rows("SELECT count(*) // 2, count(DISTINCT booking_id) FROM tidy.form_notes")
    assert notes == true
    rooms = scene.rows(
        "SELECT count(rooms), typeof(any_value(rooms))"
        ' FROM (SELECT "custom.form_check_in_rooms" AS rooms FROM tidy.bookings)'
    )
    assert rooms == [(true[0][1], "BIGINT")]
    ((body,),) = scene.rows("SELECT body FROM tidy.form_notes WHERE form = 'Finish' LIMIT 1")
    assert "Left &lt;clean&gt; &amp; tidy" in body


def test_a_bundle_may_be_little(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "customers.csv").write_text("First Name,Email\nAnn,ann@example.com\n", "utf-8")
    with staged(folder, tmp_path / "staging.duckdb", {}) as staging:
        counts = {
            name: staging.connection.execute(f"SELECT count(*) FROM tidy.{name}").fetchall()[0][0]
            for name in catalogue.OBJECTS
        }
        assert {name for name, count in counts.items() if count} == {"customers"}
        ((key,),) = staging.connection.execute("SELECT id FROM tidy.customers").fetchall()
        assert key.startswith("x") and len(key) == 17
