"""The tables that are read, and the columns that Dataverse is documented to have in them.

All of it is "expected, check": what the environment's metadata does not know is read as empty,
what users added comes on top. `>` is a lookup, `#` a choice, `$` an amount, `+` a whole number,
`%` one with decimals, `?` yes or no, `!` a day, `@` a time, `*` an image; all else is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MARKS = {">": "lookup", "#": "choice", "$": "money", "+": "integer", "%": "decimal",
         "?": "boolean", "!": "date", "@": "datetime", "*": "image"}  # fmt: skip
STAMPS = "createdon@ modifiedon@ "
STATE = "statecode# statuscode# "
OWNED = STATE + STAMPS + "ownerid> createdby> "


def _address(number: int) -> str:
    parts = ["line1", "line2", "line3", "city", "stateorprovince", "postalcode", "country"]
    return " ".join(f"address{number}_{part}" for part in parts) + " "


_PERSON = (
    "salutation firstname middlename lastname fullname jobtitle emailaddress1 emailaddress2"
    " emailaddress3 telephone1 telephone2 telephone3 mobilephone fax websiteurl description"
    " donotemail? donotphone? donotbulkemail? "
)
_ACTIVITY = OWNED + (
    "subject description scheduledstart@ scheduledend@ actualstart@ actualend@"
    " scheduleddurationminutes+ actualdurationminutes+ prioritycode# regardingobjectid> "
)
#: By table: its expected columns beside the key.
EXPECTED: Mapping[str, str] = {
    "systemuser": "fullname firstname lastname internalemailaddress domainname isdisabled?"
    " accessmode# applicationid setupuser? isintegrationuser? title jobtitle mobilephone"
    " address1_telephone1 businessunitid> parentsystemuserid> " + STAMPS,
    "team": "name emailaddress administratorid> businessunitid> teamtype# isdefault? " + STAMPS,
    "businessunit": "name parentbusinessunitid> isdisabled?",
    "queue": "name emailaddress",
    "transactioncurrency": "isocurrencycode currencyname currencysymbol exchangerate%"
    " currencyprecision+",
    "organization": "name basecurrencyid> expirechangetrackingindays+ maxuploadfilesize+",
    "account": OWNED
    + _address(1) + _address(2)
    + "name accountnumber parentaccountid> primarycontactid> emailaddress1 emailaddress2"
    " emailaddress3 telephone1 telephone2 telephone3 fax websiteurl industrycode# customertypecode#"
    " accountcategorycode# ownershipcode# revenue$ revenue_base$ numberofemployees+ sic"
    " tickersymbol creditlimit$ creditonhold? paymenttermscode# description donotemail? donotphone?"
    " donotbulkemail? merged? masterid> transactioncurrencyid> entityimage*",
    "contact": OWNED
    + _PERSON + _address(1) + _address(2) + _address(3)
    + "suffix nickname department parentcustomerid> birthdate! anniversary! gendercode#"
    " familystatuscode# spousesname assistantname assistantphone managername"
    " preferredcontactmethodcode# leadsourcecode# accountrolecode# originatingleadid> merged?"
    " masterid> transactioncurrencyid> entityimage*",
    "lead": OWNED
    + _PERSON + _address(1)
    + "subject companyname leadsourcecode# leadqualitycode# industrycode# revenue$"
    " numberofemployees+ budgetamount$ estimatedamount$ estimatedamount_base$ estimatedclosedate!"
    " qualificationcomments parentaccountid> parentcontactid> customerid> qualifyingopportunityid>"
    " merged? masterid> transactioncurrencyid> entityimage*",
    "opportunity": OWNED
    + "name customerid> parentaccountid> parentcontactid> originatingleadid> emailaddress"
    " description estimatedvalue$ estimatedvalue_base$ actualvalue$ actualvalue_base$"
    " closeprobability+ estimatedclosedate! actualclosedate! stepname salesstage#"
    " opportunityratingcode# budgetamount$ need# timeline# customerneed currentsituation"
    " proposedsolution quotecomments qualificationcomments totalamount$ totallineitemamount$"
    " totaltax$ totaldiscountamount$ freightamount$ pricelevelid> transactioncurrencyid>",
    "opportunityproduct": "opportunityid> productid> uomid> productdescription isproductoverridden?"
    " quantity% priceperunit$ manualdiscountamount$ tax$ extendedamount$ lineitemnumber+"
    " transactioncurrencyid> " + STAMPS,
    "product": STATE + STAMPS
    + "name productnumber description productstructure# producttypecode# price$ standardcost$"
    " currentcost$ defaultuomid> defaultuomscheduleid> parentproductid> quantityonhand%"
    " stockweight% stockvolume% suppliername vendorpartnumber producturl validfromdate!"
    " validtodate! transactioncurrencyid> entityimage*",
    "productassociation": STATE + "productid> associatedproduct> uomid> quantity%"
    " productisrequired#",
    "uomschedule": "name baseuomname",
    "uom": "name quantity% baseuom> uomscheduleid> isschedulebaseuom?",
    "pricelevel": STATE + STAMPS + "name begindate! enddate! transactioncurrencyid> description",
    "productpricelevel": STAMPS + "pricelevelid> productid> uomid> amount$ percentage%"
    " pricingmethodcode# transactioncurrencyid>",
    "incident": OWNED
    + "title ticketnumber customerid> primarycontactid> responsiblecontactid> subjectid> productid>"
    " parentcaseid> productserialnumber casetypecode# caseorigincode# prioritycode# severitycode#"
    " customersatisfactioncode# description emailaddress followupby@ resolveby@ isescalated?"
    " entitlementid> merged? masterid>",
    "processstage": "stagename stagecategory# primaryentitytypecode processid>",
    "workflow": "name category# type# statecode# mode# primaryentity ondemand? subprocess?"
    " triggeroncreate? triggerondelete? triggeronupdateattributelist scope# ismanaged? description"
    " ownerid> " + STAMPS,
    "email": _ACTIVITY + "directioncode? sender torecipients messageid inreplyto senton@"
    " notifications+ attachmentcount+ parentactivityid>",
    "phonecall": _ACTIVITY + "directioncode? phonenumber leftvoicemail?",
    "task": _ACTIVITY + "percentcomplete+",
    "appointment": _ACTIVITY + "location isalldayevent? globalobjectid seriesid instancetypecode#",
    "activitypointer": _ACTIVITY + "activitytypecode",
    "opportunityclose": STATE + STAMPS + "subject description opportunityid> actualrevenue$"
    " actualend@ competitorid>",
    "incidentresolution": STATE + STAMPS + "subject description incidentid> timespent+ actualend@",
    "activityparty": "activityid> partyid> participationtypemask# addressused unresolvedpartyname"
    " ispartydeleted?",
    "annotation": STAMPS + "subject notetext isdocument? filename mimetype filesize+ objectid>"
    " ownerid> createdby>",
    "activitymimeattachment": "filename mimetype filesize+ objectid> activityid> attachmentnumber+"
    " attachmentcontentid " + STAMPS,
}  # fmt: skip

#: What the tables of business process flows have; their lookups to records come from metadata.
PROCESS = "name activestageid> activestagestartedon@ completedon@ processid> traversedpath " + (
    STATE + STAMPS
)
#: Types of activity that have a table of their own above.
CONCRETE = ("email", "phonecall", "task", "appointment")
#: Wide rows: fewer of them at once, so that no answer takes minutes.
SMALL_PAGES = {"email": 500, "appointment": 1000, "annotation": 1000, "incidentresolution": 1000}


@dataclass(frozen=True)
class Column:
    """A column to read: its name, and its kind as the words of `metadata.KINDS` have it."""

    name: str
    kind: str


def columns(words: str) -> list[Column]:
    """The columns of a line of words with their marks."""
    return [
        Column(word.rstrip("".join(MARKS)), MARKS.get(word[-1], "text"))
        for word in dict.fromkeys(words.split())
    ]


def raw_names(found: Iterable[Column]) -> list[str]:
    """The raw columns of these: a choice has its label, a lookup its table and label beside it."""
    names = []
    for column in found:
        names.append(column.name)
        if column.kind == "lookup":
            names.append(f"{column.name}.table")
        if column.kind in ("lookup", "choice", "choices"):
            names.append(f"{column.name}.label")
    return names
