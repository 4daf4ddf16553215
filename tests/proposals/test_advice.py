"""Asking a language model about proposals in doubt: what goes out, what comes back, its cost."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from moorage.cli.app import main
from moorage.errors import SettingsError
from moorage.proposals import Column, Proposal, built_in, propose_fields
from moorage.proposals.advice import (
    AboutTable,
    Adviser,
    Budget,
    Kept,
    LanguageModel,
    Preview,
    Price,
    parsed_budget,
    wire,
)
from moorage.proposals.advice.told import told

from .language_model import KEY, Stand, choosing, standing

#: Names that nobody knows, so that all of them are in doubt.
NAMES = ("qrz_hot", "wibble", "frobnicate")


@pytest.fixture(scope="module")
def server() -> Iterator[Stand]:
    with standing() as stand:
        yield stand


@pytest.fixture
def stand(server: Stand) -> Stand:
    fresh = Stand(url=server.url)
    for name, value in vars(fresh).items():
        setattr(server, name, value)
    return server


def table(*names: str | Column, model: str = "crm.lead") -> tuple[list[Proposal], AboutTable]:
    columns = [one if isinstance(one, Column) else Column(one) for one in names]
    undecided = frozenset(one.name for one in columns)
    about = AboutTable("deals", model, built_in(model), undecided)
    return propose_fields(columns, model, table="deals"), about


def adviser(
    stand: Stand, folder: Path, budget: Budget | None = None, seconds: float = 5.0
) -> Adviser:
    model = LanguageModel("tiny", stand.url, SecretStr(KEY), timeout_seconds=seconds)
    return Adviser(model, budget or Budget(), Kept(folder / "advice.jsonl"))


def test_it_chooses_among_the_fields_there_are_and_is_never_sure(
    stand: Stand, tmp_path: Path
) -> None:
    proposals, about = table(*NAMES, "amount")
    stand.answer = choosing(qrz_hot="priority", wibble="no_such_field")
    asking = adviser(stand, tmp_path)
    hot, invented, nothing, sure = asking(proposals, about)
    assert (hot.target, hot.confidence, hot.band) == ("priority", 0.5, "ask")
    assert "the qrz_hot fits" in hot.why and hot.candidates[0].target == "priority"
    assert hot.advice is not None and hot.advice.by == "tiny" and len(hot.advice.question) == 16
    assert invented == proposals[1], "an invented field leaves ours"
    assert nothing.target is None and nothing.advice is not None
    assert sure == proposals[3] and "amount" not in json.dumps(
        [one["name"] for text in stand.texts for one in json.loads(text)["ask"]]
    )
    asked = asking.asked
    assert (asked.doubt, asked.other, asked.agreed) == (3, 1, 1)
    assert asked.unanswered == {"the answer was not usable": 1}
    assert stand.keys == [f"Bearer {KEY}"] * 2


def test_a_field_that_odoo_keeps_for_itself_is_no_answer(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table("frobnicate")
    for own in ("create_uid", "message_ids", "display_name"):
        stand.answer = choosing(frobnicate=own)
        assert adviser(stand, tmp_path / own)(proposals, about) == proposals


def test_what_depends_on_the_order_is_no_advice(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*NAMES)

    def first(question: dict[str, list[list[str]]]) -> str:
        field = question["odoo fields"][0][0]
        return json.dumps({"answers": [{"n": 1, "field": field}, {"n": 2}, {"n": 3}]})

    stand.answer = first
    asking = adviser(stand, tmp_path)
    split, *_ = asking(proposals, about)
    assert (split.target, split.advice) == (proposals[0].target, None)
    assert "one thing and another" in split.why and asking.asked.split == 1


def test_a_field_is_not_given_to_two_columns(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table("wibble", "frobnicate")
    stand.answer = choosing(wibble="priority", frobnicate="priority")
    one, two = adviser(stand, tmp_path)(proposals, about)
    assert (one.target, two.target) == ("priority", None)
    assert "another column fills" in two.why


def test_no_value_and_no_gathered_option_goes_out(stand: Stand, tmp_path: Path) -> None:
    secret = "Erika Mustermann"
    proposals, about = table(
        Column("wibble", samples=(secret, "erika@example.com", "+49 30 123456")),
        Column("frobnicate", type="select", options=(secret, "Max")),
        Column(
            "qrz", label=f"{secret} <erika@example.com>", options=("Hot", secret), declared=True
        ),
        Column("erika@example.com"),
        Column("0301234567"),
    )
    adviser(stand, tmp_path)(proposals, about)
    sent = json.dumps(stand.bodies)
    for told_of_nobody in ("example.com", "123456", "Max", "1234567"):
        assert told_of_nobody not in sent
    # What people listed as options is no value.
    assert sent.count("Mustermann") == 2
    assert [one["name"] for one in json.loads(stand.texts[0])["ask"]] == [
        "wibble", "frobnicate", "qrz",
    ]  # fmt: skip
    assert json.loads(stand.texts[0])["ask"][1]["options"] == 2


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=20))
def test_no_part_of_any_sample_is_told(samples: list[str]) -> None:
    marked = tuple(f"\u2603{text}\u2603" for text in samples)
    said = told(Column("wibble", samples=marked, options=marked))
    assert "\u2603" not in json.dumps(said, ensure_ascii=False)
    assert set(said) <= {"name", "options", "values"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_fails_leaves_ours(stand: Stand, tmp_path: Path, status: int) -> None:
    proposals, about = table(*(f"wibble_{n}" for n in range(65)))
    stand.status = status
    asking = adviser(stand, tmp_path)
    assert asking(proposals, about) == proposals
    assert len(stand.bodies) == 2, "nobody asks on and on"
    assert asking.asked.unanswered == {
        f"tiny did not answer (HTTP {status})": 40, "tiny did not answer several times": 25,
    }  # fmt: skip


@pytest.mark.parametrize("said", ["", "I think so!", '{"answers": 3}', '{"answers": [{"x": 1}]}'])
def test_an_answer_that_is_none_leaves_ours(stand: Stand, tmp_path: Path, said: str) -> None:
    proposals, about = table(*NAMES)
    stand.answer = lambda _: said
    asking = adviser(stand, tmp_path)
    assert asking(proposals, about) == proposals
    assert asking.asked.unanswered == {"the answer was not usable": 3}


def test_a_late_answer_leaves_ours_and_counts_as_paid_for(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*NAMES)
    stand.seconds = 1.0
    asking = adviser(stand, tmp_path, seconds=0.2)
    assert asking(proposals, about) == proposals
    assert asking.asked.unanswered == {"tiny did not answer (ModelRequestTimeout)": 3}
    assert len(stand.bodies) == 1 and asking.asked.answered_tokens > 2_000


@pytest.mark.parametrize(("status", "words"), [(401, "refuses the key"), (404, "no such question")])
def test_a_wrong_key_or_model_is_a_setting_and_shows_no_secret(
    stand: Stand, tmp_path: Path, status: int, words: str
) -> None:
    proposals, about = table(*NAMES)
    stand.status = status
    with pytest.raises(SettingsError, match=words) as raised:
        adviser(stand, tmp_path)(proposals, about)
    told_to_people = "".join(traceback.format_exception(raised.value))
    assert KEY not in told_to_people and raised.value.__cause__ is None


def test_a_budget_stops_before_it_is_passed(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*(f"wibble_{n}" for n in range(30)))
    asking = adviser(stand, tmp_path, Budget(tokens=9_500))
    asking(proposals, about)
    asked = asking.asked
    assert len(stand.bodies) == 2 and asked.sent_tokens + asked.answered_tokens == 1_900
    assert asked.unanswered == {"the budget of 9,500 tokens would be passed": 10}
    none = adviser(stand, tmp_path / "other", Budget(tokens=100))
    assert none(proposals, about) == proposals and none.asked.calls == 0


def test_a_server_that_does_not_count_is_counted_for(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*NAMES)
    stand.usage = None
    asking = adviser(stand, tmp_path)
    asking(proposals, about)
    assert asking.asked.sent_tokens > 500 and asking.asked.answered_tokens > 4_000


def test_nothing_is_asked_twice(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*NAMES)
    stand.answer = choosing(qrz_hot="priority")
    first = adviser(stand, tmp_path)(proposals, about)
    count = len(stand.bodies)
    again = adviser(stand, tmp_path)
    assert again(proposals, about) == first and len(stand.bodies) == count
    assert (again.asked.before, again.asked.calls) == (3, 0)
    kept = (tmp_path / "advice.jsonl").read_text(encoding="utf-8")
    assert KEY not in kept and len(kept.splitlines()) == 3


def test_a_preview_shows_what_would_be_sent_and_sends_nothing(stand: Stand, tmp_path: Path) -> None:
    proposals, about = table(*NAMES)
    kept = Kept(tmp_path / "advice.jsonl")
    showing = Preview("tiny", kept)
    assert showing(proposals, about) == proposals and stand.bodies == []
    adviser(stand, tmp_path)(proposals, about)
    assert [text for one in showing.questions for text in one.texts] == stand.texts


def test_budgets_and_prices() -> None:
    assert parsed_budget("50,000") == Budget(tokens=50_000)
    assert parsed_budget("$0.50") == parsed_budget("0.50 usd") == Budget(None, Decimal("0.50"))
    with pytest.raises(SettingsError, match="is no budget"):
        parsed_budget("0.50 EUR")
    dear = Price(Decimal(2), Decimal(8))
    assert Budget(None, Decimal("0.01")).allows(1_000, 1_000, dear)
    assert not Budget(None, Decimal("0.01")).allows(2_000, 1_000, dear)
    assert not Budget(None, Decimal(9)).allows(1, 1, None)
    price = LanguageModel("openai:gpt-5-mini", "", SecretStr("x")).price()
    assert price is not None and price.answered > price.sent > 0


def test_models_and_libraries_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, words in (("nonsense", "no model that is known"), ("mistral:m", "is not installed")):
        with pytest.raises(SettingsError, match=words):
            LanguageModel(name, "", SecretStr("x")).ask("{}", 10)
    monkeypatch.setattr(wire, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="is not installed") as raised:
        LanguageModel("openai:gpt-5-mini", "", SecretStr("x")).ask("{}", 10)
    assert 'pip install "moorage[ai]"' in raised.value.todo


def test_the_command_shows_sends_and_tells(
    stand: Stand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fields = tmp_path / "deals.json"
    fields.write_text(json.dumps([{"name": name} for name in NAMES]), encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    asking = ["map", "--propose", "--table", str(fields), "--model", "crm.lead", "--ai"]

    def run(*more: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*asking, *more])
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out, said.err

    assert run()[0] == 2, "nobody said which model"
    monkeypatch.setenv("MOORAGE_AI_MODEL", "tiny")
    monkeypatch.setenv("MOORAGE_AI_URL", stand.url)
    monkeypatch.setenv("MOORAGE_AI_KEY", KEY)
    code, shown, _ = run("--preview")
    assert code == 0 and stand.bodies == [] and "Nothing was sent." in shown
    stand.answer = choosing(qrz_hot="priority")
    code, out, _ = run("--json")
    found = json.loads(out)
    assert code == found["exit_code"] == 0
    assert found["fields"][0]["advice"]["by"] == "tiny" and found["asked"]["other"] == 1
    assert all(text in shown for text in stand.texts)
    stand.status = 401
    (tmp_path / "moorage" / "advice.jsonl").unlink()
    code, out, err = run("--verbose")
    assert code == 2 and "refuses the key" in err and KEY not in out + err
    assert run("--budget", "5 EUR")[0] == 2 and run("--check")[0] == 2
