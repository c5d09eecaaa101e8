# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which field of Odoo a field of the provider's objects is."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .mapping import TARGETS

KINDS = ("field", "order_field")
# Kinds of objects that are read with what is mapped.
_READ_WITH = {
    "stage": ("opportunity",),
    "payment_term": ("customer", "opportunity", "order"),
    "field": ("customer", "contact", "lead", "opportunity", "product"),
    "order_field": ("opportunity", "order"),
}
# Account.Segment__c, or by way of one parent Account.Owner.Email
_KEY = re.compile(r"([A-Za-z]\w*)((?:\.[A-Za-z]\w*){1,2})", re.ASCII)


class Mapping(models.Model):
    _inherit = "q2c.mapping"

    field_id = fields.Many2one(
        "q2c.target.field",
        string="Field in Odoo",
        domain="[('model', '=', field_model)]",
        tracking=True,
    )
    field_model = fields.Char(compute="_compute_field_model")

    @api.depends("connection_id", "kind", "key")
    def _compute_field_model(self):
        for mapping in self:
            mapping.field_model = mapping._field_models().get(mapping._sobject(), False)

    def _sobject(self):
        """The provider's name of the object that the key is a field of."""
        return (self.key or "").partition(".")[0]

    def _field_models(self):
        """{the provider's name of an object: model whose fields it can be mapped to}"""
        if self.kind not in KINDS or not self.connection_id:
            return {}
        return self.connection_id._provider()._mapped_objects.get(self.kind, {})

    def _kind_sentences(self):
        return {
            **super()._kind_sentences(),
            "field": self.env._(
                "Which field of the contact, product or opportunity it fills: its "
                "value is taken over whenever the object changes. Write its name with "
                "that of its object, as in Account.Segment__c."
            ),
            "order_field": self.env._(
                "Which field of the sales order, or of its line, it fills, be the "
                "order confirmed or not. Write its name with that of its object, as "
                "in Opportunity.PO_Number__c."
            ),
        }

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings.filtered(lambda mapping: mapping._target())._have_applied_anew()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if {TARGETS[kind] for kind in _READ_WITH}.intersection(vals):
            self._have_applied_anew()
        return result

    def _have_applied_anew(self):
        """At their next reading (Load Everything, or a change) objects are applied
        although they say the same as before: it means something else now."""
        for mapping in self:
            kinds = _READ_WITH.get(mapping.kind)
            if not kinds:
                continue
            # sudo: links are the engine's own
            self.env["q2c.binding"].sudo().search(
                [
                    ("connection_id", "=", mapping.connection_id.id),
                    ("kind", "in", kinds),
                    ("fingerprint", "!=", False),
                ]
            ).fingerprint = False

    # ------------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------------

    @api.constrains("connection_id", "kind", "key", "field_id")
    def _check_field(self):
        for mapping in self.filtered(lambda mapping: mapping.kind in KINDS):
            mapping._check_field_key()
            if mapping.field_id:
                mapping._check_field_target()

    def _check_field_key(self):
        known = self._field_models()
        if not _KEY.fullmatch(self.key or "") or self._sobject() not in known:
            raise ValidationError(
                self.env._(
                    "%(key)s is no field that %(connection)s can be asked for. Write "
                    "the API names of object and field with a dot between them, as in "
                    "%(example)s; the object is one of %(objects)s.",
                    key=self.key,
                    connection=self.connection_id.name,
                    example=f"{next(iter(known), 'Account')}.Segment__c",
                    objects=", ".join(known) or self.env._("none"),
                )
            )

    def _check_field_target(self):
        field = self.field_id
        # sudo: what the flows' user may, whoever maps
        user = self.connection_id.sudo().user_id or self.env.user
        model = self.env[field.model].with_user(user)
        if field.model != self.field_model or not model._has_field_access(
            model._fields[field.name], "write"
        ):
            raise ValidationError(
                self.env._(
                    "%(key)s cannot be mapped to %(field)s: it is a field of another "
                    "kind of record, or one that the service user may not write. "
                    "Choose a field of %(model)s.",
                    key=self.key,
                    field=field.display_name,
                    model=self.env["ir.model"].sudo()._get(self.field_model).name,
                )
            )
        told = (self.details or {}).get("type")
        fitting = self.connection_id._provider()._types_fitting(field.ttype)
        if told and told not in fitting:
            raise ValidationError(
                self.env._(
                    "%(key)s is of type %(type)s at %(connection)s, which cannot "
                    "become %(field)s. Choose a field of a type that fits.",
                    key=self.key,
                    type=told,
                    connection=self.connection_id.name,
                    field=field.display_name,
                )
            )


class Connection(models.Model):
    _inherit = "q2c.connection"

    mapping_ids = fields.One2many("q2c.mapping", "connection_id", readonly=True)
    can_map_fields = fields.Boolean(compute="_compute_can_map_fields")

    @api.depends("provider")
    def _compute_can_map_fields(self):
        for connection in self:
            connection.can_map_fields = bool(
                connection.provider and connection._provider()._mapped_objects
            )

    def _mapped_fields(self):
        """{provider's full name of a field: types of fields that it is mapped to}."""
        found = {}
        # sudo: what is mapped concerns every flow
        for mapping in self.sudo().mapping_ids:
            if mapping.kind in KINDS and mapping.field_id:
                found.setdefault(mapping.key, set()).add(mapping.field_id.ttype)
        return found

    def action_read_fields(self):
        """Put the fields that people have added at the provider on the list."""
        self.ensure_one()
        self._check_manager()
        listed = self._provider()._custom_fields(self)
        # sudo: the list is filled by the program, finance decides
        mappings = self.env["q2c.mapping"].sudo()
        known = {(row.kind, row.key): row for row in self.sudo().mapping_ids}
        created = mappings.create(
            [
                {
                    "connection_id": self.id,
                    "kind": kind,
                    "key": key,
                    "label": details["label"] or key,
                    "details": details,
                }
                for (kind, key), details in listed.items()
                if (kind, key) not in known
            ]
        )
        for place, row in known.items():
            if place in listed and row.details != listed[place]:
                row.details = listed[place]
        if not created and not listed:
            raise UserError(
                self.env._(
                    "%s shows no fields of its own to the integration user. Have them "
                    "made visible by field-level security.",
                    self.name,
                )
            )
        return self.action_view_mappings()
