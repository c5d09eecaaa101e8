# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The plan of the business year, and the comparison at its end."""

from year import lives, plan
from year.calendar import DAYS
from year.compare import compared
from year.hands import Hands

CUSTOMERS = 2 * len(lives.ORDINARY)


def test_the_same_seed_gives_the_same_year():
    assert plan.make(CUSTOMERS) == plan.make(CUSTOMERS)
    assert plan.make(CUSTOMERS) != plan.make(CUSTOMERS, seed=1)


def test_more_customers_change_nothing_about_the_others():
    few, many = plan.make(CUSTOMERS), plan.make(3 * CUSTOMERS)
    assert set(few.contracts[:CUSTOMERS]) < set(many.contracts)


def test_every_act_is_within_the_year_and_can_be_done():
    for act in plan.make(CUSTOMERS).acts:
        assert 0 <= act.day < DAYS, act
        assert callable(getattr(Hands, act.verb)), act


def test_every_kind_of_customer_is_there_and_those_that_are_planted():
    names = {life.name for life in (*lives.ORDINARY, *lives.PLANTED)}
    assert {contract.life for contract in plan.make(CUSTOMERS).contracts} == names


def test_a_difference_names_the_object_and_both_figures():
    assert compared("owes", {"in_1": 5, "in_2": 7}, {"in_1": 5, "in_2": 6}) == [
        "in_2 owes 7 at Stripe, 6 in Odoo"
    ]
    assert compared("owes", {("cus_1", "EUR"): 5}, {}) == [
        "cus_1 EUR owes 5 at Stripe, nothing in Odoo"
    ]
