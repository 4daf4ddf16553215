"""The odd things that ClientTether's answers and people's files hold, one test for each kind.

Most of them stand in one bundle: clients by the hundred of their case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from moorage.errors import SettingsError

from .reading import Bundled, client, page

STEPS = [
    {"sales_cycle_id": "11", "sales_cycle_name": "Contacted ", "contact_type": "1",
     "contact_type_name": "Prospect", "sales_cycle_active_status": "1", "sales_cycle_order": "2",
     "likelihood_to_close": "20"},
    {"sales_cycle_id": "12", "sales_cycle_name": "Not Interested", "contact_type": "1",
     "contact_type_name": "Prospect", "sales_cycle_active_status": "0", "sales_cycle_order": "9",
     "likelihood_to_close": "0"},
    {"sales_cycle_id": "41", "sales_cycle_name": "Contacted", "contact_type": "4",
     "contact_type_name": "Partner", "sales_cycle_active_status": "1", "sales_cycle_order": "1",
     "likelihood_to_close": ""},
]  # fmt: skip
USERS = [
    {"user_id": "7", "first_name": "Dana", "last_name": "Brooks", "email": "dana@b.example"},
    {"user_id": "8", "first_name": "Lee", "last_name": "Park", "email": "lee@b.example"},
    {"user_id": "9", "first_name": "Lee", "last_name": "Park", "email": "lee2@b.example"},
]


AMOUNTS = ("", "0", "90000", "90000.00", "$90,000", "90k", "1.5K", "a lot")
OWNERS = ('{"first_name": "Dana", "last_name": "Brooks"}', "dana  brooks", "", "Hank Gone",
          "System", "Lee Park")  # fmt: skip
PHONES = ("8015550100", "(801) 555-0100", "+1 801 555 0100", "8015550100.0", "8.02E+09")
CLIENTS = [
    *(client(n, deal_size=text) for n, text in enumerate(AMOUNTS, 100)),
    *(client(n, assigned_user=text) for n, text in enumerate(OWNERS, 200)),
    client(300, clients_sales_cycle="contacted"),
    client(301, clients_sales_cycle="Contacted", contact_type="4"),
    client(302, clients_sales_cycle=""),
    client(303, clients_sales_cycle="Renamed Since"),
    client(304, clients_sales_cycle="Not Interested"),
    client(400, firstName="No Name Text Added", lastName="", phone="8015550100"),
    client(401, firstName="Ann", lastName=""),
    client(402, firstName="Ann Marie Abbott", lastName=""),
    client(403, firstName="", lastName="Abbott Bakery LLC"),
    client(404, firstName="", lastName="", compName="Abbott Bakery"),
    client(500, whiteboard='Says "hi" & <3\nGate 4 🙂\u0000'),
    client(501, whiteboard="<p>Gate<br>5</p>"),
    client(600, state="MA", zip="2139"), client(601, state="Texas", zip="78701-1234"),
    client(602, state="utah"), client(603, state="BC", zip="V6B 1A1"),
    client(604, state="Calif."), client(605, state="Somewhere"),
    client(700, created="2024-07-01 12:00:00"), client(701, created="0000-00-00 00:00:00"),
    client(702, created=""),
]  # fmt: skip
SHEET = (
    "Contact ID,First Name,Cell Phone,Contact Type,Archived,Created Date,Tags\n"
    + "".join(f"{n},Ann,{phone},Prospect,,,\n" for n, phone in enumerate(PHONES, 800))
    + "900,Ann,,Prospect,Yes,,\n901,Bob,,Moved,No,,\n902,Cyd,,Prospect,,,\n"
    + "910,Ann,,Prospect,,7/1/24 1:30 PM,\n"
    + '920,Ann,,Prospect,,,"VIP, HOA"\n921,Bob,,Prospect,,,vip; repeat-customer\n'
    + "922,Cyd,,Prospect,,,Repeat Customer|hoa\n"
)
SETTINGS = {
    "inactive_steps": "lost", "stage_outcomes": {"41": "won"}, "states": {"Calif.": "CA"},
    "contact_types": {"1": "Prospect", "6": "Moved"},
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundled]:
    """The bundle of most cases, in an account whose clocks stand elsewhere."""
    files = {
        "accounts.csv": "account_id,company_name,time_zone\n10,North,America/New_York\n20,South,\n",
        "10/clients.json": CLIENTS, "10/sales_cycles.json": STEPS, "10/users.json": USERS,
        "10/sheet/clients.csv": SHEET,
        "20/clients.json": [client(100, email="Ann@Mail.example"),
                            client(1, created="2024-07-01 12:00:00")],
    }  # fmt: skip
    yield Bundled(tmp_path_factory.mktemp("told"), files, SETTINGS)


def of(told: Bundled, hundred: int, column: str) -> list[object]:
    """A column of the clients of one case, in order."""
    rows = told.rows(
        f"SELECT {column} FROM tidy.clients WHERE account_id = '10'"
        f" AND CAST(client_id AS BIGINT) // 100 = {hundred // 100} ORDER BY id"
    )
    return [row[0] if len(row) == 1 else row for row in rows]


def about(told: Bundled, field: str) -> list[str]:
    """The clients that have a warning about a field."""
    return [client_id for client_id, how in told.found("clients", field) if how == "warning"]


def test_owners_are_json_names_nobody_or_gone(told: Bundled) -> None:
    owners = of(told, 200, "owner_id")
    assert (owners[0], owners[1], owners[2], owners[4]) == ("10_7", "10_7", None, None)
    only_names = dict(told.rows("SELECT id, name FROM tidy.users WHERE is_only_a_name"))
    assert only_names[owners[3]] == "Hank Gone"
    # Two users have this name: nobody guesses which.
    assert only_names[owners[5]] == "Lee Park"


def test_steps_are_found_by_type_and_name_whatever_they_are_called_now(told: Bundled) -> None:
    steps = of(told, 300, "stage_id, sales_cycle, outcome")
    assert [steps[0], steps[1], steps[4]] == [
        ("10_11", "contacted", "open"), ("10_41", "Contacted", "won"),
        ("10_12", "Not Interested", "lost"),
    ]  # fmt: skip
    assert steps[2][1] == "New Lead" and steps[3][1] == "Renamed Since"
    assert (steps[3][0], "warning") in told.found("stages", "name")
    names = told.rows("SELECT name FROM tidy.pipelines WHERE id IN ('1', '4') ORDER BY id")
    assert names == [("Prospect",), ("Partner",)]


def test_amounts(told: Bundled) -> None:
    assert of(told, 100, "deal_size") == [None, 0, 90000, 90000, 90000, 90000, 1500, None]
    assert about(told, "deal_size") == ["10_107"]


def test_names(told: Bundled) -> None:
    assert of(told, 400, "name") == [
        "8015550100", "Ann", "Ann Marie Abbott", "Abbott Bakery LLC", "Abbott Bakery",
    ]  # fmt: skip
    assert about(told, "first_name") == ["10_400"]


def test_texts_are_html_or_plain_and_hold_no_control_signs(told: Bundled) -> None:
    assert of(told, 500, "whiteboard") == [
        '<p>Says "hi" &amp; &lt;3<br>Gate 4 🙂</p>', "<p>Gate<br>5</p>",
    ]  # fmt: skip


def test_places(told: Bundled) -> None:
    parts = '"address.state_code", "address.country_code", "address.zip"'
    assert of(told, 600, parts) == [
        ("MA", "US", "02139"), ("TX", "US", "78701-1234"), ("UT", "US", None),
        ("BC", "CA", "V6B 1A1"), ("CA", "US", None), (None, "US", None),
    ]  # fmt: skip
    assert about(told, "state") == ["10_605"] and about(told, "zip") == ["10_600"]


def test_phones_that_a_spreadsheet_has_spoiled(told: Bundled) -> None:
    assert of(told, 800, "phone") == [
        "8015550100", "(801) 555-0100", "+1 801 555 0100", "8015550100", None,
    ]  # fmt: skip
    assert about(told, "phone") == ["10_804"]


def test_dates_are_of_the_accounts_zone(told: Bundled) -> None:
    assert [str(at) for at in of(told, 700, "created_at")] == [
        "2024-07-01 16:00:00",
        "None",
        "None",
    ]
    moments = "SELECT CAST(created_at AS VARCHAR) FROM tidy.clients WHERE id IN ('10_910', '20_1')"
    assert told.rows(f"{moments} ORDER BY id") == [
        ("2024-07-01 17:30:00",), ("2024-07-01 18:00:00",),
    ]  # fmt: skip
    assert about(told, "created") == []


def test_archived_and_moved_contacts_are_marked(told: Bundled) -> None:
    assert of(told, 900, "archived")[:3] == [True, True, False]
    assert of(told, 900, "contact_type")[:3] == ["1", "6", "1"]


def test_tags_however_they_are_parted(told: Bundled) -> None:
    assert told.rows("SELECT name, client_count FROM tidy.tags ORDER BY lower(name)") == [
        ("HOA", 2), ("Repeat Customer", 2), ("VIP", 2),
    ]  # fmt: skip


def test_the_same_person_in_two_accounts_stays_two(told: Bundled) -> None:
    ids = told.rows("SELECT id, account_id, email FROM tidy.clients WHERE client_id = '100'")
    assert sorted(ids) == [("10_100", "10", None), ("20_100", "20", "ann@mail.example")]


def test_both_envelopes_are_read_and_errors_are_no_rows(tmp_path: Path) -> None:
    told = Bundled(tmp_path, {
        "read_client_list_1.json": page([client(1)], total=2),
        "read_client_list_2.json": {"resultCode": "CT200", "data": [[client(2)]], "TotalRecord": 2},
        "read_client_list_3.json": {"resultCode": "CT515", "Message": "No Record Found",
                                    "client_id": False, "external_id": "x"},
        "read_client_list_4.json": {"ResultCode": "CT_404", "Message": "Request Not Found"},
        "read_opportunity_list.json": page(False, total=0),
        "read_user_list.json": page(None, total=0),
        "read_lead_source_list.json": page({}, total=0),
    })  # fmt: skip
    assert told.rows("SELECT id FROM tidy.clients ORDER BY id") == [("1",), ("2",)]
    for empty in ("opportunities", "users", "lead_sources"):
        assert told.rows(f"SELECT count(*) FROM tidy.{empty}") == [(0,)]
    notes = " ".join(told.source.discover().notes)
    assert "Truncated" not in notes
    for number in (3, 4):
        assert re.search(rf"read_client_list_{number}\.json: .*error", notes), notes


def test_of_overlapping_pages_what_changed_last_counts(tmp_path: Path) -> None:
    newer = client(1, city="Provo", last_modified_date="2024-05-05 10:00:00")
    told = Bundled(tmp_path, {
        "read_client_list_1.json": page([newer, client(2)], total=4),
        "read_client_list_2.json": page([client(1, city="Orem"), client(3)], total=4),
        # The same page, saved twice.
        "read_client_list_3.json": page([newer, client(2)], total=4),
    })  # fmt: skip
    assert told.rows('SELECT id, "address.city" FROM tidy.clients ORDER BY id') == [
        ("1", "Provo"), ("2", None), ("3", None),
    ]  # fmt: skip
    notes = " ".join(told.source.discover().notes)
    said = "Truncated: the saved pages of clients in the bundle hold 3 different rows of 4"
    assert said in notes


def test_notes_in_a_file_for_each_client_are_that_clients(tmp_path: Path) -> None:
    note = {"date": "2024-01-01 10:00:00", "author": "", "content": "Left a voicemail"}
    told = Bundled(tmp_path, {
        "clients.json": [client(1), client(2)],
        "history_notes/1.json": page([note, note]),
        "read_client_history_notes/2.json": page([note]),
        # A number that may be a page says nothing.
        "history_notes_2.json": page([{**note, "content": "Whose?"}]),
    })  # fmt: skip
    counts = "SELECT client_id, count(*) FROM tidy.notes GROUP BY 1 ORDER BY 1 NULLS LAST"
    assert told.rows(counts) == [("1", 2), ("2", 1), (None, 1)]


def test_a_day_that_could_be_a_month_is_asked(tmp_path: Path) -> None:
    files = {"clients.csv": "Contact ID,First Name,Created Date\n1,Ann,03/04/2024\n"}
    with pytest.raises(SettingsError, match=r"dmy or mdy"):
        Bundled(tmp_path, files, formats={})


def test_files_as_people_save_them(tmp_path: Path) -> None:
    head = "Contact ID,First Name,Notes,Square Feet,square feet,Gate,Gate\r\n"
    text = f'{head}1,Ann,"two\nlines \u2013 \u201cso\u201d",900,,41,42\r\n'
    notes = "client_id,date,content\n1,2024-01-01 10:00:00,it\u2019s"
    told = Bundled(tmp_path, {
        "clients.csv": b"\xef\xbb\xbf" + text.encode(),
        "history_notes.csv": notes.encode("cp1252"),
    })  # fmt: skip
    assert told.rows('SELECT whiteboard, "custom.square_feet" FROM tidy.clients') == [
        ("<p>two<br>lines \u2013 \u201cso\u201d</p>", 900)
    ]
    # Two columns of one name are two fields.
    assert told.rows('SELECT "custom.gate", "custom.gate_2" FROM tidy.clients') == [(41, 42)]
    assert told.rows("SELECT body FROM tidy.notes") == [("<p>it\u2019s</p>",)]


def test_what_a_company_name_means_a_person_says(tmp_path: Path) -> None:
    clients = [client(1, compName="Abbott Bakery"), client(2, compName="ABBOTT  bakery")]
    for meaning, companies, column in (("market", 0, "market"), ("company", 1, "company_name")):
        told = Bundled(
            tmp_path / meaning, {"clients.json": clients}, {"company_name_means": meaning}
        )
        assert told.rows("SELECT count(*) FROM tidy.companies") == [(companies,)]
        assert told.rows(f"SELECT {column} FROM tidy.clients WHERE id = '1'") == [
            ("Abbott Bakery",)
        ]


def test_labels_of_one_idea_become_one_field_when_confirmed(tmp_path: Path) -> None:
    rows = [{**client(1), "Square Feet": "900"}, {**client(2), "square_feet": "800"},
            {**client(3), "Square Feet": "700", "square_feet": "750"}]  # fmt: skip
    first, second = '"custom.square_feet"', '"custom.square_feet_2"'
    told = Bundled(tmp_path / "a", {"clients.json": rows})
    query = f"SELECT {first}, {second} FROM tidy.clients ORDER BY id"
    assert told.rows(query) == [(900, None), (None, 800), (700, 750)]
    assert "settings.merged_labels" in " ".join(told.source.discover().questions)
    settings = {"merged_labels": ["custom.square_feet_2"]}
    told = Bundled(tmp_path / "b", {"clients.json": rows}, settings)
    assert told.rows(query) == [(900, None), (800, None), (700, 750)]
