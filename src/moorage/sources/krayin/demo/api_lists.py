"""The paths of the stand-in API: lists with Laravel's paging, what hangs on a record, downloads."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import pymysql

from moorage.sources.krayin.demo.api_shapes import Item, Shapes
from moorage.sources.krayin.demo.load import Server, connected

CONTROLS = frozenset(("entity_type", "limit", "page", "pagination", "order", "sort"))
DEFAULT_LIMIT = 10
#: Lists whose records are plain columns: the table and the columns shown.
PLAIN = {
    "settings/roles": (
        "roles", "id name description permission_type permissions created_at updated_at"
    ),
    "settings/groups": ("groups", "id name description created_at updated_at"),
    "settings/sources": ("lead_sources", "id name created_at updated_at"),
    "settings/types": ("lead_types", "id name created_at updated_at"),
    "settings/warehouses": (
        "warehouses", "id name description contact_emails contact_numbers contact_address"
    ),
    "settings/email-templates": (
        "email_templates", "id name subject content created_at updated_at"
    ),
    "settings/workflows": (
        "workflows",
        "id name description entity_type event condition_type conditions actions created_at"
        " updated_at",
    ),
    "settings/webhooks": ("webhooks", "id name entity_type description method created_at"),
    "settings/web-forms": ("web_forms", "id form_id title description created_at updated_at"),
    "settings/marketing/campaigns": ("marketing_campaigns", "id name subject status created_at"),
    "settings/marketing/events": ("marketing_events", "id name description created_at"),
}  # fmt: skip
#: Lists with nested records: the table and the name of their shape.
SHAPED = {
    "settings/users": ("users", "users"),
    "settings/tags": ("tags", "tags"),
    "settings/pipelines": ("lead_pipelines", "pipelines"),
    "settings/attributes": ("attributes", "attributes"),
    "contacts/organizations": ("organizations", "organizations"),
    "contacts/persons": ("persons", "persons"),
    "products": ("products", "products"),
    "leads": ("leads", "leads"),
    "quotes": ("quotes", "quotes"),
    "activities": ("activities", "activities"),
    "mails": ("emails", "mails"),
}
HANGING = {
    "leads": ("lead_activities", "lead_id"),
    "contacts/persons": ("person_activities", "person_id"),
    "settings/warehouses": ("warehouse_activities", "warehouse_id"),
}
DOWNLOADS = {
    "activities/file-download": "activity_files",
    "mails/attachment-download": "email_attachments",
}


class SqlError(Exception):
    """The database would refuse this query."""


class Lists:
    """Answers paths from the database as it is now."""

    def __init__(self, server: Server, database: str, timezone: str, *, newer: bool) -> None:
        self._server = server
        self._database = database
        self._timezone = timezone
        self._newer = newer
        self._kept = threading.local()

    def user(self, email: str) -> Item | None:
        """The user with this address."""
        user: Item | None = self._with(lambda query, shapes: next(
            iter(shapes.users(query("SELECT * FROM users WHERE email = %s", email))), None
        ))  # fmt: skip
        return user

    def answer(self, path: str, query: dict[str, str], host: str) -> Any:
        """What stands at a path: a payload, the path of a file, or None."""
        return self._with(partial(self._answer, path, query, f"http://{host}/api/v1/{path}"))

    def _with(self, work: Callable[[Callable[..., list[Item]], Shapes], Any]) -> Any:
        # A connection for each connection of a client: making one takes longer than its queries.
        if not hasattr(self._kept, "stack"):
            self._kept.stack = ExitStack()
            self._kept.connection = self._kept.stack.enter_context(connected(self._server))
            self._kept.connection.select_db(self._database)
            self._kept.connection.autocommit(True)
        query = partial(_rows, self._kept.connection)
        return work(query, Shapes(query, self._timezone, newer=self._newer))

    def _answer(
        self,
        path: str,
        given: dict[str, str],
        address: str,
        query: Callable[..., list[Item]],
        shapes: Shapes,
    ) -> Any:
        if path in PLAIN:
            table, names = PLAIN[path]
            return self._page(
                query, table, given, address, lambda rows: [shapes.plain(r, names) for r in rows]
            )
        if path in SHAPED:
            table, shape = SHAPED[path]
            return self._page(query, table, given, address, getattr(shapes, shape))
        if path == "get":
            return {"data": shapes.users(query("SELECT * FROM users ORDER BY id LIMIT 1"))[0]}
        if found := re.fullmatch(r"(.+)/(\d+)/activities", path):
            return self._hanging(found[1], found[2], query, shapes)
        if (found := re.fullmatch(r"(.+)/(\d+)", path)) and found[1] in DOWNLOADS:
            rows = query(f"SELECT path FROM {DOWNLOADS[found[1]]} WHERE id = %s", found[2])
            return rows[0]["path"] if rows else None
        return None

    def _page(
        self,
        query: Callable[..., list[Item]],
        table: str,
        given: dict[str, str],
        address: str,
        shape: Callable[[list[Item]], list[Item]],
    ) -> dict[str, Any]:
        columns = {row["Field"] for row in query(f"SHOW COLUMNS FROM `{table}`")}
        filters = {name: text for name, text in given.items() if name not in CONTROLS}
        if self._newer:
            filters = {name: text for name, text in filters.items() if name in columns}
        sort = given.get("sort", "id")
        for name in (*filters, sort):
            if name not in columns:
                raise SqlError(f"Unknown column '{name}' in 'where clause'")
        where, arguments = "", []
        for name, text in filters.items():
            values = text.split(",")
            where += " AND " if where else " WHERE "
            where += f"`{name}` IN ({', '.join(['%s'] * len(values))})"
            arguments += values
        order = "ASC" if given.get("order", "desc").lower() == "asc" else "DESC"
        sql = f"SELECT * FROM `{table}`{where} ORDER BY `{sort}` {order}"
        if given.get("pagination") == "0":
            return {"data": shape(query(sql, *arguments))}
        page, limit = int(given.get("page") or 1), int(given.get("limit") or DEFAULT_LIMIT)
        total = int(query(f"SELECT count(*) AS n FROM `{table}`{where}", *arguments)[0]["n"])
        rows = query(f"{sql} LIMIT {limit} OFFSET {(page - 1) * limit}", *arguments)
        last = max(1, -(-total // limit))
        start = (page - 1) * limit
        return {
            "data": shape(rows),
            "links": {
                "first": f"{address}?page=1",
                "last": f"{address}?page={last}",
                "prev": f"{address}?page={page - 1}" if page > 1 else None,
                "next": f"{address}?page={page + 1}" if page < last else None,
            },
            "meta": {
                "current_page": page,
                "from": start + 1 if rows else None,
                "last_page": last,
                "links": [],
                "path": address,
                "per_page": limit,
                "to": start + len(rows) if rows else None,
                "total": total,
            },
        }

    def _hanging(
        self, parent: str, key: str, query: Callable[..., list[Item]], shapes: Shapes
    ) -> dict[str, Any] | None:
        """The activities of one record, and its mails among them; never in pages."""
        if parent not in HANGING:
            return None
        table, column = HANGING[parent]
        rows = query(
            f"SELECT a.* FROM activities a JOIN `{table}` l ON l.activity_id = a.id"
            f" WHERE l.{column} = %s",
            key,
        )
        items = shapes.hanging(rows)
        if column != "warehouse_id":
            items += [
                {"id": int(mail["id"]), "type": "email", "title": mail["subject"], "files": []}
                for mail in query(f"SELECT id, subject FROM emails WHERE {column} = %s", key)
            ]
        return {"data": sorted(items, key=lambda item: -item["id"])}


def _rows(connection: pymysql.connections.Connection[Any], sql: str, *arguments: Any) -> list[Item]:
    """Rows as text by column, as PHP's driver gives them before casts."""
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        cursor.execute(sql, arguments or None)
        return [
            {name: None if value is None else str(value) for name, value in row.items()}
            for row in cursor.fetchall()
        ]
