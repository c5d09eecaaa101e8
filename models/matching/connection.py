# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is agreed about who is who."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .evidence import KINDS, LINK_AT, REVIEW_AT, Policy


def _points(kind, help_text):
    entry = KINDS[kind]
    return fields.Integer(default=entry.points, tracking=True, help=help_text)


class Connection(models.Model):
    _inherit = "q2c.connection"

    match_policy = fields.Selection(
        [
            ("create", "Create a contact, and have a person compare"),
            ("hold", "Wait until a person has decided"),
        ],
        string="Doubtful Customers",
        required=True,
        default="create",
        tracking=True,
        help="What becomes of a customer that may be a contact that is there already. "
        "Created: its invoices and payments are booked at once, and the two contacts "
        "are merged later if they are one. Waiting: no second contact comes into "
        "being, but whatever depends on the customer waits as well, for a week at "
        "most; then it is on the list of what stands still.",
    )
    match_link_at = fields.Integer(
        string="Link At",
        default=LINK_AT,
        required=True,
        tracking=True,
        help="A contact with so many points or more is the customer, unless another "
        "one comes near it. It is linked, and that can be undone.",
    )
    match_review_at = fields.Integer(
        string="Review At",
        default=REVIEW_AT,
        required=True,
        tracking=True,
        help="A contact with so many points or more may be the customer: a person "
        "compares the two. With fewer points it is somebody else.",
    )
    match_points_id = _points(
        "id",
        "Either names the other: the customer in Stripe bears the id of the account in "
        "its metadata, or the account in Salesforce that of the customer in a field.",
    )
    match_points_vat = _points(
        "vat",
        "The same tax id, with or without its country. Two different ones are two "
        "parties, whatever else they have in common.",
    )
    match_points_email = _points(
        "email", "The address of the contact or of one of its people."
    )
    match_points_name = _points(
        "name", "The same name without its legal form, accents and punctuation."
    )
    match_points_alike = _points(
        "alike", "A letter or two apart, or one is the beginning of the other."
    )
    match_points_domain = _points(
        "domain",
        "The domain of an e-mail address or website. Providers of free mail do not "
        "count, nor does a domain that more than twenty contacts share.",
    )
    match_points_phone = _points(
        "phone", "The last eight digits, unless more than twenty contacts share them."
    )
    match_points_place = _points("place", "The same postal code and street.")
    match_points_town = _points("town", "The same city and country.")
    match_count = fields.Integer(
        string="Possible Duplicates", compute="_compute_match_count"
    )

    _match_thresholds = models.Constraint(
        "CHECK (match_review_at > 0 AND match_link_at >= match_review_at)",
        "What is linked has at least as many points as what is reviewed, and more than "
        "none.",
    )

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    def _compute_match_count(self):
        counts = dict(
            self.env["q2c.match"]._read_group(
                [("connection_id", "in", self.ids), ("state", "=", "review")],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.match_count = counts.get(connection, 0)

    # ------------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------------

    @api.constrains(*(f"match_points_{kind}" for kind in KINDS))
    def _check_match_points(self):
        for connection in self:
            if any(points < 0 for points in connection._match_policy().points.values()):
                raise ValidationError(
                    self.env._(
                        "Evidence speaks for two being one, or says nothing: enter 0 "
                        "points instead of fewer on the connection %s.",
                        connection.name,
                    )
                )

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    def _match_policy(self):
        """What is agreed, as evidence.Policy."""
        self.ensure_one()
        return Policy(
            points={kind: self[f"match_points_{kind}"] for kind in KINDS},
            link_at=self.match_link_at,
            review_at=self.match_review_at,
            hold=self.match_policy == "hold",
        )

    def action_view_matches(self):
        return self._view_action("quote_to_cash.q2c_match_action")
