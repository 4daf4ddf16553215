"""How many records each table gets at a scale."""

ROWS_PER_UNIT = 250

#: Records per unit of scale, and the least number: even the smallest organisation has all dirt.
_PER_UNIT = {
    "account": (8, 40), "contact": (13, 50), "lead": (5, 40), "opportunity": (6, 40),
    "incident": (3, 24), "product": (0.6, 24), "opx_vessel": (1.5, 24), "new_equipmentlog": (2, 12),
    "email": (12, 50), "phonecall": (6, 24), "task": (8, 24), "appointment": (5, 24),
    "letter": (0.5, 6), "fax": (0.1, 3),
    "recurringappointmentmaster": (0.3, 6), "opx_sitevisit": (1, 8),
    "annotation": (4, 40),
}  # fmt: skip


def sizes_at(scale: float) -> dict[str, int]:
    """Records per table; tables that follow from others (parties, lines) are not named."""
    sizes = {name: max(least, round(n * scale)) for name, (n, least) in _PER_UNIT.items()}
    return sizes | {"systemuser": max(16, sizes["opportunity"] // 40), "team": 4}
