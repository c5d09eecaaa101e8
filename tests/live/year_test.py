# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A business year on the simulator, with two customers of each kind, and then every
total must tie to the cent, with exactly those cases held that were planted to be."""

import pytest
from machine import database
from story.stage import Stage
from story.stripe_account import SimulatedAccount
from year import lives
from year.year import Year

CUSTOMERS = 2 * len(lives.ORDINARY)
DOCUMENTS = 1000
SHOWN = 40


@pytest.fixture(scope="module")
def year(pytestconfig):
    """The year, over."""
    capture = pytestconfig.pluginmanager.get_plugin("capturemanager")

    def say(line):
        with capture.global_and_fixture_disabled():
            print(f"   {line}", flush=True)

    with Stage(database.unique(), ("stripe_sim",)) as stage:
        account = SimulatedAccount(stage.simulators.url("stripe_sim"))
        year = Year(stage, account, CUSTOMERS, say)
        year.play()
        yield year


@pytest.fixture(scope="module")
def audit(year):
    """Both sides as the year ended, with what was planted still held."""
    return year.audit()


@pytest.fixture(scope="module")
def proven(year, audit):
    """{currency: what Odoo's proof left unexplained} with what was planted held."""
    return year.office.prove_clearing()


@pytest.fixture(scope="module")
def healed(year, audit, proven):
    """Both sides after a person has seen to what was held."""
    year.put_right()
    return year.audit()


def ties(differences):
    """Fail with the objects that differ, and how."""
    more = len(differences) - SHOWN
    shown = differences[:SHOWN] + ([f"and {more} more"] if more > 0 else [])
    assert not differences, "\n" + "\n".join(shown)


# ----------------------------------------------------------------------
# THE YEAR ITSELF
# ----------------------------------------------------------------------


def test_it_was_a_year_of_business(audit):
    assert audit.documents_count() >= DOCUMENTS
    assert set(audit.currencies()) >= {"USD", "EUR", "JPY"}


@pytest.mark.parametrize(
    "what",
    [
        "renewed",
        "prorated",
        "negative",
        "declined and then paid",
        "never paid",
        "void",
        "uncollectible",
        "refunded in part",
        "refunded in full",
        "paid out of band",
        "canceled",
        "refund failed",
        "credit note issued",
        "credit note void",
        "credit note before payment",
        "credit note to balance",
        "credit note with refund",
        "debit returned",
        "dispute won",
        "dispute lost",
        "dispute needs_response",
        "payout paid",
        "payout failed",
        "fixed amount off once",
        "fixed amount off repeating",
        "fixed amount off forever",
        "promotion code entered",
        "graduated",
        "volume",
        "in packages",
        "used",
        "sold credits used",
        "given credits used",
        "used credits given back",
        "trial and then active",
        "trial and then canceled",
    ],
)
def test_it_happened(audit, what):
    assert audit.happened()[what] > 1


def test_webhooks_came_late_and_twice_and_out_of_order(year):
    assert year.post.weeks.keys() == {"normal", "duplicate", "shuffle", "hold"}


# ----------------------------------------------------------------------
# EXCEPTIONS
# ----------------------------------------------------------------------


def test_the_exceptions_are_the_planted_cases_and_no_others(audit):
    ties(audit.exceptions())


def test_the_events_that_failed_are_those_of_the_exceptions(audit):
    ties(audit.events())


def test_rule_2_no_event_is_left_in_the_queue(year):
    ties(year.post.left())


def test_rule_25_what_was_paid_twice_stays_on_account(audit):
    ties(audit.on_account())
    assert audit.paid_in_odoo


# ----------------------------------------------------------------------
# DOCUMENTS
# ----------------------------------------------------------------------


def test_rule_17_each_invoice_is_posted_with_untaxed_each_tax_and_total(audit):
    ties(audit.documents())


def test_rule_20_each_credit_note_is_posted_with_the_same_figures(audit):
    ties(audit.credit_notes())


def test_rule_16_each_line_of_each_invoice_is_there(audit):
    ties(audit.invoice_lines())


def test_each_invoice_owes_what_remains_of_it(audit):
    ties(audit.residuals())


def test_each_payment_is_booked_on_its_day(audit):
    ties(audit.payments())


def test_each_payment_settles_what_it_paid(audit):
    ties(audit.allocations())


def test_rule_21_each_refund_is_booked_on_its_day(audit):
    ties(audit.refunds())


def test_rule_22_each_dispute_is_known(audit):
    ties(audit.disputes())


def test_rule_23_each_payout_is_booked_and_each_return_reversed(audit):
    ties(audit.payouts())


def test_each_subscription_has_its_status_and_quantity(audit):
    ties(audit.subscriptions())


def test_each_subscription_costs_what_its_last_renewal_billed(audit):
    ties(audit.recurring())


# ----------------------------------------------------------------------
# BALANCES
# ----------------------------------------------------------------------


def test_the_clearing_account_is_stripes_balance_in_each_currency(audit):
    ties(audit.clearing())


def test_rule_23_what_was_paid_out_is_in_transit_to_the_bank(audit):
    ties(audit.in_transit())


def test_rule_22_what_is_under_dispute_waits_apart(audit):
    ties(audit.disputed())


def test_rule_22_what_was_lost_is_an_expense(audit):
    ties(audit.chargebacks())


def test_rule_25_what_was_given_up_is_written_off(audit):
    ties(audit.bad_debts())


def test_odoos_own_clearing_proof_explains_every_cent(proven):
    assert proven.keys() >= {"USD", "EUR"}
    assert set(proven.values()) == {0}, proven


def test_the_fees_are_what_stripe_kept(audit):
    ties(audit.fees())


def test_each_customer_owes_what_stripe_says(audit):
    ties(audit.receivables())


def test_rule_19_each_customer_is_owed_the_credit_that_stripe_keeps(audit):
    ties(audit.credits())


def test_rule_19_sold_credits_are_owed_until_they_are_used(audit):
    ties(audit.sold_credits())


def test_each_month_has_the_revenue_and_the_taxes_of_its_invoices(audit):
    ties(audit.months())


# ----------------------------------------------------------------------
# SOUNDNESS
# ----------------------------------------------------------------------


def test_every_entry_is_balanced(audit):
    ties(audit.unbalanced())


def test_nothing_is_posted_twice(audit):
    ties(audit.twice())


def test_odoo_logged_no_error(year):
    ties(year.stage.faults())


# ----------------------------------------------------------------------
# PUT RIGHT
# ----------------------------------------------------------------------


def test_rule_30_what_was_held_is_booked_once_it_is_put_right(healed):
    ties(healed.exceptions_left())


@pytest.mark.parametrize(
    "check",
    [
        "documents",
        "payments",
        "clearing",
        "fees",
        "receivables",
        "credits",
        "sold_credits",
        "twice",
    ],
)
def test_then_everything_ties(healed, check):
    ties(getattr(healed, check)())


def test_then_odoos_own_reconciliation_run_finds_no_difference(year, healed):
    counted, differences = year.office.reconcile_year()
    assert counted > DOCUMENTS
    ties(differences)


def test_then_odoos_own_clearing_proof_has_nothing_to_explain(year, healed):
    unexplained = year.office.prove_clearing()
    assert unexplained.keys() >= {"USD", "EUR", "CHF"}
    assert set(unexplained.values()) == {0}, unexplained
