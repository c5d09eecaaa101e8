# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Secrets of a connection: written once, used by the program, shown to nobody."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from . import vault


class Secret(models.Model):
    """No group has any right here: every access is the program's own, through sudo."""

    _name = "q2c.secret"
    _description = "Encrypted Secret"
    _order = "id desc"
    _rec_name = "name"
    _log_access = True

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True
    )
    name = fields.Char(required=True, help="What it is for: api_key, signing_secret…")
    token = fields.Text(required=True, copy=False, groups=fields.NO_ACCESS)
    hint = fields.Char(help="Its last four characters, to tell one from another.")
    expires_at = fields.Datetime(help="From then on it is not accepted any more.")

    @api.model
    def _valid_domain(self):
        return Domain("expires_at", "=", False) | Domain(
            "expires_at", ">", fields.Datetime.now()
        )

    @api.model
    def _put(self, connection, name, text, keep_old_until=None):
        """Store ``text``; what was stored under ``name`` before goes, or stays valid
        until ``keep_old_until`` while the other side changes over."""
        secrets = self.sudo()  # the only way in, see the class
        old = secrets.search(
            [("connection_id", "=", connection.id), ("name", "=", name)]
        )
        if keep_old_until:
            (
                old & old.filtered_domain(self._valid_domain())
            ).expires_at = keep_old_until
        else:
            old.unlink()
        if text:
            secrets.create(
                {
                    "connection_id": connection.id,
                    "name": name,
                    "token": vault.encrypt(self.env, text),
                    "hint": _hint(text),
                }
            )

    @api.model
    def _get(self, connection, name):
        """The valid secrets (list of str) stored under ``name``, newest first."""
        secrets = self.sudo().search(  # the only way in, see the class
            Domain("connection_id", "=", connection.id)
            & Domain("name", "=", name)
            & self._valid_domain()
        )
        return [vault.decrypt(self.env, secret.token) for secret in secrets]

    @api.model
    def _lock(self, connection, name):
        """The newest secret called ``name``, with the system's rights, locked until the
        end of the transaction; empty where there is none. What somebody else changes
        meanwhile is a fault of concurrency: the transaction is to be repeated."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM q2c_secret
                 WHERE connection_id = %s AND name = %s
                 ORDER BY id DESC
                 LIMIT 1
                   FOR UPDATE
                """,
                connection.id,
                name,
            )
        )
        # The only way in, see the class.
        return self.sudo().browse(secret_id for (secret_id,) in rows)

    def _text(self):
        """What this secret is."""
        return vault.decrypt(self.env, self.token)

    def _replace(self, text):
        """Store ``text`` instead, in place: the row stays locked."""
        self.write({"token": vault.encrypt(self.env, text), "hint": _hint(text)})

    @api.model
    def _hints(self, connections):
        """{(connection id, name): what may be shown of the newest valid secret}"""
        secrets = self.sudo().search(  # the only way in, see the class
            Domain("connection_id", "in", connections.ids) & self._valid_domain()
        )
        return {
            (secret.connection_id.id, secret.name): (
                self.env._("Stored, ends in %s", secret.hint)
                if secret.hint
                else self.env._("Stored")
            )
            for secret in secrets.sorted("id")
        }

    @api.model
    def _rotate_all(self):
        """Encrypt every secret anew under the first configured key.

        :return: how many there are
        """
        secrets = self.sudo().search([])  # the only way in, see the class
        for secret in secrets:
            secret.token = vault.rotate(self.env, secret.token)
        return len(secrets)


def _hint(text):
    """The end of a secret that is long enough to spare it; a key file has none."""
    return text[-4:] if len(text) >= 16 and "\n" not in text else ""
