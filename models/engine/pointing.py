# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows that say which record they are about."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class Pointing(models.AbstractModel):
    _name = "q2c.pointing"
    _description = "Row About a Record"

    res_model = fields.Char(string="Record Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record", compute="_compute_record_name")
    record_type = fields.Char(compute="_compute_record_type")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for model, rows in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse(rows.mapped("res_id")).exists()
                # sudo: the name only, so that a list of rows reads in one go
                names = {record.id: record.display_name for record in records.sudo()}
            for row in rows:
                row.record_name = names.get(row.res_id, "")

    @api.depends("res_model")
    def _compute_record_type(self):
        for model, rows in self.grouped("res_model").items():
            # sudo: what a model is called is no secret
            found = self.env["ir.model"].sudo()._get(model) if model else False
            rows.record_type = found.name if found else ""

    def action_open_record(self):
        """Open the record that the row is about."""
        self.ensure_one()
        record = self._record()
        if not record:
            raise UserError(
                self.env._(
                    "The record of %s is not there: it was deleted, or never created.",
                    self.display_name,
                )
            )
        return record._get_records_action(context={})

    def _record(self):
        """The record in this environment; None where there is none, or no more."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id or 0).exists()
