"""While Odoo does not answer, the screen says so, at once and not too often."""

from __future__ import annotations

import pytest

from moorage.cli import screen
from moorage.errors import UnreachableError
from moorage.odoo import transport


def _unreachable() -> None:
    raise UnreachableError("nothing answers there")


def _transport(told: list[str]) -> transport.Transport:
    return transport.Transport("http://127.0.0.1:1", "odoo", "key", on_wait=told.append)


def test_the_first_contact_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "FIRST_PATIENCE_SECONDS", 0.3)
    told: list[str] = []
    with pytest.raises(UnreachableError) as given_up:
        _transport(told).patiently(_unreachable)
    assert told[0] == ("Odoo does not answer (nothing answers there); trying again for up to 1 s")
    assert "changed nothing" in given_up.value.state


def test_an_odoo_that_answered_before_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "FIRST_PATIENCE_SECONDS", 0.0)
    told: list[str] = []
    waiting = _transport(told)
    waiting._has_answered = True
    answers = iter([_unreachable, _unreachable, lambda: "here"])
    assert waiting.patiently(lambda: next(answers)())  # noqa: PLW0108 - another one each time == "here"
    assert "for up to 180 s" in told[0]


def test_a_wait_is_told_at_once_and_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress() as telling:
        for _ in range(50):
            telling.on_wait("Odoo does not answer")
    assert capsys.readouterr().err == "Odoo does not answer\n"
