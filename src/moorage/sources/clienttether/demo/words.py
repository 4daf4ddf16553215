"""The words that the made-up franchise is built from."""

from __future__ import annotations

FIRST = tuple(
    str.split(
        "Ava Ben Carla Dev Elena Finn Grace Hugo Iris Jonah Keiko Liam Maya Noor Oscar Priya Quinn"
        " Rosa Sam Tessa Umar Vera Will Xenia Yusuf Zoë José Anaïs Siân Łukasz"
    )
)
LAST = tuple(
    str.split(
        "Abbott Barnes Castillo Dawson Ellis Flores Graham Hayes Ibarra Jensen Klein Larsen Mercer"
        " Nolan Ortiz Paulsen Quigley Reyes Santos Tucker Underwood Vance Whitaker Yates O'Neill"
        " Müller"
    )
)
TRADES = ("Bakery", "Dental", "Gym", "Law Office", "Market", "Preschool", "Realty", "Storage")
STREETS = ("Alder St", "Birch Ave", "Canyon Rd", "Depot St", "Elm Dr", "Foothill Blvd")
#: City, state, zip; some a spreadsheet has spoiled, some written in full, some from Canada.
PLACES = (
    ("Denver", "CO", "80202"), ("Boulder", "CO", "80301"), ("Boston", "MA", "2139"),
    ("Austin", "Texas", "78701-1234"), ("Salt Lake City", "UT", "84101"),
    ("Vancouver", "BC", "V6B 1A1"), ("Provo", "utah", "84601"),
)  # fmt: skip
#: Number and name of each contact type, and its sales cycles: name, likelihood, active.
CYCLES: dict[tuple[str, str], tuple[tuple[str, str, bool], ...]] = {
    ("1", "Prospect"): (
        ("New Lead", "5", True), ("Contacted", "20", True), ("Estimate Scheduled", "40", True),
        ("Proposal Sent ", "60", True), ("Sold", "100", True), ("Not Interested", "0", False),
        ("Bad Lead", "0", False), ("Future Interest", "10", False),
    ),
    ("4", "Partner"): (
        ("New Lead", "", True), ("Discovery Day Completed", "80", True),
        ("Franchise Agreement Signed by Both the Parties and Countersigned", "100", True),
        ("Not Interested", "0", False),
    ),
    ("5", "Vendor"): (("Active", "", True), ("Inactive", "", False)),
}  # fmt: skip
SOURCES = ("Google", "google ", "Referral", "Home Show", "Angi", "Yard Sign", "Web Form")
PLANS = ("Connection - New Lead", "Conversion 30 Day", "Seasonal Touch-Up")
TAGS = ("VIP", "vip", "Repeat Customer", "repeat-customer", "HOA", "Do Not Call")
NOTES = (
    "Spoke about the <b>north</b> wall.<br>Wants a quote.",
    "Left a voicemail. Will try again on Monday.",
    'She said "call me after 5" 🙂\nHas two dogs.',
    "Can you come by tomorrow?\u0000",
    "<p>Thanks for your time!</p><script>alert(1)</script>",
    "Sent the color deck; likes Sea Salt & Repose Gray.",
)
KINDS = ("Note", "SMS", "Email", "Note", "SMS", "System")
LINES = (
    ("Exterior body, two coats", "1850.00"), ("Trim and fascia", "640.50"),
    ("Power wash", "225.00"), ("Front door, satin", "180.00"), ("Garage door", "315.75"),
)  # fmt: skip
CALLS = (
    ("Inbound", "4:05", "Answered"), ("Outbound", "0:45", "Left Voicemail"),
    ("Outbound", "12:30", "Appointment Set"), ("inbound", "0:00", "Missed"),
)  # fmt: skip
WORK = ("Interior", "Exterior", "Material Delivery", "Touch-Up")
