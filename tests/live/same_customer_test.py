# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 10: the same new customers come from Salesforce and from Stripe at the same
moment, in several lanes: each becomes one partner."""

from collections import Counter

import pytest
from story import queues, sql
from story.waiting import until

# So many that some are met by two lanes, whichever two are at work together.
CUSTOMERS = 40
SECONDS = 240
STREET, CITY, ZIP = "200 Foundry Street", "Boston", "02110"
KEPT = "SELECT count(*) FROM q2c_event WHERE kind = 'customer'"
DONE = f"{KEPT} AND state = 'done'"
# Two lanes that have matched their customers: a partner that is created is logged.
WRITING = "LOCK TABLE mail_message IN SHARE MODE"
AT_WORK = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
LINKS = """
    SELECT c.provider, p.name, p.id
      FROM q2c_binding b
      JOIN q2c_connection c ON c.id = b.connection_id
      JOIN res_partner p ON p.id = b.res_id
     WHERE b.kind = 'customer'
"""


def account_values(number):
    return {
        "Name": f"Customer {number}",
        "Phone": f"+1 617 555 {number:04}",
        "Website": f"https://www.customer{number}.example",
        "BillingStreet": STREET,
        "BillingCity": CITY,
        "BillingPostalCode": ZIP,
        "BillingCountryCode": "US",
    }


def customer_values(number):
    return {
        "name": f"Customer {number}",
        "phone": f"+1 617 555 {number:04}",
        "email": f"billing@customer{number}.example",
        "address": {
            "line1": STREET,
            "city": CITY,
            "postal_code": ZIP,
            "country": "US",
        },
    }


@pytest.fixture(scope="module")
def met(stage, odoo, org, account, salesforce, stripe):
    """The lanes begin when all is in the inbox, and go on when two of them are within
    the work on it."""
    name = stage.database
    sql.rows(name, "UPDATE ir_cron SET active = FALSE WHERE q2c_lane > 0")
    org.create_many("Account", [account_values(n) for n in range(CUSTOMERS)])
    for number in range(CUSTOMERS):
        account.api.customers.create(customer_values(number))
    odoo.call("q2c.connection", "action_poll_now", [salesforce])
    until(lambda: sql.value(name, KEPT) == 2 * CUSTOMERS, "All in the inbox", SECONDS)
    with sql.locked(name, WRITING):
        sql.rows(name, "UPDATE ir_cron SET active = TRUE WHERE q2c_lane > 0")
        sql.let_time_pass(name)
        until(lambda: sql.value(name, AT_WORK) >= 2, "Two lanes at work", SECONDS)
    until(
        lambda: sql.value(name, DONE) == 2 * CUSTOMERS,
        "The end of the work",
        SECONDS,
        lambda: sql.let_time_pass(name),
    )


def test_rule_10_two_lanes_that_meet_a_new_customer_make_one_partner(met, stage, odoo):
    assert not queues.failed(odoo)
    partners = sql.rows(
        stage.database, "SELECT name FROM res_partner WHERE name LIKE 'Customer %'"
    )
    assert Counter(name for (name,) in partners) == Counter(
        f"Customer {n}" for n in range(CUSTOMERS)
    )


def test_rule_10_it_is_linked_to_what_it_is_at_either_provider(met, stage):
    links = {}
    for provider, name, partner in sql.rows(stage.database, LINKS):
        links.setdefault((name, partner), set()).add(provider)
    assert len(links) == CUSTOMERS
    assert all(found == {"salesforce", "stripe"} for found in links.values())
