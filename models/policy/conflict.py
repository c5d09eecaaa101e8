# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an object says of a field that somebody else owns: both values, until they are
one, or a person has decided."""

from odoo import api, fields, models
from odoo.fields import Domain

from .owned_fields import MODELS, ODOO, ORIGIN, OWNED, label_of
from .values import plain, shown, unplain

# What can be told of a change of a field of these kinds, where the connection bills.
TOLD = ("customer", "product")


class Conflict(models.Model):
    """One row for each linked object and field; it is opened again when the object says
    something new."""

    _name = "q2c.conflict"
    _inherit = ["q2c.pointing"]
    _description = "Conflict of Values"
    _order = "state, changed_at desc, id desc"

    binding_id = fields.Many2one(
        "q2c.binding",
        string="Linked Object",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    res_model = fields.Char(related="binding_id.res_model", store=True, precompute=True)
    res_id = fields.Many2oneReference(
        related="binding_id.res_id",
        model_field="res_model",
        store=True,
        precompute=True,
        aggregator=None,
    )
    connection_id = fields.Many2one(
        related="binding_id.connection_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="binding_id.connection_id.company_id",
        store=True,
        precompute=True,
        index=True,
        help="The company whose rules of ownership it goes by.",
    )
    kind = fields.Selection(related="binding_id.kind", store=True, precompute=True)
    external_id = fields.Char(related="binding_id.external_id")
    word = fields.Char(string="Field Code", required=True, readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    our_value = fields.Char(string="In Odoo", readonly=True)
    their_value = fields.Char(string="There", readonly=True)
    their_values = fields.Json(
        readonly=True, help="What would be written: field of the record → value."
    )
    owner = fields.Selection(
        selection=lambda self: self.env["q2c.ownership.rule"]._owner_selection(),
        required=True,
        readonly=True,
        help="Whose value wins by the rules.",
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    resolution = fields.Selection(
        [
            ("kept", "Ours was kept"),
            ("taken", "Theirs was taken"),
            ("same", "Both say the same"),
            ("rule", "Theirs, by a new rule"),
        ],
        readonly=True,
    )
    changed_at = fields.Datetime(
        string="Since",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it was opened last.",
    )
    resolved_by_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    resolved_at = fields.Datetime(string="Resolved On", readonly=True)

    _word_uniq = models.Constraint(
        "UNIQUE (binding_id, word)", "A field of an object has one conflict."
    )
    _open_idx = models.Index("(res_model, res_id) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------------

    @api.depends("kind", "word")
    @api.depends_context("lang")
    def _compute_field_label(self):
        for conflict in self:
            known = conflict.word in OWNED.get(conflict.kind, {})
            conflict.field_label = (
                label_of(self.env, conflict.kind, conflict.word)
                if known
                else conflict.word
            )

    @api.depends("field_label", "record_name")
    def _compute_display_name(self):
        for conflict in self:
            conflict.display_name = f"{conflict.record_name}: {conflict.field_label}"

    # ------------------------------------------------------------------
    # FOR THE ENGINE
    # ------------------------------------------------------------------

    @api.model
    def _keep(self, batch, ownership, differing):
        """Write down what the items of a batch say otherwise than their records, and
        close what is settled; a few queries, however many there are.

        :param differing: {item: {word: {field: value}}}, linked items only
        """
        # sudo: conflicts are the engine's own
        model = batch.env["q2c.conflict"].sudo()
        bindings = {item: batch.bindings[item.ref].sudo() for item in differing}
        linked = model.env["q2c.binding"].union(*bindings.values())
        known = {
            (row.binding_id, row.word): row
            for row in model.search([("binding_id", "in", linked.ids)])
        }
        told = [item for item, words in differing.items() if words]
        if not known and not told:
            return
        on_the_way = model._on_the_way(batch, [item.record for item in told])
        origins = model._origins([item.record for item in told])
        creations, settled, changed = [], model.browse(), model.browse()
        for item, words in differing.items():
            binding = bindings[item]
            if item.record.id in on_the_way:
                continue
            for word, values in words.items():
                vals = model._conflict_values(
                    item.record, ownership, origins, word, values
                )
                row = known.pop((binding, word), None)
                if row is None:
                    creations.append({**vals, "binding_id": binding.id, "word": word})
                elif row._refresh(vals):
                    changed |= row
            rest = (known.get((binding, word)) for word in ownership.words)
            settled = settled.union(*filter(None, rest))
        changed |= model.create(creations)
        settled = settled.filtered(lambda row: row.state == "open")
        settled._close("same")
        (changed | settled).binding_id._q2c_tell_conflicts()

    @api.model
    def _on_the_way(self, batch, records):
        """Ids of those of ``records`` of which the provider is just being told: it says
        what it said before because it does not know yet."""
        if not records:
            return set()
        commands = self.env["q2c.command"].search(
            [
                ("connection_id", "=", batch.connection.id),
                ("res_model", "=", records[0]._name),
                ("res_id", "in", [record.id for record in records]),
                ("state", "in", ("queued", "waiting")),
            ]
        )
        return set(commands.mapped("res_id"))

    @api.model
    def _origins(self, records):
        """{record id: the provider that it came from}."""
        if not records:
            return {}
        bindings = self.env["q2c.binding"].search(
            [
                ("res_model", "=", records[0]._name),
                ("res_id", "in", [record.id for record in records]),
                ("is_origin", "=", True),
            ]
        )
        return {binding.res_id: binding.provider for binding in bindings}

    @api.model
    def _conflict_values(self, record, ownership, origins, word, values):
        owner = ownership.owners.get(word, ORIGIN)
        if owner == ORIGIN:
            owner = origins.get(record.id, ODOO)
        # The fields in the order in which a person reads them.
        names = [n for n in ownership.words[word].fields if n in values]
        return {
            "owner": owner,
            "our_value": shown(record, {name: record[name] for name in names}),
            "their_value": shown(record, {name: values[name] for name in names}),
            "their_values": {name: plain(values[name]) for name in names},
        }

    def _refresh(self, vals):
        """The object said it again. What was decided stays so while it says the same,
        whatever became of ours.

        :return: whether that is news
        """
        self.ensure_one()
        same = self.their_values == vals["their_values"]
        if self.state == "resolved" and not (same and self.resolution == "kept"):
            vals = {**vals, **self._opening()}
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)
        return bool(changed)

    def _opening(self):
        return {
            "state": "open",
            "resolution": False,
            "resolved_by_id": False,
            "resolved_at": False,
            "changed_at": fields.Datetime.now(),
        }

    def _close(self, resolution):
        """By the user of this environment."""
        if self:
            # sudo: who may was checked before; people do not write conflicts
            self.sudo().write(
                {
                    "state": "resolved",
                    "resolution": resolution,
                    "resolved_by_id": self.env.uid,
                    "resolved_at": fields.Datetime.now(),
                }
            )

    @api.model
    def _decided(self, bindings):
        """{binding: {word: whether ours is to be sent}} of what is open, or was decided
        for ours."""
        # sudo: see _keep
        rows = self.sudo().search(
            Domain("binding_id", "in", bindings.ids)
            & (Domain("state", "=", "open") | Domain("resolution", "=", "kept"))
        )
        found = {}
        for row in rows:
            found.setdefault(row.binding_id, {})[row.word] = row.state == "resolved"
        return found

    # ------------------------------------------------------------------
    # CHANGES HERE
    # ------------------------------------------------------------------

    @api.model
    def _look_again(self, records):
        """``records`` were changed here: close what says the same now, and what the
        other side can be told of."""
        # sudo: whoever may change the record settles its conflicts
        rows = self.sudo().search(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("state", "=", "open"),
            ]
        )
        if not rows:
            return
        same, newer = rows.browse(), rows.browse()
        for row, record in rows._records().items():
            ours = row._ours_shown(record)
            if row._is_same(record):
                same |= row
            elif ours != row.our_value:
                newer |= row
                row.our_value = ours
        same._close("same")
        told = newer.filtered(lambda row: row._can_tell())
        told._close("kept")
        told._tell()
        (same | newer).binding_id._q2c_tell_conflicts()

    def _records(self):
        """{conflict: its record} of those whose record is still there."""
        found = {}
        for model, rows in self.grouped("res_model").items():
            alive = self.env[model].browse(set(rows.mapped("res_id"))).exists()
            ids = set(alive.ids)
            for row in rows.filtered(lambda row, ids=ids: row.res_id in ids):
                found[row] = alive.browse(row.res_id).with_prefetch(alive.ids)
        return found

    def _is_same(self, record):
        self.ensure_one()
        applier = self.env[f"q2c.applier.{self.kind}"]
        return not any(
            applier._differs(record, name, unplain(record, name, value))
            for name, value in self.their_values.items()
        )

    def _ours_shown(self, record):
        self.ensure_one()
        names = OWNED[self.kind][self.word].fields
        return shown(
            record, {name: record[name] for name in names if name in self.their_values}
        )

    # ------------------------------------------------------------------
    # CHANGED RULES
    # ------------------------------------------------------------------

    @api.model
    def _follow_rules(self, company):
        """Other rules are in force: what has another owner now is taken from it."""
        # sudo: see _keep
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "open")]
        )
        won = rows._won(self.env["q2c.policy"]._in_force(company))
        won._take("rule")
        rules = self.env["q2c.ownership.rule"]
        owners = {kind: rules._owners(company, kind) for kind in OWNED}
        for row in rows - won:
            owner = owners[row.kind].get(row.word)
            if owner and owner not in (ORIGIN, row.owner):
                row.owner = owner

    def _won(self, policy):
        """Those whose provider owns the field by ``policy``."""
        rules = self.env["q2c.ownership.rule"]
        owners = {
            kind: rules._owners(policy.company_id, kind, policy)
            for kind in set(self.mapped("kind"))
        }
        won = self.filtered(
            lambda row: (
                row.binding_id.is_origin
                if owners[row.kind].get(row.word, ORIGIN) == ORIGIN
                else owners[row.kind][row.word] == row.connection_id.provider
            )
        )
        return won._of_leading()

    def _of_leading(self):
        """Those of the first object that a connection has for a record."""
        leading = self.browse()
        groups = self.grouped(lambda row: (row.connection_id, row.kind))
        for (connection, kind), share in groups.items():
            records = self.env[MODELS[kind]].browse(set(share.mapped("res_id")))
            # sudo: links are the engine's own
            bindings = self.env["q2c.binding"].sudo()
            first = bindings._of_records(connection, kind, records)
            leading |= share.filtered(
                lambda row, first=first: first.get(row.res_id) == row.binding_id.sudo()
            )
        return leading

    # ------------------------------------------------------------------
    # TELLING THE OTHER SIDE
    # ------------------------------------------------------------------

    def _can_tell(self):
        self.ensure_one()
        return self.kind in TOLD and self.connection_id.is_billing

    def _tell(self):
        """Have our values sent, where the provider takes them."""
        rows = self.filtered(lambda row: row._can_tell())
        # It may be the same that was sent last, before they changed it.
        rows.binding_id.sent_fingerprint = False
        groups = rows.grouped(lambda row: (row.connection_id, row.kind))
        for (connection, kind), share in groups.items():
            records = self.env[MODELS[kind]].browse(set(share.mapped("res_id")))
            self.env["q2c.command"]._enqueue(connection, "update", kind, records)

    # ------------------------------------------------------------------
    # THE WORK LIST
    # ------------------------------------------------------------------

    def _explained(self):
        """Message and remedy of conflicts of one object."""
        owners = dict(self.env["q2c.ownership.rule"]._owner_selection())
        differences = [
            self.env._(
                "%(field)s is %(ours)s here and %(theirs)s there (%(owner)s owns it)",
                field=row.field_label,
                ours=row.our_value,
                theirs=row.their_value,
                owner=owners.get(row.owner, row.owner),
            )
            for row in self
        ]
        return {
            "message": self.env._(
                "%(record)s and %(object)s at %(connection)s differ: %(differences)s.",
                record=self[0].record_name,
                object=self[0].external_id,
                connection=self[0].connection_id.name,
                differences="; ".join(differences),
            ),
            "remedy": self.env._(
                "Open Conflicts and keep ours or take theirs; it is settled by itself "
                "once both say the same."
            ),
        }
