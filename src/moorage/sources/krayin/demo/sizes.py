"""How many records each table gets at a scale."""

from moorage.sources.krayin.demo import catalog
from moorage.sources.krayin.demo.places import place_rows

# Tables whose size follows the scale; only their rows count towards "300 rows per scale unit".
SCALED = (
    "users", "user_groups", "tags", "organizations", "persons", "person_tags", "products",
    "product_inventories", "product_tags", "leads", "lead_tags", "lead_products", "quotes",
    "quote_items", "lead_quotes", "activities", "lead_activities", "person_activities",
    "product_activities", "activity_participants", "activity_files", "emails",
    "email_attachments", "email_tags", "attribute_values",
)  # fmt: skip


def sizes_at(scale: float) -> dict[str, int]:
    """Records per table at a scale; the smallest databases still have one of everything."""
    leads = max(8, round(9.5 * scale))
    return {
        "leads": leads,
        "persons": max(8, round(11.5 * scale)),
        "organizations": max(5, round(6 * scale)),
        "products": max(5, round(scale)),
        "quotes": max(4, round(3.5 * scale)),
        "activities": max(12, round(18 * scale)),
        "emails": max(6, round(3 * scale)),
        "users": max(6, leads // 40),
        "tags": 14 + int(scale // 50),
        "sources": len(catalog.source_rows()),
        "types": len(catalog.type_rows()),
        "places": len(place_rows()),
    }


def size_names(sizes: dict[str, int]) -> dict[str, object]:
    """The sizes under the names that the SQL scripts use."""
    return {f"n_{name}": count for name, count in sizes.items()}
