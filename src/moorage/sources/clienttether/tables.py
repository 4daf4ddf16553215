"""The tables of ClientTether: those its API gives, and those that only a bundle can bring.

Names of files and headers are what people and the API are known or likely to write; whatever else
a bundle has, `source.headers` and `source.bundle_files` give a place. No table needs more than ids.
"""

from __future__ import annotations

from typing import cast

from moorage.bundles import Column, Expected
from moorage.bundles.expected import Kind

#: Where the account of a row is not told by its folder.
_ACCOUNT = "account_id code Sub Account ID|Location ID"
_CLIENT = "client_id code Contact ID|Client"


def _table(name: str, columns: str, files: str = "", key: str = "", note: str = "") -> Expected:
    """`columns`: a line for each, `name kind alias|alias`."""
    lines = [line.split(maxsplit=2) for line in columns.strip().splitlines()]
    made = [
        Column(first, cast(Kind, kind), tuple(rest[0].split("|")) if rest else ())
        for first, kind, *rest in lines
    ]
    return Expected(name, tuple(made), tuple(files.split()), tuple(key.split()), note)


CLIENTS = f"""
client_id code Contact ID|Client No
{_ACCOUNT}
external_id text
first_name text firstName
last_name text lastName
company_name text compName|Company
address text Street|Street Address
city text
state text State or Province|Province
zip code Zip Code|Postal Code|Zip or Postal Code
country text
phone code Cell Phone|Phone Number|Mobile|Mobile Phone
email text Email Address|E-mail
sms_ok text smsok|SMS OK
age text
gender text
whiteboard text Notes|White Board
deal_size money
likelihood percent likelihood_to_close|Likelihood to Close
close_date date Expected Close Date
quoted boolean
closed boolean
archived boolean Is Archived
action_plan text clients_action_plan
sales_cycle text clients_sales_cycle
lead_source text clients_lead_source
created datetime Created Date|Date Created
updated datetime last_modified_date|Modified Date|Last Modified
contact_type text Type
assigned_user text Assigned To
tags list Tag
main_contact_id code Main Contact|Attached To|Parent Contact ID
campaign text Campaign ID
form text Form ID|Web Form
score number Lead Score
"""
OPPORTUNITIES = f"""
opportunity_id code
{_CLIENT}
{_ACCOUNT}
name text Opportunity Name|Opportunity
first_name text firstName
last_name text lastName
company_name text compName|Company
deal_size money Value|Amount
likelihood percent likelihood_to_close|Likelihood to Close
close_date date Expected Close Date
quoted boolean
closed boolean
sales_cycle text contact_sales_cycle|Stage
lead_source text contact_lead_source
action_plan text contact_action_plan
contact_type text
created datetime Created Date
updated datetime last_modified_date|Modified Date
assigned_user text Assigned To
tags list Tag
"""
SALES_CYCLES = f"""
sales_cycle_id code
{_ACCOUNT}
sales_cycle_name text Sales Cycle|Name
active boolean sales_cycle_active_status|Status
position integer sales_cycle_order|Order|Sort Order
likelihood percent likelihood_to_close
contact_type text
contact_type_name text Contact Type Name
quoted boolean
closed boolean
"""
USERS = f"""
user_id code ID for API v2|ID
{_ACCOUNT}
first_name text firstName
last_name text lastName
name text Full Name
email text Email Address
user_name text username|Login
phone code
user_type text Type|User Level
active boolean
"""
ACCOUNTS = """
account_id code Sub Account ID|ID
parent_account_id code Parent ID|Parent Account
level text
company_name text Account Name|Name
account_owner text Owner
email text
phone code
time_zone text
web_address text Website
royalty_rate percent
marketing_rate percent
proposals_active boolean
"""

EXPECTED = (
    _table("clients", CLIENTS, "clients read_client_list contacts leads", "_file _line"),
    _table("opportunities", OPPORTUNITIES, "opportunities read_opportunity_list pipeline",
           "_file _line"),
    _table("sales_cycles", SALES_CYCLES, "sales_cycles read_sales_cycle_list"),
    _table("lead_sources", f"lead_source_id code\n{_ACCOUNT}\nlead_source_name text Lead Source",
           "lead_sources read_lead_source_list"),
    _table("users", USERS, "users read_user_list"),
    _table("history_notes", f"""
note_id code id|history_id
{_CLIENT}|contact_id
{_ACCOUNT}
date datetime created|Created Date|note_date
author text user|Created By|assigned_user
type text note_type|Activity
direction text
subject text
content text note|notes|Text|Body|Message
""", "history_notes read_client_history_notes* notes sms emails"),
    _table("events", f"""
event_id code
{_CLIENT}
{_ACCOUNT}
title text event_title|Subject|Name
event_type text
from_date datetime start_date|Start
end_date datetime End
location text
notes text Description
assigned_user text User
""", "events read_all_events* appointments"),
    _table("action_plans", f"""
action_plan_id code
{_ACCOUNT}
action_plan_name text Action Plan|Name
plan_type text Type
status text
next_plan text
sales_cycle text
lead_source text
""", "action_plans read_action_plan_list"),
    # -- what the API does not give ------------------------------------------------------------
    _table("accounts", ACCOUNTS, "accounts sub_accounts"),
    _table("proposals", f"""
proposal_number code Number|Proposal|Proposal ID
{_CLIENT}
{_ACCOUNT}
opportunity_id code
status text
type text Proposal Type
estimator text assigned_user
created datetime Date|Proposal Date
valid_until date Expires|Expiration Date
job_start_date date
subtotal money
labor_tax money
material_tax money
discount money
total money Grand Total|Amount
template text Proposal Template
terms text
notes text Proposal Notes
url text Link|Proposal URL
""", "proposals", note="One row for each proposal."),
    _table("proposal_lines", f"""
proposal_number code Number|Proposal
{_ACCOUNT}
line integer Line No|Position
description text Item|Name
quantity number Qty
unit_price money Price|Rate
taxable boolean
amount money Total
""", "proposal_lines proposal_items"),
    _table("work_orders", f"""
work_order_id code Number|Work Order
proposal_number code Proposal
{_CLIENT}
{_ACCOUNT}
title text Name|Description
type text Work Order Type
status text
start datetime Start Date|Scheduled
end datetime End Date
assigned_user text Crew|Assigned To
notes text
""", "work_orders workorders jobs"),
    _table("call_logs", f"""
call_id code
{_CLIENT}
{_ACCOUNT}
date datetime Call Date|Created
direction text
duration text Length
disposition text Outcome|Result
recording_url text Recording|Recording Link
user text assigned_user|Agent
notes text
""", "call_logs calls"),
    _table("tags", f"tag_id code\n{_ACCOUNT}\nname text Tag|Label", "tags"),
    _table("files", f"""
file_id code
{_CLIENT}
{_ACCOUNT}
file_name text Name
path text File|url
size integer
created datetime Date|Uploaded
""", "files attachments"),
    _table("action_plan_steps", f"""
action_plan text Action Plan Name|action_plan_name
{_ACCOUNT}
step integer Step No|Position
type text Step Type|Action
delay text Delay Days|Wait
template text
content text Text|Details
""", "action_plan_steps steps"),
    _table("triggers", f"""
trigger_id code
{_ACCOUNT}
name text Trigger
notification text Event|Notification Type
contact_type text
condition text Field Condition
action_plan text
template text
status text
""", "triggers"),
    _table("templates", f"""
template_id code
{_ACCOUNT}
name text Template Name|Template
type text Channel
subject text
body text Content|HTML|Message
""", "templates email_templates"),
    _table("sequences", f"""
sequence text Sequence Name|Name
{_ACCOUNT}
step integer
delay text Wait|Delay Days
template text Email|Template Name
status text
""", "sequences email_sequences"),
)  # fmt: skip

#: Which reading of the API fills which table; `{}` is a client's id.
ENDPOINTS = {
    "clients": "read_client_list",
    "opportunities": "read_opportunity_list",
    "sales_cycles": "read_sales_cycle_list",
    "lead_sources": "read_lead_source_list",
    "users": "read_user_list",
    "action_plans": "read_action_plan_list",
}
