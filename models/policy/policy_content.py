# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a revision says in all, in words that hold in any database; how two differ."""

from odoo import api, fields, models

FORMAT = "quote_to_cash.policy/1"


class PolicyChange(models.Model):
    """Written by the program whenever the revision is changed."""

    _name = "q2c.policy.change"
    _description = "Change of a Revision"
    _order = "policy_id, about desc, label, id"
    _rec_name = "label"

    policy_id = fields.Many2one(
        "q2c.policy", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True, index=True
    )
    sort = fields.Selection(
        [("added", "Added"), ("changed", "Changed"), ("removed", "Removed")],
        required=True,
        readonly=True,
        string="Change",
    )
    about = fields.Selection(
        [("ownership", "Ownership"), ("routing", "Routing"), ("mapping", "Mapping")],
        required=True,
        readonly=True,
    )
    label = fields.Char(string="What", required=True, readonly=True)
    old_value = fields.Char(string="In Force", readonly=True)
    new_value = fields.Char(string="To Be", readonly=True)


class Policy(models.Model):
    _inherit = "q2c.policy"

    # ------------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------------

    def _full_content(self):
        """What this revision says, be it in force yet, still, or no more."""
        self.ensure_one()
        if self.content:
            return self.content
        proposed = {row.mapping_id: row._target() for row in self.sudo().mapping_ids}
        return self._make_content(self.company_id, self, proposed)

    @api.model
    def _live_content(self, company):
        """What is in force in ``company`` now."""
        return self._make_content(company, self._in_force(company), {})

    @api.model
    def _make_content(self, company, policy, proposed):
        """
        :param policy: whose rules it says; may be empty
        :param proposed: {mapping: target}, where it differs from what is in force
        :return: JSON-able; see docs/architecture.md for what names what
        """
        # sudo: a revision is about all that is mapped, whoever looks at it
        mappings = (
            self.env["q2c.mapping"]
            .sudo()
            .search([("company_id", "=", company.id)], order="connection_id, kind, key")
        )
        targets = {row.sudo(): target for row, target in proposed.items()}
        told = []
        for mapping in mappings:
            target = targets.get(mapping, mapping._target())
            if target:
                told.append(
                    {
                        "provider": mapping.connection_id.provider,
                        "connection": mapping.connection_id.name,
                        "kind": mapping.kind,
                        "key": mapping.key,
                        "label": mapping.label,
                        "details": mapping.details or {},
                        "target": named(target.sudo(), company),
                    }
                )
        return {
            "format": FORMAT,
            "ownership": [
                {
                    "subject": rule.subject,
                    "owner": rule.owner,
                    "from": fields.Date.to_string(rule.date_from),
                }
                for rule in policy.sudo().rule_ids.sorted(
                    lambda r: (r.subject, r.date_from)
                )
            ],
            # In the order in which they are asked.
            "routing": [rule._told() for rule in policy.sudo().routing_ids._in_order()],
            "mappings": told,
        }

    # ------------------------------------------------------------------
    # COMPARED
    # ------------------------------------------------------------------

    def _compare(self):
        """Write down what these, not in force yet, change of what is."""
        # sudo: see PolicyChange
        changes = self.env["q2c.policy.change"].sudo()
        live = {c: self._live_content(c) for c in self.company_id}
        policies = self.filtered(lambda policy: not policy.content)
        policies.sudo().change_ids.unlink()
        changes.create(
            [
                {"policy_id": policy.id, **row}
                for policy in policies
                for row in self._differences(
                    live[policy.company_id], policy._full_content()
                )
            ]
        )
        policies.invalidate_recordset(["change_ids", "change_count"])

    @api.model
    def _differences(self, old, new):
        """Rows of what ``new`` says otherwise than ``old``; both are contents."""
        before, after = self._lines(old), self._lines(new)
        rows = []
        for key in sorted(before.keys() | after.keys()):
            was, now = before.get(key), after.get(key)
            if was and now and was[1] == now[1]:
                continue
            rows.append(
                {
                    "about": key[0],
                    "sort": "changed" if was and now else "added" if now else "removed",
                    "label": (now or was)[0],
                    "old_value": was and was[1],
                    "new_value": now and now[1],
                }
            )
        return rows + self._moved(old, new)

    @api.model
    def _moved(self, old, new):
        """A row of the routing rules that both have, where they are asked in another
        order."""
        before, after = (
            [row["name"] for row in content.get("routing", ())]
            for content in (old, new)
        )
        was = [name for name in before if name in after]
        now = [name for name in after if name in before]
        if was == now:
            return []
        return [
            {
                "about": "routing",
                "sort": "changed",
                "label": self.env._("Order of the rules"),
                "old_value": " → ".join(was),
                "new_value": " → ".join(now),
            }
        ]

    @api.model
    def _lines(self, content):
        """{key: (what it is about, what it says)}, for a person."""
        rules, mappings = self.env["q2c.ownership.rule"], self.env["q2c.mapping"]
        routing = self.env["q2c.routing.rule"]
        subjects, owners = dict(rules._subjects()), dict(rules._owner_selection())
        kinds = dict(mappings._fields["kind"]._description_selection(self.env))
        lines = {}
        for rule in content["ownership"]:
            subject = subjects.get(rule["subject"], rule["subject"])
            lines["ownership", rule["subject"], rule["from"]] = (
                self.env._(
                    "%(subject)s, from %(day)s", subject=subject, day=rule["from"]
                ),
                owners.get(rule["owner"], rule["owner"]),
            )
        for row in content.get("routing", ()):
            lines["routing", row["name"]] = (row["name"], routing._in_line(row))
        for row in content["mappings"]:
            target = row["target"]
            label = row["label"] if row["label"] != row["key"] else row["key"]
            lines["mapping", row["connection"], row["kind"], row["key"]] = (
                f"{kinds.get(row['kind'], row['kind'])}: {label}",
                " ".join(filter(None, (target.get("code"), target.get("name")))),
            )
        return lines


def named(record, company):
    """What ``record`` is called in any database: accounts and journals by their code,
    everything else by its name in the company."""
    names = {"model": record._name, "name": record.with_context(lang="en_US").name}
    if record._name in ("account.account", "account.journal"):
        names["code"] = record.with_company(company).code
    if record._name == "account.payment.method.line":
        names["journal"] = record.journal_id.code
    if record._name == "q2c.target.field":
        names["of"] = record.model
    if record._name == "account.tax":
        names["amount"] = record.amount
        names["country"] = record.country_id.code
    return names
