"""Where the records stand that Odoo makes along with ours, such as the partner of a user."""

from __future__ import annotations

from moorage.companions import companions
from moorage.load.rows import add_ids
from moorage.load.work import Work
from moorage.mapping.target import TargetTable


def bring_companions(work: Work, table: TargetTable) -> None:
    """Add to `meta.ids` the companions that links of `table` mean, under the key of our record."""
    for model, along in sorted({pair for field in table.fields for pair in field.companions}):
        rows = work.connection.execute(
            "SELECT own.odoo_id, list(own.key) FROM meta.ids own WHERE own.model = ? AND NOT EXISTS"
            " (SELECT 1 FROM meta.ids i WHERE i.model = ? AND i.key = own.key) GROUP BY 1",
            [model, along],
        ).fetchall()
        keys: dict[int, list[str]] = dict(rows)
        for page in companions(work.destination, model, along, sorted(keys)):
            found = [(along, key, other) for own, other in page for key in keys[own]]
            add_ids(work.connection, found)
