"""Locales with their names and towns, countries and states: what the records are made of."""

import json
from importlib.resources import files
from typing import Any

from babel import Locale

_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "XK", "ZZ"})


def escaped(text: str) -> str:
    """The text as it stands inside a JSON string written by PHP: non-ASCII as backslash-u."""
    return json.dumps(text)[1:-1].replace("/", "\\/")


def _data(name: str) -> Any:
    return json.loads(files(__package__).joinpath("data", name).read_text("utf-8"))


def locales() -> list[dict[str, Any]]:
    """The locales as shipped."""
    loaded: list[dict[str, Any]] = _data("locales.json")
    return loaded


def place_rows() -> list[dict[str, Any]]:
    """Locales repeated by weight, with towns and streets prepared for JSON columns."""
    rows = []
    for locale in locales():
        cities = [
            {"city_json": escaped(city), "state_json": escaped(state), "postcode": postcode}
            for city, state, postcode in locale["cities"]
        ]
        row = {key: value for key, value in locale.items() if key not in ("cities", "streets")}
        row |= {"cities": cities, "streets_json": [escaped(s) for s in locale["streets"]]}
        rows += [row] * locale["weight"]
    return [{"slot": slot, **row} for slot, row in enumerate(rows)]


def country_rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `countries` and `country_states`, states only where Krayin's seed is likely used."""
    names = {str(code): str(name) for code, name in Locale("en").territories.items()}
    codes = sorted(
        code for code in names if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    )
    countries = [
        {"id": number, "code": code, "name": names[code]} for number, code in enumerate(codes, 1)
    ]
    ids = {country["code"]: country["id"] for country in countries}
    pairs = [
        (code, state) for code, states in _data("states.json").items() for state in states.items()
    ]
    states = [
        {"id": n, "country_code": code, "code": state, "name": name, "country_id": ids[code]}
        for n, (code, (state, name)) in enumerate(pairs, 1)
    ]
    return countries, states
