# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Real Odoo servers with workers and scheduled actions, real HTTP, simulators.

Run by ``dev/test --only live``; ``machine`` and ``story`` are the packages below
``dev/``. Every module has a database and processes of its own.
"""

import pytest
from machine import database
from story import connect
from story.salesforce_org import SimulatedOrg
from story.stage import Stage
from story.stripe_account import SimulatedAccount

TAX = 20


@pytest.fixture(scope="module")
def stage():
    """Odoo with the addon, and both simulators."""
    with Stage(database.unique(), ("stripe_sim", "salesforce_sim")) as stage:
        yield stage


@pytest.fixture(scope="module")
def odoo(stage):
    """Odoo's administrator."""
    return stage.client()


@pytest.fixture(scope="module")
def org(stage):
    """The Salesforce organisation."""
    return SimulatedOrg(stage.simulators.url("salesforce_sim"))


@pytest.fixture(scope="module")
def account(stage):
    """The Stripe account."""
    return SimulatedAccount(stage.simulators.url("stripe_sim"))


@pytest.fixture(scope="module")
def company(odoo):
    """A company that sells with a tax of 20 %; the tax's id."""
    return connect.set_up_company(odoo, TAX)


@pytest.fixture(scope="module")
def salesforce(odoo, org, company):
    """Id of an active connection to Salesforce."""
    return connect.connect_salesforce(odoo, org)


@pytest.fixture(scope="module")
def stripe(odoo, account, company):
    """Id of an active connection to Stripe."""
    return connect.connect_stripe(odoo, account)
