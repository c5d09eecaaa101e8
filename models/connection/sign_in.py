# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What has to be remembered between leaving for the provider's sign-in page and coming
back."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...canonical import Hold
from ...providers.salesforce.web_flow import new_verifier
from . import vault

# Longer than anybody needs to sign in; a code lasts 15 minutes at Salesforce.
LIFETIME = timedelta(minutes=15)


class SignIn(models.Model):
    """One attempt of one user for one connection. As with secrets no group has any
    right here: every access is the program's own, through sudo."""

    _name = "q2c.sign.in"
    _description = "Sign-In Under Way"
    _rec_name = "connection_id"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    # Whoever reads the database must not be able to complete it.
    state_hash = fields.Char(required=True, copy=False, groups=fields.NO_ACCESS)
    verifier = fields.Char(required=True, copy=False, groups=fields.NO_ACCESS)
    redirect_uri = fields.Char(required=True)
    expires_at = fields.Datetime(required=True, index=True)

    _state_uniq = models.UniqueIndex("(state_hash)")

    @api.model
    def _begin(self, connection, redirect_uri):
        """:return: (state, verifier) for the way there"""
        state, verifier = secrets.token_urlsafe(32), new_verifier()
        self.sudo().create(  # the only way in, see the class
            {
                "connection_id": connection.id,
                "user_id": self.env.uid,
                "state_hash": _hash(state),
                "verifier": vault.encrypt(self.env, verifier),
                "redirect_uri": redirect_uri,
                "expires_at": fields.Datetime.now() + LIFETIME,
            }
        )
        return state, verifier

    @api.model
    def _take(self, state):
        """What was begun under ``state`` by this user: used up from here on.

        :return: (connection, with the user's rights; verifier; redirect URI)
        :raises Hold: ``unknown_sign_in``
        """
        found = self.sudo().search(  # the only way in, see the class
            [
                ("state_hash", "=", _hash(state)),
                ("user_id", "=", self.env.uid),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )
        # Two that come at the same time: the second finds the row locked or gone.
        if not found or not found.try_lock_for_update():
            raise Hold(
                "unknown_sign_in",
                self.env._(
                    "This sign-in was not begun by you, was completed already, or took "
                    "longer than %s minutes.",
                    LIFETIME.seconds // 60,
                ),
                self.env._("Open the connection and press Sign In with Salesforce."),
            )
        taken = (
            found.connection_id.with_env(self.env),
            vault.decrypt(self.env, found.verifier),
            found.redirect_uri,
        )
        found.unlink()
        return taken

    @api.autovacuum
    def _gc_expired(self):
        # sudo: see the class
        self.sudo().search([("expires_at", "<=", fields.Datetime.now())]).unlink()


def _hash(state):
    return hashlib.sha256(state.encode()).hexdigest()
