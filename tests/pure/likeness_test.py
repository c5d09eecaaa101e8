# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 10: the same name, tax id, address and number, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical.likeness import (
    alike,
    host_of,
    plain,
    plain_name,
    plain_phone,
    plain_place,
    tax_id,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brasserie S.A.", "BRASSERIE"),
        ("Müller & Söhne GmbH & Co. KG", "Muller und Sohne"),
        ("The Ada Company, Inc.", "ada"),
        ("ООО Ромашка", "Ромашка"),
        ("PT Telkom Tbk", "Telkom"),
        ("Cervecería S.A. de C.V.", "Cerveceria"),
        ("Piwo Sp. z o.o.", "piwo"),
        ("株式会社 アダ", "アダ"),
        ("O'Neill Pty Ltd", "ONeill"),
        ("Straße AG", "strasse"),
    ],
)
def test_rule_10_the_legal_form_is_not_the_name(one, other):
    assert plain_name(one) == plain_name(other) != ""


@pytest.mark.parametrize("name", ["SE", "AG Co", "The", "Inc."])
def test_rule_10_a_name_that_is_a_legal_form_stays(name):
    assert plain_name(name)


def test_rule_10_different_names_stay_different():
    names = ["Ada Logistics GmbH", "Ada Robotics GmbH", "Adam GmbH", "Cosa SA"]
    assert len({plain_name(name) for name in names}) == len(names)


@given(st.text())
def test_rule_10_what_is_plain_stays_so(text):
    assert plain_name(plain_name(text)) == plain_name(text)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("acme robotics", "acme robotics international", True),
        ("halden robotics", "halden robotcs", True),
        ("acme robotics", "acme logistics", False),
        ("ada", "ada lovelace", False),
        ("clinic 1", "clinic 2", False),
        ("clinic", "clinic 12", False),
        ("same", "same", False),
        ("", "same", False),
    ],
)
def test_rule_10_names_that_are_alike(one, other, expected):
    assert alike(one, other) is expected
    assert alike(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("BE 0477.472.701", ""), ("BE0477472701", "BE")),
        (("0477472701", "BE"), ("BE0477472701", "")),
        (("0477472701", ""), ("BE0477472701", "FR")),
        (("EL094259216", ""), ("094259216", "GR")),
        (("CHE-123.456.788 MWST", ""), ("CHE123456788", "CH")),
        (("NO 974 760 673 MVA", ""), ("974760673", "NO")),
        (("ESP680524P76", "MX"), ("ESP680524P76", "")),
        (("27AAPFU0939F1ZV", "IN"), ("27 AAPFU0939F1ZV", "")),
    ],
)
def test_rule_10_one_tax_id_however_it_is_written(one, other):
    assert tax_id(*one).same(tax_id(*other))
    assert not tax_id(*one).differs(tax_id(*other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("BE0477472701", ""), ("BE0477472702", "")),
        (("DE123456789", ""), ("PL123456789", "")),
        (("123456789", "DE"), ("123456789", "PL")),
    ],
)
def test_rule_10_two_tax_ids_are_two_parties(one, other):
    assert tax_id(*one).differs(tax_id(*other))


@pytest.mark.parametrize("vat", ["", None, "/", "-", "0"])
def test_rule_10_no_tax_id_says_nothing(vat):
    known = tax_id("BE0477472701")
    assert not tax_id(vat)
    assert not tax_id(vat).same(known) and not tax_id(vat).differs(known)
    assert not tax_id(vat).same(tax_id(vat))


def test_rule_10_phones_with_and_without_the_country():
    assert plain_phone("+32 2 555 01 10") == plain_phone("02/555.01.10") != ""
    assert plain_phone("+1 (555) 010-4477") == plain_phone("5550104477 ext. 12")
    for nobody in ("112", "0000000000", "", None):
        assert not plain_phone(nobody)


def test_rule_10_streets_in_any_order_and_spelling():
    one = plain_place("10115", "Hauptstraße 12 a")
    assert one == plain_place("10115", "12a Haupt Str.") != ""
    assert plain_place("1060", "Chaussée 12") == plain_place("1060", "12 chaussee")
    assert plain_place("1060", "Chaussée 12") != plain_place("1060", "Chaussée 14")
    assert not plain_place("", "Chaussée 12") and not plain_place("1060", "")


def test_rule_10_hosts_of_web_addresses():
    for website in (
        "https://www.ada.example/x?y",
        "ADA.example",
        "http://ada.example:8",
    ):
        assert host_of(website) == "ada.example"
    assert not host_of("n/a") and not host_of(None) and not host_of("none")
