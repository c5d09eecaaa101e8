# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The credentials of a connection: taken in, handed to the engine, never shown."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...canonical import Hold


class Connection(models.Model):
    _inherit = "q2c.connection"

    secret_ids = fields.One2many(
        "q2c.secret", "connection_id", groups=fields.NO_ACCESS, copy=False
    )

    def _compute_write_only(self):
        """Fields that take a secret in show nothing of what is stored."""
        for name, field in self._fields.items():
            if field.compute == "_compute_write_only":
                self[name] = False

    def _compute_secret_hints(self):
        secrets_by_name = self.env["q2c.secret"]._hints(self)
        for field, name in self._secret_hint_fields().items():
            for connection in self:
                hint = secrets_by_name.get((connection.id, name))
                connection[field] = hint or ""

    def _secret(self, name):
        """The newest valid secret called ``name``.

        :raises Hold: there is none, or it cannot be decrypted
        """
        try:
            found = self._secrets(name)
        except UserError as error:
            raise Hold("secret_unreadable", str(error)) from error
        if not found:
            raise Hold(
                "secret_missing",
                self.env._(
                    "The connection %(connection)s has no %(secret)s.",
                    connection=self.name,
                    secret=name.replace("_", " "),
                ),
                self.env._("Enter it in the connection's form."),
            )
        return found[0]

    def _secrets(self, name):
        """All valid secrets called ``name``, newest first."""
        return self.env["q2c.secret"]._get(self, name)

    def _put_secret(self, name, text, keep_old_until=None):
        """Encrypt and store ``text`` under ``name``."""
        self.ensure_one()
        self._check_manager()
        self.env["q2c.secret"]._put(self, name, text.strip(), keep_old_until)
        # That it changed is for the trail, what it is for nobody.
        self._message_log(
            body=self.env._("A new %s was stored.", name.replace("_", " "))
        )

    def _take_secret(self, field, name, keep_old_until=None):
        """Store what was entered into ``field`` under ``name``, and forget it: what
        stays in the cache goes out with the next read, as after each save."""
        for connection in self.filtered(field):
            connection._put_secret(name, connection[field], keep_old_until)
        self.invalidate_recordset([field], flush=False)

    @api.model
    def _secret_hint_fields(self):
        """{field that hints at a stored secret: the secret's name}"""
        return {}
