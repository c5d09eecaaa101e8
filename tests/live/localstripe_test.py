# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""localstripe, which others wrote, in the payload shapes of 2017: a subscription that
is paid there ends as a posted invoice with a reconciled payment."""

from decimal import Decimal

import pytest
import requests
from machine import database
from machine import odoo as odoo_machine
from machine.simulators import LOCALSTRIPE
from story import books, connect, queues
from story.stage import Stage
from story.waiting import StoryError, until

SECRET = "whsec_of_localstripe"
TOTAL, UNTAXED, TAX = Decimal("176.40"), Decimal("147.00"), Decimal("29.40")
# It has neither an account to ask for nor webhook endpoints, so the connection is
# activated as an upgrade would leave it.
CONNECT = """
connection = env["q2c.connection"].create({{
    "name": "localstripe",
    "provider": "stripe",
    "api_base": "{url}",
    "stripe_api_key": "sk_test_x",
    "stripe_signing_secret": "{secret}",
    "subscription_owner": "provider",
}})
connection._set_up_accounting()
connection.write({{
    "state": "active",
    "health": "ok",
    "account_ref": "acct_local",
    "database_uuid": connection._current_uuid(),
}})
"""


class Local:
    """The server, in Stripe's own encoding."""

    def __init__(self, url):
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def post(self, path, data=None, **options):
        """A POST that must succeed; the answer."""
        answer = self._http.post(
            self.url + path, data=data, auth=("sk_test_x", ""), timeout=30, **options
        )
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.text else None


@pytest.fixture(scope="module")
def stage():
    with Stage(database.unique(), (LOCALSTRIPE,)) as stage:
        yield stage


@pytest.fixture(scope="module")
def local(stage):
    return Local(stage.simulators.url(LOCALSTRIPE))


@pytest.fixture(scope="module")
def connection(stage, odoo, company, local):
    script = CONNECT.format(url=local.url, secret=SECRET)
    odoo_machine.shell(stage.database, script, log=f"{stage.database}-connect")
    [row] = odoo.find("q2c.connection", [("name", "=", "localstripe")], "id")
    url = connect.webhook_url(odoo, row["id"])
    local.post(
        "/_config/webhooks/q2c", json={"url": url, "secret": SECRET, "events": None}
    )
    return row["id"]


@pytest.fixture(scope="module")
def subscription(local, connection):
    """Three seats with 20 % tax, paid by card."""
    customer = _customer_with_card(local)
    rate = local.post(
        "/v1/tax_rates",
        {"display_name": "VAT", "percentage": "20", "inclusive": "false"},
    )
    local.post(
        "/v1/plans",
        {
            "id": "monthly",
            "product[name]": "Seat",
            "amount": "4900",
            "currency": "usd",
            "interval": "month",
        },
    )
    return local.post(
        "/v1/subscriptions",
        {
            "customer": customer,
            "items[0][plan]": "monthly",
            "items[0][quantity]": "3",
            "items[0][tax_rates][0]": rate["id"],
        },
    )


def _customer_with_card(local):
    customer = local.post("/v1/customers", {"name": "Ada", "email": "a@x.example"})
    card = local.post(
        "/v1/payment_methods",
        {
            "type": "card",
            "card[number]": "4242424242424242",
            "card[exp_month]": "12",
            "card[exp_year]": "2030",
            "card[cvc]": "123",
        },
    )
    path = f"/v1/payment_methods/{card['id']}/attach"
    local.post(path, {"customer": customer["id"]})
    default = {"invoice_settings[default_payment_method]": card["id"]}
    local.post(f"/v1/customers/{customer['id']}", default)
    return customer["id"]


def test_rule_4_what_is_paid_there_is_reconciled_here(odoo, connection, subscription):
    invoice = subscription["latest_invoice"]
    paid = [("payment_state", "=", "paid"), ("move_type", "=", "out_invoice")]
    what = f"The reconciled invoice {invoice}"
    try:
        [move] = until(
            lambda: odoo.find("account.move", paid, *books.MOVE_FIELDS), what
        )
    except StoryError as error:
        pytest.fail("\n".join([str(error), *queues.unsettled(odoo)]))
    amounts = [move[name] for name in ("amount_untaxed", "amount_tax", "amount_total")]
    assert [books.money(amount) for amount in amounts] == [UNTAXED, TAX, TOTAL]
    [binding] = odoo.find(
        "q2c.binding", [("kind", "=", "invoice")], "external_id", "res_id"
    )
    assert (binding["external_id"], binding["res_id"]) == (invoice, move["id"])
    [payment] = odoo.find("account.payment", [], "amount", "state")
    assert books.money(payment["amount"]) == TOTAL
    assert books.clearing_balance(odoo, connection) == TOTAL


def test_nothing_of_it_failed(odoo, connection, subscription):
    until(lambda: not queues.open_count(odoo), "Everything settled")
    assert not queues.failed(odoo)
