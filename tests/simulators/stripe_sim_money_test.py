# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The simulator's arithmetic: shares add up, whatever the amounts and rates."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe_sim.billing.periods import add_interval, period_end
from stripe_sim.money.invoice_math import Discount, Line, Rate, compute
from stripe_sim.money.rounding import half_up, spread

cents = st.integers(-10_000_000, 10_000_000)
percents = st.decimals(0, 100, places=3, allow_nan=False)
discounts = st.builds(Discount, st.just("di"), percents) | st.builds(
    Discount, st.just("di"), st.none(), st.integers(1, 100_000)
)
rate_lists = st.lists(
    st.builds(Rate, st.sampled_from(["a", "b"]), percents, st.booleans()),
    max_size=2,
    unique_by=lambda rate: rate.id,
)


@pytest.mark.parametrize(
    ("exact", "step", "rounded"),
    [
        (Fraction(5, 2), 1, 3),
        (Fraction(-5, 2), 1, -3),
        (Decimal("2.4999"), 1, 2),
        (1234, 10, 1230),
        (1235, 10, 1240),
        (149, 100, 100),
    ],
)
def test_a_half_goes_away_from_zero(exact, step, rounded):
    assert half_up(exact, step) == rounded


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=8))
def test_shares_add_up_and_stay_within_one_of_their_exact_value(exact):
    total = half_up(sum(exact))
    shares = spread(total, exact)
    assert sum(shares) == total
    assert all(
        abs(share - each) <= 1 for share, each in zip(shares, exact, strict=True)
    )


@given(
    st.lists(st.tuples(cents, rate_lists), min_size=1, max_size=6),
    st.lists(discounts, max_size=2),
    st.sampled_from(["invoice", "line"]),
)
def test_the_lines_of_an_invoice_sum_to_its_totals(amounts, reductions, mode):
    lines = [Line(amount, rates=tuple(rates)) for amount, rates in amounts]
    totals = compute(lines, reductions, mode, 1)
    assert totals.subtotal == sum(line.amount for line in lines)
    off = sum(sum(line.off.values()) for line in lines)
    added = sum(
        amount for line in lines for rate, amount in line.taxes if not rate.inclusive
    )
    included = sum(line.included for line in lines)
    assert totals.total == totals.subtotal - off + added
    assert totals.total_excluding_tax == totals.subtotal - off - included
    assert all(line.left >= min(line.amount, 0) for line in lines)


def test_rounding_by_line_differs_from_rounding_by_invoice():
    rate = Rate("a", Decimal(10), False)
    totals = {}
    for mode in ("invoice", "line"):
        lines = [Line(5, rates=(rate,)) for _ in range(4)]
        totals[mode] = compute(lines, [], mode, 1).total
    # Four times half a cent are two cents, or four when each is rounded.
    assert totals == {"invoice": 22, "line": 24}


@given(
    st.integers(0, 4_000_000_000),
    st.sampled_from(["day", "week", "month", "year"]),
    st.integers(1, 6),
    st.integers(0, 20),
)
def test_periods_follow_one_another_on_the_anchor_s_grid(anchor, interval, count, n):
    begin = add_interval(anchor, interval, count * n)
    assert period_end(anchor, begin, interval, count) == add_interval(
        anchor, interval, count * (n + 1)
    )
