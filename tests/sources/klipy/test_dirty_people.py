"""Contacts, companies and owners as people hand them over (cases 3, 4, 10, 13, 15)."""

from __future__ import annotations

from .scene import Scene

PEOPLE = "ID,First Name,Last Name,Email,Company,Company Domain,Tags,Owner\n"


def test_names(scene: Scene) -> None:
    given = {
        "Ann,Lee": "Ann Lee",
        ',"Patel, Jordan"': "Jordan Patel",
        'Ann,"Lee, PhD"': "Ann Lee, PhD",
        "Mira 🚀,Stone | Growth Lead": "Mira Stone",
        "Prince,": "Prince",
        "Goran,goran@x.example": "Goran",
    }
    lines = [f"p{n},{names},a{n}@x.example,,,,\n" for n, names in enumerate(given)]
    scene.read({"people.csv": PEOPLE + "".join(lines)})
    assert [name for (name,) in scene.rows("SELECT name FROM tidy.people ORDER BY id")] == [
        *given.values()
    ]
    assert scene.rows("SELECT title, given_name FROM tidy.people WHERE id = 'p3'") == [
        ("Growth Lead", "Mira 🚀 Stone | Growth Lead")
    ]
    assert scene.findings("people") == ["held an e-mail address"]


def test_one_contact_in_api_and_sheet_is_one(scene: Scene) -> None:
    scene.read({
        "people.json": {"success": True, "data": {"people": [
            {"id": "p1", "firstName": "Ann", "lastName": "Lee", "email": "ann@x.example"}]}},
        "people_2.json": {"object": "success", "data": [
            {"id": "p1", "first_name": "Ann", "last_name": "Lee", "title": "CEO"}],
            "page_info": {"next_cursor": None}},
        "contacts.csv": "First Name*,Last Name*,Email*,Phone\nAnn,Lee,ANN@X.example,0664 1\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, email, phone, title FROM tidy.people") == [
        ("p1", "ann@x.example", "0664 1", "CEO")
    ]


def test_one_address_under_two_names_stays_two(scene: Scene) -> None:
    scene.read(
        {"people.csv": f"{PEOPLE}p1,Ann,Lee,office@x.example,,,,\n,Bo,Ng,OFFICE@x.example,,,,\n"}
    )
    assert scene.rows("SELECT name, email FROM tidy.people ORDER BY name") == [
        ("Ann Lee", "office@x.example"), ("Bo Ng", "office@x.example"),
    ]  # fmt: skip


def test_people_without_anything_stay_apart_and_keep_their_ids(scene: Scene) -> None:
    line = ",Ann,Lee,,Acme,,,\n"
    scene.read({"people.csv": PEOPLE + line + line + ",Bo,,,,,,\n"})
    ids = {key for (key,) in scene.rows("SELECT id FROM tidy.people")}
    scene.read({"people.csv": PEOPLE + ",Bo,,,,,,\n" + line + line})
    assert {key for (key,) in scene.rows("SELECT id FROM tidy.people")} == ids and len(ids) == 3


def test_domains_and_mail_services(scene: Scene) -> None:
    scene.read({
        "companies.csv": "ID,Company Name,Domain\n"
        "c1,Acme,https://www.ACME.example/about\nc2,Gmail,gmail.com\nc3,Small Shop,gmail.com\n",
        "people.csv": PEOPLE + "p1,Ann,Lee,a@x.example,Acme,www.acme.example,,\n"
        "p2,Bo,Ng,b@x.example,,acme.example,,\np3,Cy,Ott,c@gmail.com,,gmail.com,,\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, domain, is_generic FROM tidy.companies ORDER BY id") == [
        ("c1", "acme.example", False), ("c2", None, True), ("c3", None, False),
    ]  # fmt: skip
    assert scene.rows("SELECT id, company_id FROM tidy.people ORDER BY id") == [
        ("p1", "c1"), ("p2", "c1"), ("p3", None),
    ]  # fmt: skip
    assert "has the domain of a mail service: it is left out" in scene.findings("companies")


def test_daughters_on_one_domain_stay_two(scene: Scene) -> None:
    scene.read({
        "companies.csv": "ID,Company Name,Domain\nc1,Acme,acme.example\n"
        "c2,Acme Labs,acme.example\n",
        "people.csv": PEOPLE + "p1,A,B,a@x.example,Acme Labs,acme.example,,\n"
        "p2,C,D,c@x.example,,acme.example,,\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, company_id FROM tidy.people ORDER BY id") == [
        ("p1", "c2"), ("p2", None),
    ]  # fmt: skip
    assert len(scene.findings("companies")) == 2


def test_companies_that_are_only_named(scene: Scene) -> None:
    scene.read(
        {"people.csv": PEOPLE + "p1,A,B,a@x.example,New Co,,,\np2,C,D,c@x.example,NEW CO,,,\n"}
    )
    assert scene.rows("SELECT name, is_only_named FROM tidy.companies") in (
        [("New Co", True)], [("NEW CO", True)],
    )  # fmt: skip
    assert scene.one("SELECT count(DISTINCT company_id) FROM tidy.people") == 1


def test_a_company_that_is_gone_is_found_by_name_or_told(scene: Scene) -> None:
    scene.read({
        "companies.json": [
            {"id": "c1", "name": "Acme"}, {"id": "c2", "domain": "WWW.Bolt.example"},
        ],
        "people.json": [
            {"id": "p1", "firstName": "Ann", "companyId": "gone", "companyName": "ACME"},
            {"id": "p2", "firstName": "Bo", "companyId": "gone"},
            {"id": "p3", "firstName": "Cy", "companyId": "c2"},
        ],
    })  # fmt: skip
    assert scene.rows("SELECT id, company_id FROM tidy.people ORDER BY id") == [
        ("p1", "c1"), ("p2", None), ("p3", "c2"),
    ]  # fmt: skip
    assert scene.one("SELECT name FROM tidy.companies WHERE id = 'c2'") == "bolt.example"
    assert scene.rows("SELECT source_key, message FROM tidy._findings WHERE object = 'people'") == [
        ("p2", "its company is not among those given")
    ]


def test_owners_by_name(scene: Scene) -> None:
    scene.read({
        "users.csv": "Name,Email,Active\nAnn Keller,ann@k.example,yes\n"
        "Cleo Marsh,cleo@k.example,yes\nCleo Marsh,cleo2@k.example,no\n",
        "people.csv": PEOPLE + "p1,A,B,a@x.example,,,,ann  keller\n"
        "p2,C,D,c@x.example,,,,Cleo Marsh\n"
        "p3,E,F,e@x.example,,,,Gone Person\n",
    })  # fmt: skip
    assert scene.rows(
        "SELECT p.id, u.email, u.is_only_a_name FROM tidy.people p JOIN tidy.users u"
        " ON u.id = p.owner_id ORDER BY p.id"
    ) == [("p1", "ann@k.example", False), ("p2", None, True), ("p3", None, True)]
    assert scene.findings("users") == ["several members have this name: the queue asks who it is"]


def test_tags_of_all_spellings_are_one(scene: Scene) -> None:
    scene.read({
        "people.csv": PEOPLE + 'p1,A,B,a@x.example,,,"Hot Lead, VIP",\n'
        "p2,C,D,c@x.example,,,hot-lead|vip,\n",
        "tags.csv": "record_type,record_id,tag\ncontact,A@x.example,HOT LEAD \n"
        "deal,dl_1,hot_lead\n",
        "deals.csv": "Deal ID,Deal Name\ndl_1,Big\n",
    })  # fmt: skip
    assert scene.rows("SELECT id, partner_count, deal_count FROM tidy.tags ORDER BY id") == [
        ("hotlead", 3, 1), ("vip", 2, 0),
    ]  # fmt: skip
    assert scene.one("SELECT tags FROM tidy.deals") == ["hotlead"]


def test_a_sheet_out_of_excel(scene: Scene) -> None:
    """In cp1252, with a break in a cell, two columns of one name, and nothing at its end."""
    text = (
        "ID;First Name;Email;Email;Notes;;\n"
        'p1;Zoë;zoe@x.example;zoe@home.example;"a\nb";;\n;;;;;;\n'
    )
    scene.read({"people.csv": text.encode("cp1252")})
    assert scene.rows("SELECT name, email, emails_all, notes FROM tidy.people") == [
        ("Zoë", "zoe@x.example", "zoe@x.example, zoe@home.example", "a\nb")
    ]


def test_columns_of_their_own(scene: Scene) -> None:
    lines = "".join(
        f"p{n},A{n},B,a{n}@x.example,{'East' if n % 2 else 'West'},{n}\n" for n in range(8)
    )
    scene.read({"people.csv": "\ufeffID,First Name,Last Name,Email,Sales Region,Visits\n" + lines})
    assert scene.one("SELECT \"custom.sales_region\" FROM tidy.people WHERE id = 'p3'") == "East"
    assert scene.one('SELECT sum("custom.visits") FROM tidy.people') == 28
