"""What runs by itself in ClientTether: action plans with their steps, triggers, sequences, text
templates. None of it moves; each is described, with what would do the same in Odoo.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

#: More steps than this are much work.
MANY_STEPS = 3
#: A plan of the same name and steps in several accounts is one.
_PLANS = """
WITH each_account AS (
    SELECT coalesce(p.name, s.name) AS name, any_value(p.kind) AS kind,
        any_value(p.status) AS status, any_value(p.next) AS next,
        list([coalesce(s.type, 'Step'), coalesce(s.template, s.content, ''), coalesce(s.delay, '')]
            ORDER BY s.position) FILTER (s.name IS NOT NULL) AS steps
    FROM (SELECT DISTINCT _account AS account, trim(action_plan_name) AS name, plan_type AS kind,
            status, next_plan AS next FROM {plans} WHERE trim(action_plan_name) <> '') p
    FULL JOIN (SELECT _account AS account, trim(action_plan) AS name, type, template, content,
            delay, TRY_CAST(step AS BIGINT) AS position FROM {steps}) s
        ON lower(s.name) = lower(p.name) AND (s.account = p.account OR s.account = '')
    GROUP BY p.account, coalesce(p.name, s.name)
)
SELECT name, any_value(kind), any_value(status), any_value(next), steps FROM each_account
GROUP BY name, steps ORDER BY ALL
"""
_TRIGGERS = """
SELECT DISTINCT coalesce(name, notification, 'Trigger'), notification, contact_type, condition,
    action_plan, template, status FROM {triggers} ORDER BY ALL
"""
_SEQUENCES = """
WITH each_account AS (
    SELECT trim(sequence) AS name, any_value(status) AS status,
        list([coalesce(template, ''), coalesce(delay, '')]
            ORDER BY TRY_CAST(step AS BIGINT)) AS steps
    FROM {sequences} WHERE trim(sequence) <> '' GROUP BY _account, trim(sequence)
)
SELECT name, steps, any_value(status) FROM each_account GROUP BY name, steps ORDER BY name, steps
"""
_TEXTS = "SELECT name, type FROM tidy.templates WHERE NOT is_mail ORDER BY name"


def read_inventory(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every item as {kind, name, object, trigger, conditions, actions, delays, steps, effort,
    equivalent, notes}; asked while the working tables stand.
    """
    return [
        *_plans(connection),
        *_triggers(connection),
        *_sequences(connection),
        *_texts(connection),
    ]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    places = {
        "plans": "tidy._action_plans", "steps": "tidy._action_plan_steps",
        "triggers": "tidy._triggers", "sequences": "tidy._sequences",
    }  # fmt: skip
    return connection.execute(sql.format(**places)).fetchall()


def _item(kind: str, name: str, steps: int, **about: Any) -> dict[str, Any]:
    effort = "high" if steps > MANY_STEPS else "medium" if steps > 1 else "low"
    return {
        "kind": kind, "name": name, "object": "clients", "trigger": "", "conditions": [],
        "actions": [], "delays": [], "steps": steps, "effort": effort, "equivalent": "",
        "notes": [], **about,
    }  # fmt: skip


def _plans(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    for name, kind, status, following, steps in _rows(connection, _PLANS):
        given = steps or []
        notes = [] if given else ["Its steps were not given: export them as action_plan_steps."]
        yield _item(
            "action plan",
            name,
            len(given),
            trigger=f"When a client is put on this plan{f' ({kind})' if kind else ''}",
            actions=[f"{what}: {detail}" if detail else what for what, detail, _ in given],
            delays=[delay for _, _, delay in given if delay],
            effort="high" if len(given) > MANY_STEPS else "medium" if given else "to be looked at",
            equivalent="an activity plan (mail.activity.plan), and automation rules"
            " (base.automation) for what is sent by itself",
            notes=[*notes, *([f"Status: {status}"] if status else []),
                   *([f"Then goes on with {following}"] if following else [])],
        )  # fmt: skip


def _triggers(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    for name, event, contact_type, condition, plan, template, status in _rows(
        connection, _TRIGGERS
    ):
        actions = [f"Start the action plan {plan}"] if plan else []
        actions += [f"Send the template {template}"] if template else []
        yield _item(
            "trigger",
            name,
            len(actions),
            trigger=" ".join(word for word in (event, f"({contact_type})" if contact_type else "")
                             if word),
            conditions=[condition] if condition else [],
            actions=actions,
            equivalent="an automation rule (base.automation) on the same event",
            notes=[f"Status: {status}"] if status else [],
        )  # fmt: skip


def _sequences(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    for name, steps, status in _rows(connection, _SEQUENCES):
        yield _item(
            "e-mail sequence",
            name,
            len(steps),
            trigger="When somebody puts a client on it",
            actions=[f"Send {template or 'an e-mail'}" for template, _ in steps],
            delays=[delay for _, delay in steps if delay],
            equivalent="a campaign of Marketing Automation, or automation rules with a delay",
            notes=[f"Status: {status}"] if status else [],
        )


def _texts(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    for name, kind in _rows(connection, _TEXTS):
        yield _item(
            f"{kind.lower()} template",
            name,
            1,
            actions=[f"Send it as {kind.lower()}"],
            equivalent="an SMS template (sms.template), where Odoo's SMS app is set up",
        )
