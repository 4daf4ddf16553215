"""The words that the made-up workspace is built from."""

from __future__ import annotations

_FIRST = (
    "Ada Bilal Chiara Dmitri Emeka Farah Goran Hana Ivo Jules Kira Leïla Mateo Nadia Olu Petra Ravi"
    " Sofía Tomás Ursula Vikram Wanda Ximena Yara Zoltán"
)
FIRST = tuple(_FIRST.split())
_LAST = (
    "Ahmed Bauer Costa Dubois Eriksen Fontaine Gruber Horváth Ito Jansen Kowalski Lindqvist Moreau"
    " Novak Okafor Patel Quiroga Rossi Schmidt Tanaka Ueda Varga Weiss Yilmaz Zhang"
)
LAST = tuple(_LAST.split())
TRADES = ("Analytics", "Foods", "Robotics", "Logistics", "Health", "Studio", "Energy", "Textiles")
INDUSTRIES = ("Software", "Food & Beverage", "Manufacturing", "Logistics", "Healthcare", "Design")
TITLES = ("CEO", "Head of Sales", "Buyer", "CTO", "Office Manager", "Founder & CEO", "")
CITIES = (
    ("Vienna", "", "Austria"), ("Austin", "Texas", "United States"), ("Lyon", "", "France"),
    ("Leeds", "", "United Kingdom"), ("Portland", "Oregon", "United States"),
)  # fmt: skip
MEMBERS = (
    ("Ann Keller", "ann@klipy-demo.example", "Admin", "yes"),
    ("Ben Ortiz", "ben@klipy-demo.example", "Member", "yes"),
    ("Cleo Marsh", "cleo@klipy-demo.example", "Member", "yes"),
    ("Cleo Marsh", "cleo.m@klipy-demo.example", "Member", "yes"),
    ("Dan Frost", "dan@klipy-demo.example", "Member", "no"),
)
#: Who is named and is no member: removed, or never one.
GONE = "Eve Larkin"
PIPELINES = ("New Business", "Renewals")
STAGES = ("Prospecting", "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
#: How people and events write the same stages.
SPELLINGS = {"Closed Won": "CLOSED_WON", "Proposal": "proposal ", "Discovery": "DISCOVERY"}
TAGS = ("Hot Lead", "hot-lead", "HOT LEAD ", "Partner", "Event 2025", "event_2025", "Newsletter")
CHANNELS = ("EMAIL", "LINKEDIN", "WHATSAPP", "TELEGRAM", "CALL")
SENTIMENTS = ("POSITIVE", "NEUTRAL", "MEETING_REQUESTED")
SUMMARIES = (
    "<p>Asked for <b>prices</b> of the larger plan.</p>",
    "Wants to see the tool again.\nNext week suits.",
    'Said: "not this quarter" & laughed 🙂',
    "",
    "<div>Sent the deck<script>alert(1)</script></div>",
)
VALUES = ("12000", "12,000.00", "$12k", "7.500,00 €", "", "48000.50", "£3,200.00")
