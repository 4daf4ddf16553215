"""What Dataverse would refuse is refused here, with a status, a code and its words."""

from __future__ import annotations

import re

import pytest

from .standin_calls import Calls

BAD = (400, "0x80060888")


@pytest.mark.parametrize(
    ("address", "expected", "words"),
    [
        ("accountss", (404, "0x8006088a"), "segment 'accountss'"),
        ("account", (404, "0x8006088a"), "segment 'account'"),
        ("contacts?$select=fullnam", BAD, "'fullnam' on type 'Microsoft.Dynamics.CRM.contact'"),
        ("contacts?$select=FullName", BAD, "'FullName'"),
        ("contacts?$select=ownerid", BAD, "'ownerid'"),
        ("contacts?$select=parentcustomerid", BAD, "'parentcustomerid'"),
        ("accounts?$select=primarycontactid", BAD, "'primarycontactid'"),
        ("accounts?$select=industrycodename", BAD, "'industrycodename'"),
        ("emails?$select=to", BAD, "'to'"),
        ("accounts?$filter=industrycodename eq 'Accounting'", BAD, "'industrycodename'"),
        ("emails?$filter=contains(description,'x')", BAD, "'description'"),
        ("opx_vessels?$filter=opx_certificates eq '100000000'", BAD, "ContainValues"),
        ("opx_vessels?$filter=opx_photo ne null", BAD, "'opx_photo'"),
        ("contacts?$filter=contactid eq 'abc'", BAD, "'Edm.Guid' and 'Edm.String'"),
        ("contacts?$filter=statecode eq 'Active'", BAD, "'Edm.Int32' and 'Edm.String'"),
        ("contacts?$filter=fullname", BAD, "boolean"),
        ("contacts?$filter=fullname eq 'a", BAD, "Syntax error"),
        ("contacts?$filter=length(fullname) eq 3", BAD, "left side"),
        (
            "contacts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='contactid',"
            'PropertyValues=["abc"])',
            BAD,
            "'Edm.Guid'",
        ),
        ("contacts?$orderby=nothing", BAD, "'nothing'"),
        ("contacts?$skip=10", BAD, "Skip Clause is not supported"),
        ("contacts?$search=x", BAD, "$search"),
        ("contacts?$format=json", BAD, "$format"),
        ("contacts?$Select=fullname", BAD, "$Select"),
        ("contacts?$top=ten", BAD, "$top"),
        ("contacts?$expand=nothing", BAD, "'nothing'"),
        ("contacts?$expand=owninguser($count=true)", BAD, "$count"),
        ("contacts(00000000-0000-0000-0000-000000000001)", (404, "0x80040217"), "Does Not Exist"),
        ("EntityDefinitions?$select=Name", BAD, "EntityMetadata"),
        ("EntityDefinitions(LogicalName='no')", (404, "0x80060888"), "MetadataCache"),
        ("EntityDefinitions?$top=3", BAD, "$top"),
        (
            "EntityDefinitions?$filter=startswith(LogicalName,'opx_')",
            (501, "0x8006088a"),
            "isn't supported for Metadata Entities",
        ),
        (
            "EntityDefinitions(LogicalName='contact')/Attributes?$expand=OptionSet",
            BAD,
            "'OptionSet'",
        ),
        (
            "EntityDefinitions(LogicalName='contact')/Attributes/Microsoft.Dynamics.CRM.EnumAttributeMetadata",
            (404, "0x8006088a"),
            "EnumAttributeMetadata",
        ),
        ("RetrieveTotalRecordCount(EntityNames=['nothing'])", (400, "0x80041102"), "nothing"),
    ],
)
def test_a_wrong_question_is_refused(
    calls: Calls, address: str, expected: tuple[int, str], words: str
) -> None:
    status, code, message = calls.get(address).error
    assert (status, code) == expected
    assert words in message


def test_a_party_is_read_in_sets_only(calls: Calls) -> None:
    party = calls.get("activityparties?$top=1").rows[0]["activitypartyid"]
    assert calls.get(f"activityparties({party})").error[0] == 400


def test_a_next_link_is_taken_as_it_is_or_not_at_all(calls: Calls) -> None:
    link = calls.get("contacts?$select=fullname", "odata.maxpagesize=10").json["@odata.nextLink"]
    assert calls.get(link, "odata.maxpagesize=10").status == 200
    assert calls.get(link.replace("fullname", "lastname")).error[:2] == (400, "0x80040203")
    cookie = re.sub(r"pagingcookie%3D%22.", "pagingcookie%3D%22-", link)
    assert calls.get(cookie).error[:2] == (400, "0x80040203")


@pytest.mark.parametrize("name", ["OData-Version", "OData-MaxVersion"])
def test_the_headers_of_the_documentation_are_needed(calls: Calls, name: str) -> None:
    calls.standard.pop(name)
    status, _, message = calls.get("WhoAmI").error
    assert status == 400 and name in message


def test_nobody_comes_in_without_a_good_token(calls: Calls) -> None:
    assert calls.get("WhoAmI", Authorization="").error[0] == 401
    assert calls.get("WhoAmI", Authorization="Bearer made-up").error[:2] == (401, "0x8004a100")
    calls.standin.control("tokens", {"revoke": True})
    assert calls.get("WhoAmI").error[:2] == (401, "0x8004a101")


def test_writing_is_refused_and_remembered(calls: Calls) -> None:
    row_id = calls.get("contacts?$top=1").rows[0]["contactid"]
    before = calls.truth("SELECT count(*) FROM contact")
    assert calls.post("contacts", {"lastname": "x"}).error[:2] == (403, "0x80040220")
    assert calls.post(f"contacts({row_id})", {"lastname": "x"}, "PATCH").error[0] == 403
    assert calls.post(f"contacts({row_id})", {}, "DELETE").error[0] == 403
    assert calls.post("WinOpportunity", {}).error[0] == 405
    assert calls.truth("SELECT count(*) FROM contact") == before
    assert [write.split()[0] for write in calls.standin.control("account")["writes"]] == [
        "POST",
        "PATCH",
        "DELETE",
        "POST",
    ]


def test_a_table_may_be_closed_to_this_user(calls: Calls) -> None:
    calls.standin.control("privileges", {"hidden": ["incident"]})
    status, code, message = calls.get("incidents?$select=title").error
    assert (status, code) == (403, "0x80040220")
    assert "prvReadincident" in message
    assert calls.get("accounts?$top=1").status == 200


def test_only_tracked_tables_give_changes(calls: Calls) -> None:
    status, code, message = calls.get("activityparties", "odata.track-changes").error
    assert (status, code) == (400, "0x80072491")
    assert "isn't enabled for change tracking" in message
    for name in ("filter=statecode eq 0", "orderby=fullname", "expand=owninguser", "top=3"):
        said = calls.get(f"contacts?${name}", "odata.track-changes")
        assert said.error[:2] == BAD
        assert "isn't supported when Change Tracking is enabled" in said.error[2]
