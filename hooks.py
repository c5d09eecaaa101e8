# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Odoo cannot take away by itself."""

from odoo.tools import SQL

CONNECTED_TABLES = (
    "q2c_event",
    "q2c_command",
    "q2c_binding",
    "q2c_subscription",
    "q2c_reconciliation_run",
    "q2c_history_import",
    "q2c_match",
)
DEMO_MODELS = (
    "q2c.connection",
    "q2c.event",
    "q2c.command",
    "q2c.binding",
    "q2c.exception",
    "q2c.match.decision",
    "q2c.match",
    "q2c.reconciliation.run",
    "q2c.reconciliation.line",
    "q2c.reconciliation.difference",
    "q2c.history.import",
    "q2c.history.import.month",
    "product.product",
    "product.template",
    "crm.lead",
    "sale.order",
    "account.move",
)


def uninstall_hook(env):
    """Remove the scheduled actions that connections and lanes made, and the
    configuration: they have no XML id, so Odoo would leave them behind, calling models
    that are gone. Odoo deletes records before tables, so whatever still refers to the
    service user would keep it."""
    root = env.ref("base.user_root")
    env.cr.execute("UPDATE q2c_connection SET user_id = %s", [root.id])
    models = ("q2c.lane", "q2c.connection")
    env["ir.cron"].with_context(active_test=False).search(
        [("model_id.model", "in", models)]
    ).unlink()
    env["ir.config_parameter"].search([("key", "=like", "quote_to_cash.%")]).unlink()
    _let_go_of_demo_data(env)
    _let_go_of_connections(env)


def _let_go_of_connections(env):
    """With its provider each connection is deleted, before the tables are dropped that
    refer to it. Cheaper than to delete an inbox of millions row by row."""
    for table in CONNECTED_TABLES:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s",
                SQL.identifier(table),
                SQL.identifier(f"{table}_connection_id_fkey"),
            )
        )


def _let_go_of_demo_data(env):
    """Forget which records came as demo data. Deleted one by one they would trip over
    each other: ours go with their tables, business records stay, as real ones do."""
    own = env["ir.model.data"].search([("module", "=", "quote_to_cash")])
    own.filtered(
        lambda data: data.model in DEMO_MODELS or data.name.startswith("partner_")
    ).unlink()
