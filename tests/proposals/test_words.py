"""Labels of many makes say the same words."""

from __future__ import annotations

import pytest

from moorage.proposals.words import bare, folded, readings, words_of


@pytest.mark.parametrize(
    "label",
    [
        "E-Mail",
        "emailAddress",
        "EMAIL_ADDRESS",
        "correo electrónico",
        "Adresse e-mail",
        "E-mailadres",
    ],
)
def test_an_email_is_an_email_in_every_dress(label: str) -> None:
    assert ("email",) in [reading.words for reading in readings(label)]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Rechnungsdatum", ("invoice", "date")),
        ("Date de facturation", ("invoice", "date")),
        ("Data de nascimento", ("birth_date",)),
        ("Prijs per Eenheid", ("unit_price",)),
        ("Sekundäres Telefon", ("other_phone",)),
        ("expectedCloseDate", ("expected_close_date",)),
    ],
)
def test_other_languages_are_read_in_english(label: str, words: tuple[str, ...]) -> None:
    assert words in [reading.words for reading in readings(label)]


def test_compounds_are_split_only_into_words_that_are_known() -> None:
    assert [reading.words for reading in readings("Zaunkönigpflege")] == [("zaunkonigpflege",)]


@pytest.mark.parametrize(
    ("name", "plain"),
    [("cf_budget", "budget"), ("Region__c", "Region"), ("custom.vat", "vat"), ("x", "x")],
)
def test_what_crms_hang_on_custom_fields_is_taken_off(name: str, plain: str) -> None:
    assert bare(name) == plain


def test_camel_case_digits_and_signs_part_words() -> None:
    assert folded("billingZipCode2") == "billing zip code 2"
    assert folded("Probability (%)") == "probability percent"
    assert words_of("N° de TVA") == ("number", "tva")
