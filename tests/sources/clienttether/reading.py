"""ClientTether opened as a source, and what it becomes in staging."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moorage.mapping import load_mapping
from moorage.sources.clienttether import SOURCE
from moorage.sources.clienttether.demo.starter import RunningStandIn
from moorage.sources.clienttether.source import ClientTetherSource, open_source
from moorage.staging.staging import Staging

#: What the tests' files leave open.
FORMATS = {"*": "mdy", "deal_size": "point", "total": "point"}

Rows = list[tuple[Any, ...]]


def opened(**given: Any) -> ClientTetherSource:
    """A source with these options; the rest as in a new project."""
    options = {name: default for name, (default, _) in SOURCE.options.items()}
    return open_source({**options, "timezone": "America/Denver", "formats": FORMATS, **given})


def served(running: RunningStandIn, **given: Any) -> ClientTetherSource:
    """The stand-in as a source, without notes of each client unless asked for."""
    given = {"skip": ["history_notes"], **running.secrets, **given}
    return opened(url=running.api_url, **given)


class Bundled:
    """A bundle written for a test, as staging shows it."""

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, Any],
        settings: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """`files`: text as it stands, bytes, or rows that become JSON."""
        bundle = folder / "bundle"
        for name, content in files.items():
            path = bundle / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                text = content if isinstance(content, str) else json.dumps(content)
                path.write_text(text, encoding="utf-8")
        self.source = opened(api=False, bundle=str(bundle), **options)
        self.staging = Staging(folder / "staging.duckdb")
        self.staging.extract(self.source.raw_tables())
        shipped = load_mapping(SOURCE.mapping_template).mapping.settings
        self.staging.tidy(self.source.tidy_sql(), {**shipped, **(settings or {})})

    def rows(self, sql: str) -> Rows:
        """The answer of staging."""
        return list(self.staging.connection.execute(sql).fetchall())

    def found(self, source_object: str, field: str) -> list[tuple[str, str]]:
        """Id and severity of findings about a field."""
        return self.rows(
            "SELECT source_key, severity FROM tidy._findings"
            f" WHERE object = '{source_object}' AND field = '{field}' ORDER BY 1"
        )


CLIENT = {
    "client_id": "1", "external_id": "", "firstName": "Ann", "lastName": "Abbott", "compName": "",
    "address": "", "city": "", "state": "", "zip": "", "phone": "", "email": "", "whiteboard": "",
    "deal_size": "", "clients_action_plan": "", "clients_sales_cycle": "",
    "clients_lead_source": "",
    "created": "2024-02-03 10:00:00", "last_modified_date": "2024-02-03 10:00:00",
    "contact_type": "1", "assigned_user": "",
}  # fmt: skip


def client(client_id: int | str, **values: str) -> dict[str, str]:
    """A client as the API gives it."""
    return {**CLIENT, "client_id": str(client_id), **values}


def page(rows: Any, total: int | None = None) -> dict[str, Any]:
    """An answer of the API that was saved."""
    count = len(rows) if total is None else total
    return {"ResultCode": "CT_200", "Message": "Success", "TotalRecord": count, "data": rows}
