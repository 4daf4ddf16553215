"""The stand-in speaks the Web API: tokens, metadata, pages, annotations, files."""

from __future__ import annotations

import base64
import gzip
import json
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from moorage.sources.opex365.demo.bodies import file_content

from .standin_calls import Calls

FORMATTED = "@OData.Community.Display.V1.FormattedValue"
LOOKUP = "@Microsoft.Dynamics.CRM.lookuplogicalname"
ALL = 'odata.include-annotations="*"'


def test_a_token_opens_the_api_and_lasts_as_long_as_it_says(calls: Calls) -> None:
    given = calls.sign_in().json
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] == 3599
    assert set(calls.get("WhoAmI").json) >= {"UserId", "BusinessUnitId", "OrganizationId"}
    calls.standin.control("tokens", {"lifetime_seconds": 0})
    calls.token = calls.sign_in().json["access_token"]
    said = calls.get("WhoAmI")
    assert said.error[:2] == (401, "0x8004a101")
    assert said.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("changed", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://other.crm.dynamics.com/.default"}, 400, "invalid_resource", 500011),
        ({"scope": "user_impersonation"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
def test_a_wrong_sign_in_is_refused_as_entra_does(
    calls: Calls, changed: dict[str, str], status: int, error: str, number: int
) -> None:
    said = calls.sign_in(**changed)
    assert (said.status, said.json["error"]) == (status, error)
    assert said.json["error_description"].startswith(f"AADSTS{number}: ")


def test_tables_are_defined_with_what_a_reader_needs(calls: Calls) -> None:
    wanted = "LogicalName,EntitySetName,PrimaryIdAttribute,IsActivity,IsBPFEntity,OwnershipType"
    rows = calls.get(f"EntityDefinitions?$select={wanted},ChangeTrackingEnabled,DisplayName").rows
    known = {row["LogicalName"]: row for row in rows}
    assert known["opportunity"]["EntitySetName"] == "opportunities"
    assert known["activityparty"]["EntitySetName"] == "activityparties"
    assert known["email"]["IsActivity"] and known["opx_tenderprocess"]["IsBPFEntity"]
    assert known["contact"]["DisplayName"]["UserLocalizedLabel"]["Label"] == "Contact"
    text = (
        "IsActivity eq true and OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned'"
    )
    some = calls.get(f"EntityDefinitions?$select=LogicalName&$filter={text}").rows
    assert {"email", "task"} <= {row["LogicalName"] for row in some} < set(known)


def test_columns_are_told_apart_by_type_and_cast(calls: Calls) -> None:
    of_vessel = "EntityDefinitions(LogicalName='opx_vessel')/Attributes"
    names = "$select=LogicalName,AttributeType,AttributeTypeName,AttributeOf,IsCustomAttribute"
    rows = {row["LogicalName"]: row for row in calls.get(f"{of_vessel}?{names}").rows}
    kinds = {name: row["AttributeTypeName"]["Value"] for name, row in rows.items()}
    assert kinds["opx_certificates"] == "MultiSelectPicklistType"
    assert (kinds["opx_plan"], kinds["opx_photo"]) == ("FileType", "ImageType")
    assert rows["opx_classname"]["AttributeOf"] == "opx_class"
    assert rows["opx_draught"]["IsCustomAttribute"] and not rows["createdon"]["IsCustomAttribute"]

    cast = "Microsoft.Dynamics.CRM."
    dates = calls.get(
        f"{of_vessel}/{cast}DateTimeAttributeMetadata?$select=LogicalName,DateTimeBehavior,Format"
    )
    behaviours = {row["LogicalName"]: row["DateTimeBehavior"]["Value"] for row in dates.rows}
    assert behaviours["opx_built"] == "DateOnly"
    assert behaviours["opx_lastsurvey"] == "UserLocal"
    assert behaviours["opx_departurelocal"] == "TimeZoneIndependent"
    lookups = calls.get(
        f"{of_vessel}/{cast}LookupAttributeMetadata?$select=LogicalName,Targets"
    ).rows
    targets = {row["LogicalName"]: row["Targets"] for row in lookups}
    assert targets["opx_account"] == ["account", "contact"]


def test_option_sets_carry_labels_states_and_true_and_false(calls: Calls) -> None:
    head = (
        "EntityDefinitions(LogicalName='{}')/Attributes/Microsoft.Dynamics.CRM.{}"
        "?$select=LogicalName&$expand=OptionSet,GlobalOptionSet"
    )
    status = calls.get(head.format("lead", "StatusAttributeMetadata")).rows[0]["OptionSet"][
        "Options"
    ]
    assert {option["Value"]: option["State"] for option in status}[804240004] == 2
    choices = calls.get(head.format("opx_vessel", "PicklistAttributeMetadata")).rows
    shared = next(row for row in choices if row["LogicalName"] == "opx_class")
    assert shared["OptionSet"] is None
    assert shared["GlobalOptionSet"]["Name"] == "opx_contracttype"
    yes_no = calls.get(head.format("email", "BooleanAttributeMetadata")).rows
    direction = next(row for row in yes_no if row["LogicalName"] == "directioncode")["OptionSet"]
    assert direction["TrueOption"]["Label"]["UserLocalizedLabel"]["Label"] == "Outgoing"


def test_the_schema_document_knows_the_same_tables(calls: Calls) -> None:
    tree = ET.fromstring(calls.get("$metadata").body)
    types = {node.get("Name") for node in tree.iter() if node.tag.endswith("}EntityType")}
    assert {"contact", "activityparty", "opx_vessel"} <= types


def test_pages_follow_the_next_link_and_miss_nothing(calls: Calls) -> None:
    pages = list(calls.pages("contacts?$select=fullname", "odata.maxpagesize=17"))
    assert [len(page.rows) for page in pages] == [17, 17, 16]
    assert pages[0].headers["Preference-Applied"] == "odata.maxpagesize=17"
    ids = [row["contactid"] for page in pages for row in page.rows]
    assert len(set(ids)) == len(ids) == calls.truth("SELECT count(*) FROM contact")
    ordered = calls.rows(
        "contacts?$select=createdon&$orderby=createdon desc", "odata.maxpagesize=7"
    )
    assert all(a["createdon"] >= b["createdon"] for a, b in pairwise(ordered))
    assert len({row["contactid"] for row in ordered}) == len(ids)


def test_rows_carry_labels_and_the_tables_of_lookups(calls: Calls) -> None:
    address = (
        "opportunities?$select=name,_customerid_value,_ownerid_value,statuscode,estimatedvalue,"
        "estimatedclosedate,createdon"
    )
    rows = calls.rows(address, ALL)
    assert {row[f"_customerid_value{LOOKUP}"] for row in rows} == {"account", "contact"}
    assert {row[f"_ownerid_value{LOOKUP}"] for row in rows} <= {"systemuser", "team"}
    some = next(row for row in rows if row["statuscode"] == 1 and row["estimatedvalue"])
    assert some[f"statuscode{FORMATTED}"] == "In Progress"
    assert some[f"estimatedvalue{FORMATTED}"][0] in "€$£z¥"
    assert some["_transactioncurrencyid_value"]  # money drags its currency
    assert len(some["estimatedclosedate"]) == 10 and some["createdon"].endswith("Z")
    assert some["@odata.etag"].startswith('W/"')
    empty = next(row for row in rows if row["estimatedvalue"] is None)
    assert f"estimatedvalue{FORMATTED}" not in empty
    assert not any("@Microsoft" in key for key in calls.get(address).rows[0])


def test_filters_counts_top_and_one_row(calls: Calls) -> None:
    found = calls.get("contacts?$select=fullname&$filter=statecode eq 1&$count=true")
    assert found.json["@odata.count"] == len(found.rows) == calls.truth(
        "SELECT count(*) FROM contact WHERE statecode = 1"
    )  # fmt: skip
    assert calls.get("contacts/$count").body.decode("utf-8-sig") == "50"
    assert len(calls.get("contacts?$top=3").rows) == 3
    assert len(calls.get("contacts?$top=3", "odata.maxpagesize=9").rows) == 9
    row_id = found.rows[0]["contactid"]
    one = calls.get(f"contacts({row_id})?$select=fullname,_ownerid_value", ALL).json
    assert one["contactid"] == row_id and f"_ownerid_value{LOOKUP}" in one
    by_owner = calls.get(
        f"contacts?$select=fullname&$filter=_ownerid_value eq {one['_ownerid_value']}"
    )
    assert row_id in {row["contactid"] for row in by_owner.rows}
    several = calls.get(
        'contacts?$select=fullname&$filter=Microsoft.Dynamics.CRM.In(PropertyName=\'contactid\',PropertyValues=["'
        + row_id + '"])'
    )  # fmt: skip
    assert len(several.rows) == 1
    through = calls.get("contacts?$select=fullname&$filter=parentcustomerid_account/statecode eq 1")
    assert through.status == 200 and through.rows
    total = calls.get("RetrieveTotalRecordCount(EntityNames=['contact','email'])").json
    assert total["EntityRecordCountCollection"]["Values"] == [50, 50]


def test_groups_are_counted_and_added_up(calls: Calls) -> None:
    results = "aggregate($count as rows,actualvalue with sum as won)"
    by_state = f"opportunities?$apply=groupby((statecode),{results})"
    groups = {row["statecode"]: row for row in calls.get(by_state, ALL).rows}
    assert sum(row["rows"] for row in groups.values()) == 40
    assert groups[1][f"statecode{FORMATTED}"] == "Won"
    assert groups[1]["won"] > 0 and groups[0]["won"] is None
    owners = calls.get("contacts?$apply=groupby((_ownerid_value),aggregate($count as n))", ALL).rows
    assert {row[f"_ownerid_value{LOOKUP}"] for row in owners} == {"systemuser", "team"}
    inactive = calls.get("contacts?$apply=filter(statecode eq 1)/aggregate($count as n)").rows
    assert inactive == [{"n": calls.truth("SELECT count(*) FROM contact WHERE statecode = 1")}]
    assert calls.get("contacts?$apply=groupby((createdon))").error[0] == 400
    assert calls.get("contacts?$apply=groupby((nothing))").error[0] == 400


def test_expanded_parties_come_with_a_link_that_leads_nowhere_new(calls: Calls) -> None:
    parties = "email_activity_parties($select=participationtypemask,_partyid_value)"
    rows = calls.get(f"emails?$select=subject&$expand={parties}", ALL).rows
    inner = rows[0]["email_activity_parties"]
    assert {party["participationtypemask"] for party in inner} >= {1, 2}
    again = rows[0]["email_activity_parties@odata.nextLink"]
    assert "$skiptoken" not in again
    assert len(calls.get(again).rows) == len(inner)
    people = calls.get("contacts?$select=fullname&$expand=owninguser($select=fullname)").rows
    assert any(row["owninguser"] and row["owninguser"]["fullname"] for row in people)


def test_bodies_come_alone_whole_or_in_blocks(calls: Calls) -> None:
    files = calls.get("annotations?$select=filename,filesize&$filter=isdocument eq true").rows
    largest = max(files, key=lambda row: row["filesize"])
    row_id = largest["annotationid"]
    said = calls.get(f"annotations({row_id})/documentbody/$value")
    whole = base64.b64decode(said.body)
    assert said.headers["Content-Type"] == "text/plain"
    assert len(whole) == largest["filesize"] > 4 * 1024 * 1024
    target = {"annotationid": row_id, "@odata.type": "Microsoft.Dynamics.CRM.annotation"}
    begun = calls.post("InitializeAnnotationBlocksDownload", {"Target": target}).json
    assert begun["FileSizeInBytes"] == len(whole)
    token, blocks = begun["FileContinuationToken"], []
    for offset in range(0, len(whole), 4194304):
        asked = {"Offset": offset, "BlockLength": 4194304, "FileContinuationToken": token}
        blocks.append(base64.b64decode(calls.post("DownloadBlock", asked).json["Data"]))
    assert b"".join(blocks) == whole
    assert calls.standin.control("account")["writes"] == []


def test_file_and_image_columns_are_served_raw(calls: Calls) -> None:
    row = calls.get("opx_vessels?$select=opx_plan,opx_photo&$filter=opx_name ne null").rows
    held = next(found for found in row if found["opx_plan"] and found["opx_photo"])
    address = f"opx_vessels({held['opx_vesselid']})"
    whole = calls.get(f"{address}/opx_plan/$value")
    assert whole.body == file_content(held["opx_plan"])
    assert whole.headers["x-ms-file-name"].endswith(".pdf")
    part = calls.get(f"{address}/opx_plan/$value", Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    bare = next(found for found in row if not found["opx_plan"])
    said = calls.get(f"opx_vessels({bare['opx_vesselid']})/opx_plan/$value")
    assert said.error[:2] == (404, "0x80040217")
    photo = calls.get(f"{address}/opx_photo/$value")
    assert photo.body == base64.b64decode(held["opx_photo"])
    assert calls.get(f"{address}/opx_photo/$value?size=full").status == 204


def test_large_answers_are_zipped_when_asked(calls: Calls) -> None:
    said = calls.get("contacts", Accept_Encoding="gzip")
    assert said.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(said.body))["value"]) == 50
