# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Installing, uninstalling and reinstalling the addon from the Apps menu."""

import pytest
from machine import database
from machine.odoo import OdooServer
from machine.settings import ADDON
from story import connect, sql
from story.odoo_client import OdooClient, OdooError

# What an addon may leave behind, as queries of one text column.
TRACES = {
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "parameters": "SELECT key FROM ir_config_parameter",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "groups": "SELECT name::text FROM res_groups",
    "users": "SELECT login FROM res_users",
    "sequences": "SELECT name FROM ir_sequence",
    # Odoo itself forgets those that other modules, such as mail, get for our models.
    "XML ids": """
        SELECT module || '.' || name FROM ir_model_data
         WHERE module = 'quote_to_cash'""",
    "constraints": "SELECT conname FROM pg_constraint",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
}
# What the test itself sets, which is Odoo's own.
FILLED = {"web.base.url.freeze"}


@pytest.fixture(scope="module")
def server():
    """Odoo with the modules that the addon depends on, and without it."""
    name = database.create(database.unique(), database.base_template())
    try:
        with OdooServer(name) as server:
            yield server
    finally:
        database.drop(name)


@pytest.fixture(scope="module")
def odoo(server):
    return OdooClient(server.url, server.database)


@pytest.fixture(scope="module")
def module(odoo):
    """Database id of the addon in the Apps menu."""
    odoo.call("ir.module.module", "update_list")
    [row] = odoo.find("ir.module.module", [("name", "=", ADDON)], "id", "state")
    assert row["state"] == "uninstalled"
    return row["id"]


def traces(server):
    """{what: set of names} of all that an addon may leave behind."""
    return {
        what: {name for (name,) in sql.rows(server.database, query)}
        for what, query in TRACES.items()
    }


def left_behind(before, after):
    """What is there now and was not, one line each."""
    return [
        f"{what}: {name}"
        for what, names in after.items()
        for name in sorted(names - before[what] - FILLED)
    ]


def press(odoo, module, button):
    """Press a button of the Apps menu; the module's state afterwards."""
    odoo.call("ir.module.module", button, [module])
    return odoo.read("ir.module.module", module, "state")["state"]


def fill(odoo):
    """Records of the addon's and of Odoo's own; ids of the latter."""
    connect.set_up_company(odoo, 20)
    odoo.create("q2c.connection", name="Salesforce", provider="salesforce")
    odoo.create("q2c.connection", name="Stripe", provider="stripe")
    partner = odoo.create("res.partner", name="Survivor")
    product = odoo.create("product.product", name="Seat", q2c_interval="month")
    line = {"product_id": product, "product_uom_qty": 2, "price_unit": 10}
    order = odoo.create("sale.order", partner_id=partner, order_line=[(0, 0, line)])
    odoo.call("sale.order", "action_confirm", [order])
    return {"res.partner": partner, "product.product": product, "sale.order": order}


def test_it_leaves_nothing_behind_and_comes_back(server, odoo, module):
    before = traces(server)
    assert press(odoo, module, "button_immediate_install") == "installed"
    records = fill(odoo)
    assert press(odoo, module, "button_immediate_uninstall") == "uninstalled"
    left = left_behind(before, traces(server))
    assert not left, "\n".join(left)
    for model, identifier in records.items():
        assert odoo.read(model, identifier, "display_name")
    assert press(odoo, module, "button_immediate_install") == "installed"
    crons = [("cron_name", "like", "inbox lane")]
    assert odoo.count("ir.cron", crons)
    assert odoo.create("q2c.connection", name="Again", provider="stripe")


def test_rule_29_a_live_key_is_refused_in_a_test_environment(odoo, module):
    with pytest.raises(OdooError, match="live key"):
        odoo.create(
            "q2c.connection",
            name="Live",
            provider="stripe",
            stripe_api_key="sk_live_123",
        )
