# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A revision as a file, to move rules from a test database to the production one."""

import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .policy_content import FORMAT
from .policy_matching import Matching
from .routing_content import RoutingMatching, is_routing_row


class Policy(models.Model):
    _inherit = "q2c.policy"

    export_file = fields.Binary(compute="_compute_export")
    export_name = fields.Char(compute="_compute_export")

    def _compute_export(self):
        for policy in self:
            content = {
                **policy._full_content(),
                "company": policy.company_id.name,
                "revision": policy.number,
            }
            text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)
            policy.export_file = base64.b64encode(text.encode())
            policy.export_name = f"policy_revision_{policy.number}.json"

    def action_export(self):
        """Download it."""
        self.ensure_one()
        self._check_decider()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file"
            f"?download=true&filename={self.export_name}",
            "target": "self",
        }

    def action_open_import(self):
        """Ask for the file of a revision of another database."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import a Revision"),
            "res_model": "q2c.policy.import",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _import(self, data, company):
        """A draft of what a file says.

        :param data: bytes
        :raises UserError: it is no such file
        """
        content = self._read_file(data)
        matching = Matching(self.env, company)
        rules = matching.rules(content["ownership"])
        routing = RoutingMatching(matching).rules(content.get("routing", ()))
        draft = self.create(
            [
                {
                    "company_id": company.id,
                    "reason": self.env._(
                        "Imported: revision %(number)s of %(company)s",
                        number=content.get("revision", "?"),
                        company=content.get("company", "?"),
                    ),
                    "rule_ids": [fields.Command.create(rule) for rule in rules],
                    "routing_ids": [fields.Command.create(rule) for rule in routing],
                }
            ]
        )
        for mapping, target in matching.mappings(content["mappings"]):
            draft._put_mapping(mapping, target)
        # sudo: it is what the program found
        draft.sudo().unmatched = "\n".join(matching.unmatched) or False
        return draft

    @api.model
    def _read_file(self, data):
        try:
            content = json.loads(data)
            ok = (
                content["format"] == FORMAT
                and all(map(_is_rule, content["ownership"]))
                and all(map(is_routing_row, content.get("routing", ())))
                and all(map(_is_mapping, content["mappings"]))
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            ok = False
        if not ok:
            raise UserError(
                self.env._(
                    "This is no file of a policy revision (%s). Export one there, and "
                    "choose that file.",
                    FORMAT,
                )
            )
        return content


def _is_rule(row):
    return all(isinstance(row[name], str) for name in ("subject", "owner", "from"))


def _is_mapping(row):
    words = ("provider", "connection", "kind", "key", "label")
    return (
        all(isinstance(row[name], str) for name in words)
        and isinstance(row["target"]["name"], str)
        and isinstance(row["details"], dict)
    )
