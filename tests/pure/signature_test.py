# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 1: any active secret against any v1, five minutes both ways, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quote_to_cash.canonical import Unverified
from quote_to_cash.providers import signature

NOW = 1772323200
BODY = b'{"id": "evt_1"}'


def verify(header, secrets=("whsec_a",), now=NOW, body=BODY):
    signature.verify(body, header, secrets, now)


def v1(secret, body=BODY, timestamp=NOW):
    return signature.sign(body, secret, timestamp).partition("v1=")[2]


def test_the_official_library_takes_what_is_signed():
    stripe = pytest.importorskip("stripe")
    header = signature.sign(BODY, "whsec_a", NOW)
    assert stripe.WebhookSignature.verify_header(
        BODY.decode(), header, "whsec_a", tolerance=None
    )


@given(st.binary(max_size=200), st.text(min_size=1), st.integers(0, 2**33))
def test_what_is_signed_verifies_and_nothing_else(body, secret, timestamp):
    header = signature.sign(body, secret, timestamp)
    signature.verify(body, header, [secret], timestamp)
    for wrong in (body + b" ", b"x" + body):
        with pytest.raises(Unverified):
            signature.verify(wrong, header, [secret], timestamp)
    with pytest.raises(Unverified):
        signature.verify(body, header, [secret + "x"], timestamp)


def test_any_active_secret_and_any_v1_will_do():
    verify(signature.sign(BODY, "whsec_new", NOW), ["whsec_old", "whsec_new"])
    verify(f"t={NOW},v1={v1('whsec_x')},v1={v1('whsec_a')}")
    verify(f" t={NOW} , v0=nothing, v1={v1('whsec_a')} ")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_both_ways_are_tolerated(seconds):
    verify(signature.sign(BODY, "whsec_a", NOW), now=NOW + seconds)


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_a_second_more_is_not(seconds):
    with pytest.raises(Unverified, match="tolerance"):
        verify(signature.sign(BODY, "whsec_a", NOW), now=NOW + seconds)


def test_without_a_secret_everything_is_refused():
    with pytest.raises(Unverified, match="no signing secret"):
        verify(signature.sign(BODY, "", NOW), [])


@pytest.mark.parametrize(
    "header",
    [
        "",
        None,
        "t=,v1=",
        f"t={NOW}",
        f"v1={v1('whsec_a')}",
        f"t=x,v1={v1('whsec_a')}",
        f"t=-{NOW},v1={v1('whsec_a')}",
        f"t={NOW},t={NOW},v1={v1('whsec_a')}",
        f"t={NOW},v0={v1('whsec_a')}",
        f"t={NOW},v1=ü",
        f"t={NOW},v1={v1('whsec_a').upper()}",
        f"t={NOW + 1},v1={v1('whsec_a')}",
    ],
)
def test_a_header_that_proves_nothing_is_refused(header):
    with pytest.raises(Unverified):
        verify(header)
