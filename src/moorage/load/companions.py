"""Where the records stand that Odoo makes along with ours, such as the partner of a user."""

from __future__ import annotations

from moorage.destination import COMPANIONS
from moorage.load.rows import add_ids
from moorage.load.work import Work
from moorage.mapping.target import TargetTable

_PART = 1000


def bring_companions(work: Work, table: TargetTable) -> None:
    """Add to `meta.ids` the companions that links of `table` mean, under the key of our record."""
    for model, along in sorted({pair for field in table.fields for pair in field.companions}):
        rows = work.connection.execute(
            "SELECT own.odoo_id, list(own.key) FROM meta.ids own WHERE own.model = ? AND NOT EXISTS"
            " (SELECT 1 FROM meta.ids i WHERE i.model = ? AND i.key = own.key) GROUP BY 1",
            [model, along],
        ).fetchall()
        keys: dict[int, list[str]] = dict(rows)
        ids = sorted(keys)
        field = COMPANIONS[model][along]
        for start in range(0, len(ids), _PART):
            domain = [("id", "in", ids[start : start + _PART])]
            for page in work.destination.pages(model, domain, [field]):
                found = [(along, key, row[field]) for row in page for key in keys[row["id"]]]
                add_ids(work.connection, [one for one in found if one[2]])
