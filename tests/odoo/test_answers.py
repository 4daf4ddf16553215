"""What each answer of Odoo means, and what of it may be shown."""

from __future__ import annotations

import json

import pytest

from moorage.errors import (
    AlreadyThereError,
    LostAnswerError,
    MoorageError,
    RowError,
    SettingsError,
    UnreachableError,
)
from moorage.odoo.answers import RaceError, clean_reason, decode


def _body(name: str, message: str) -> bytes:
    return json.dumps({"name": name, "message": message, "debug": "server internals"}).encode()


@pytest.mark.parametrize(
    ("status", "body", "writing", "kind"),
    [
        (401, _body("werkzeug.exceptions.Unauthorized", "Invalid apikey"), True, SettingsError),
        (404, b"<html>no database</html>", False, SettingsError),
        (502, b"<html>bad gateway</html>", True, LostAnswerError),
        (502, b"<html>bad gateway</html>", False, UnreachableError),
        (200, b"", True, UnreachableError),
        (503, _body("x", "busy"), True, UnreachableError),
        (403, _body("odoo.exceptions.AccessError", "No."), True, RowError),
        (422, _body("odoo.exceptions.UserError", "No."), True, RowError),
        (500, _body("builtins.ValueError", "Invalid field"), True, RowError),
        (500, _body("psycopg2.OperationalError", "terminated"), True, LostAnswerError),
        (500, _body("psycopg2.errors.AdminShutdown", "terminated"), True, LostAnswerError),
        (500, _body("psycopg2.errors.AdminShutdown", "terminated"), False, UnreachableError),
        (500, _body("psycopg2.errors.SerializationFailure", "again"), True, RaceError),
        (500, _body("psycopg2.errors.NumericValueOutOfRange", "too big"), True, RowError),
        (
            422,
            _body("x.ValidationError", 'violates "ir_model_data_module_name_uniq_index"'),
            True,
            AlreadyThereError,
        ),
    ],
)
def test_what_an_answer_means(
    status: int, body: bytes, writing: bool, kind: type[MoorageError]
) -> None:
    with pytest.raises(MoorageError) as caught:
        decode(status, body, where="http://odoo/json/2/x/y", writing=writing)
    assert type(caught.value) is kind
    assert "server internals" not in str(caught.value)


def test_a_value_is_given_as_it_is() -> None:
    assert decode(200, b'[{"id": 1}]', where="", writing=False) == [{"id": 1}]


def test_a_reason_quotes_no_data() -> None:
    message = "duplicate key value\nDETAIL:  Key (login)=(ann@example.com) already exists."
    assert clean_reason(message) == "duplicate key value"
    assert clean_reason("bad escape LINE 1: ... 'Ann Smith'") == "bad escape"
    assert clean_reason("<p>Too&nbsp;long</p> " + "x" * 900).startswith("Too long xxx")
    assert len(clean_reason("x" * 900)) == 400
