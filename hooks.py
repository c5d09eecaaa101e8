# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Odoo cannot take away by itself."""


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
