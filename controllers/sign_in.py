# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where a browser comes back to that was sent away to sign in."""

import logging

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..canonical import Failure
from ..models.connection.connection_salesforce_web import RETURN_PATH

_logger = logging.getLogger(__name__)


class SignIn(http.Controller):
    @http.route(RETURN_PATH, type="http", auth="user", methods=["GET"])
    def salesforce_return(
        self, state="", code="", error="", error_description="", **_unused
    ):
        """Complete what this user began, and show the connection.

        Nothing is written in the transaction of the request, which waits for
        Salesforce meanwhile.
        """
        try:
            connection = request.env["q2c.connection"]._sign_in(
                state, code, error, error_description
            )
        except (Failure, UserError) as problem:
            _logger.warning("Sign-in refused: %s", problem)
            return request.render(
                "quote_to_cash.sign_in_refused",
                {
                    "message": str(problem),
                    "remedy": getattr(problem, "remedy", ""),
                },
                status=400,
            )
        return request.redirect(f"/odoo/q2c-connections/{connection.id}")
