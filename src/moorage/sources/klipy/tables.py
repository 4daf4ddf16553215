"""What Klipy gives: answers of its API, its log of webhooks, and sheets that people filled.

Only the headers of Klipy's own import files and the keys of its API are documented; all other names
are what such sheets are likely to say, and a person can add to them (`source.headers`).
"""

from __future__ import annotations

from moorage.bundles import Column, Expected, Kind


def _column(text: str) -> Column:
    """`name:kind!  Alias|Alias`; text is the kind by default, `!` is required."""
    head, _, aliases = text.strip().partition(" ")
    name, _, kind = head.rstrip("!").partition(":")
    chosen: Kind = kind or "text"  # type: ignore[assignment]
    return Column(
        name,
        chosen,
        tuple(alias.strip() for alias in aliases.split("|") if alias.strip()),
        required=head.endswith("!"),
        names=name == "stakeholders",
        note=_NOTES.get(name, ""),
        example=_EXAMPLES.get(name, ""),
    )


def _table(
    name: str, lines: str, *files: str, key: tuple[str, ...] = ("id",), note: str = ""
) -> Expected:
    columns = tuple(_column(line) for line in lines.strip().splitlines())
    return Expected(name, columns, files, key, note)


_NOTES = {
    "id": "Klipy's own id; without it the row is known by what it says.",
    "private": "yes: nobody else may see it; nothing private moves unasked.",
    "stage": "As Klipy writes it.",
    "path": "Below the bundle's folder, or an https address.",
}
_EXAMPLES = {"email": "ann@example.com", "domain": "example.com", "estimated_value": "12000.00"}
_PLACE = "city City\nstate State\ncountry Country\n"
_STAMPS = "created:datetime Created At|Creation Time|Created Date\nupdated:datetime Updated At\n"

EXPECTED: tuple[Expected, ...] = (
    _table(
        "people",
        """
        id ID|Person ID|Contact ID|personId|contactId
        first_name First Name|firstName|Given Name
        last_name Last Name|lastName|Surname
        name Full Name|displayName
        email Email|Email Address|Work Email|primaryEmail
        email2 Email 2|Email (2)|Secondary Email|Private Email
        emails:list All Emails
        phone:code Phone|Mobile|Phone Number
        phones:list
        title Title|Job Title|Position
        company Company|Company Name|companyName
        company_id Company ID|companyId
        company_domain Company Domain|companyDomain
        linkedin LinkedIn URL|linkedinUrl|LinkedIn Profile
        notes Notes|Note
        tags:list Tags|Tag
        owner Owner|Owner Name
        owner_email
        private:boolean Private|is_private
        """
        + _PLACE + _STAMPS,
        "contacts", "persons",
        note="Contacts, as Klipy's own import file has them, and more.",
    ),
    _table(
        "companies",
        """
        id ID|Company ID|companyId
        name! Company Name|Company|companyName
        domain Domain|Company Domain
        industry Industry
        size Size|Employees|employee_count|employeeCount
        website Website|Web
        estimated_revenue:money Revenue|estimatedRevenue
        linkedin LinkedIn URL|linkedinUrl
        description Description
        tags:list Tags
        owner Owner
        """
        + _PLACE + _STAMPS,
        "organizations", "accounts",
    ),
    _table(
        "deals",
        """
        id Deal ID|dealId|deal_id
        name! Deal Name|deal_name|Deal
        pipeline Pipeline
        stage Stage
        estimated_value:money Value|Amount|estimatedValue
        currency Currency
        created:datetime deal_creation_date|Created At
        close_date:date Estimated Close Date|estimated_close_date|Close Date
        closed_at:datetime Closed|Closed Date
        updated:datetime Updated At|Last Activity
        owner Owner|owner_name
        owner_email
        company Company|Company Name
        company_domain Company Domain
        contact_email Contact Email|Point Of Contact
        stakeholders:list Stakeholders
        private:boolean Private|is_private
        won:boolean Won
        lost_reason Lost Reason|Reason Lost
        next_step Next Step
        score Deal Score|Deal Health
        description Notes|Description
        tags:list Tags
        """,
        "opportunities",
    ),
    _table(
        "events",
        """
        event_id id|event_id
        type! event|event_type
        object
        data:json! payload
        moment:datetime at|created_at|timestamp|occurred_at|time|sent_at|createdAt
        """,
        "webhooks", "webhook*log", "hooks",
        key=("_file", "_line"),
        note="One webhook a line, as it was received.",
    ),
    _table(
        "interactions",
        """
        id ID|Interaction ID|interactionId
        companies:list Company IDs|company_ids
        contacts:list Contact IDs|contact_ids|People
        contact_email Contact Email
        deal_id Deal ID|dealId
        direction
        sentiment
        source Channel
        type Interaction Type
        title Subject
        summary Body|Text|Content
        created_by createdBy|Owner
        created:datetime creationTime|created_at
        date:datetime interactionDate|interaction_date|When
        end:datetime End|endDate
        status Status
        private:boolean Private|is_private
        """,
        "activities",
    ),
    _table(
        "notes",
        """
        id Note ID
        contact_id
        contact_email
        company
        company_domain
        deal_id
        author Author|Owner
        created:datetime Date|Created At
        private:boolean is_private
        body! Note|Text|Content
        """,
    ),
    _table(
        "drafts",
        """
        id Draft ID
        contact_id
        contact_email
        deal_id
        channel
        trigger
        status
        subject
        body Text|Draft
        author Owner
        created:datetime Created At|Date
        """,
    ),
    _table(
        "pipelines",
        """
        pipeline_id
        pipeline! Pipeline Name
        stage! Stage Name
        position:integer Order
        won:boolean
        lost:boolean
        """,
        "stages", "pipeline stages",
        key=("pipeline", "stage"),
    ),
    _table(
        "users",
        """
        id User ID
        name! Member|Full Name
        email Email Address
        role
        active:boolean
        """,
        "members", "team",
    ),
    _table(
        "tags",
        """
        record_type! Type|Object
        record_id! Record|ID
        tag! Tag Name|Label
        """,
        key=("record_type", "record_id", "tag"),
    ),
    _table(
        "attachments",
        """
        id Attachment ID
        record_type! Type|Object
        record_id! Record
        file_name! Name|File
        path path_or_url|URL|Link
        size:integer Bytes
        created:datetime Created At
        """,
        "files",
    ),
    _table(
        "workflows",
        """
        name! Workflow|Sequence|Automation
        kind Type
        trigger When
        conditions If
        step:integer Position
        action Action|Then
        delay Wait
        status Active
        """,
        "automations", "sequences",
        key=("name", "step"),
        note="One line for each step.",
    ),
)  # fmt: skip
#: What the API gives; all else comes as files.
OF_API = ("people", "companies", "interactions")
