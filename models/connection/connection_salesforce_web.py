# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Signing in to Salesforce with the browser, and out again."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...canonical import Failure, Hold, explain
from ...providers.salesforce import oauth_error
from ...providers.salesforce.web_flow import App
from ..engine.concurrency import in_own_transaction
from . import vault
from .refresh_token import SECRET, RefreshToken, signed_out

_logger = logging.getLogger(__name__)

RETURN_PATH = "/q2c/salesforce/return"


class Connection(models.Model):
    _inherit = "q2c.connection"

    salesforce_callback_url = fields.Char(
        string="Callback URL",
        compute="_compute_salesforce_callback_url",
        help="Enter it in the External Client App, OAuth Settings.",
    )
    salesforce_is_signed_out = fields.Boolean(
        compute="_compute_salesforce_is_signed_out"
    )
    salesforce_signed_in_as = fields.Char(
        string="Signed In As",
        readonly=True,
        copy=False,
        tracking=True,
        help="User name in Salesforce that the calls are made as.",
    )
    salesforce_signed_in_at = fields.Datetime(
        string="Signed In Since", readonly=True, copy=False
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("provider")
    def _compute_salesforce_callback_url(self):
        for connection in self:
            connection.salesforce_callback_url = connection.get_base_url() + RETURN_PATH

    @api.depends("provider", "salesforce_sign_in", "salesforce_signed_in_at")
    def _compute_salesforce_is_signed_out(self):
        signed_out_ones = self._signed_out()
        for connection in self:
            connection.salesforce_is_signed_out = connection in signed_out_ones

    def _signed_out(self):
        """Those of these that are to sign in with the browser, and are not."""
        of_web = self.filtered(
            lambda connection: (
                connection.provider == "salesforce"
                and connection.salesforce_sign_in == "web"
            )
        )
        hints = self.env["q2c.secret"]._hints(of_web) if of_web else {}
        return of_web.filtered(lambda row: (row._origin.id, SECRET) not in hints)

    # ------------------------------------------------------------------
    # NOBODY IS ASKED WHILE NOBODY IS SIGNED IN
    # ------------------------------------------------------------------

    def _is_tripped(self):
        return super()._is_tripped() or bool(self._signed_out())

    def _breaker_failure(self):
        if self._signed_out():
            return signed_out(self)
        return super()._breaker_failure()

    def _shut_out(self, failure):
        """Being signed out says itself, and who is was told where it was found out."""
        if failure.code == "signed_out":
            return None
        return super()._shut_out(failure)

    # ------------------------------------------------------------------
    # IN
    # ------------------------------------------------------------------

    def action_sign_in(self):
        """Send the browser to Salesforce; it comes back to ``_sign_in``."""
        self.ensure_one()
        self._check_manager()
        self._check_can_sign_in()
        redirect_uri = self.salesforce_callback_url
        state, verifier = self.env["q2c.sign.in"]._begin(self, redirect_uri)
        try:
            url = self._salesforce_app().authorize_url(redirect_uri, state, verifier)
        except Failure as failure:
            raise UserError(explain(failure)) from failure
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_can_sign_in(self):
        vault.check(self.env)
        if self.provider != "salesforce" or self.salesforce_sign_in != "web":
            raise UserError(
                self.env._(
                    "The connection %s does not sign in with the browser. Choose that "
                    "under Sign-In, then save.",
                    self.name,
                )
            )
        self._provider()._check_complete(self)

    @api.model
    def _sign_in(self, state, code, error="", description=""):
        """The browser came back: exchange its code, see which org answers, and keep
        what it gave. Each step that writes is a transaction of its own, and none waits
        for Salesforce.

        :return: the connection
        :raises Failure, UserError: refused, which changes nothing
        """
        connection, verifier, redirect_uri = in_own_transaction(
            self.env, lambda env: env["q2c.sign.in"]._take(state)
        )
        connection = connection.with_env(self.env)._of_all_companies()
        connection._check_manager()
        connection.check_access("write")
        if error or not code:
            raise oauth_error.web_failure_of(error or "invalid_request", description)
        app = connection._salesforce_app()
        grant = app.exchange(code, redirect_uri, verifier)
        try:
            who = connection._provider()._who(connection, app, grant)
            connection._check_account(who[0])
        except (Failure, UserError):
            connection._revoke(app, grant.refresh_token)
            raise
        former = in_own_transaction(
            connection.env,
            lambda env: connection.with_env(env)._keep_sign_in(grant, *who),
        )
        if former:
            connection._revoke(app, former)
        connection.invalidate_recordset()
        return connection

    def _of_all_companies(self):
        """Outside of the web client nobody has chosen companies."""
        companies = self.env.user.company_ids
        return self.with_context(allowed_company_ids=companies.ids)

    def _keep_sign_in(self, grant, health, offered, username):
        """:return: the refresh token of the sign-in before, or an empty text"""
        # Somebody else may have signed in meanwhile.
        self._check_account(health)
        former = self._secrets(SECRET)
        self._put_secret(SECRET, grant.refresh_token)
        self.write(
            {
                "account_ref": health.account_id,
                "account_name": health.account_name,
                "salesforce_instance_url": grant.session.instance_url,
                "salesforce_signed_in_as": username,
                "salesforce_signed_in_at": fields.Datetime.now(),
            }
        )
        self._keep_api_versions(offered)
        self._set_health(
            "ok",
            self.env._(
                "Signed in to %(account)s as %(user)s.",
                account=health.account_name,
                user=username,
            ),
        )
        self._let_in()
        self._close_breaker()
        return former[0] if former else ""

    def _revoke(self, app, token):
        """Have Salesforce forget a token that we do not keep; that it could not be done
        must not stop what goes on."""
        try:
            app.revoke(token)
        except Failure as failure:
            _logger.warning("A token of %s was not revoked: %s", self.name, failure)

    def _salesforce_app(self):
        # sudo: the key is for managers to see, for the engine to use
        elevated = self.sudo()
        secret = elevated._secrets("client_secret")
        return App(
            client_id=elevated.salesforce_client_id or "",
            client_secret=secret[0] if secret else "",
            login_url=elevated.api_base or elevated.salesforce_login_url or "",
        )

    # ------------------------------------------------------------------
    # OUT
    # ------------------------------------------------------------------

    def action_sign_out(self):
        """Have Salesforce end the sign-in, and forget it."""
        self.ensure_one()
        self._check_manager()
        token = self._secrets(SECRET)
        if not token:
            raise UserError(self.env._("The connection %s is signed out.", self.name))
        try:
            self._salesforce_app().revoke(token[0])
        except Hold as failure:
            raise UserError(explain(failure)) from failure
        except Failure as failure:
            raise UserError(
                self.env._(
                    "%s It is still signed in; try again later, or revoke it in "
                    "Salesforce Setup, Connected Apps OAuth Usage.",
                    failure.message,
                )
            ) from failure
        RefreshToken(self).take()
        self.write({"salesforce_signed_in_as": False, "salesforce_signed_in_at": False})
        self._set_health("unknown", self.env._("Signed out."))
        return True
