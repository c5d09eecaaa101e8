# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The preview behind the test bench, which also tells how it came about: what was read,
how it was understood, and which rules it met."""

from dataclasses import replace
from uuid import uuid4

from odoo import api, models

from ..canonical import Failure
from ..models.engine.event import KIND_LABELS
from ..models.engine.rules_applied import KEY, RulesApplied, rules_of
from ..models.policy.routing_rule import FIELD_OF
from ..providers import pasted
from .document_table import DocumentTable

WORDS = dict(KIND_LABELS)
# What an outlandish shape ends in, before it is an envelope.
SHAPE_ERRORS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


class Bench(models.AbstractModel):
    _name = "q2c.bench"
    _inherit = "q2c.preview"
    _description = "Preview, Step by Step"

    # ------------------------------------------------------------------
    # WHAT IS ASKED FOR
    # ------------------------------------------------------------------

    @api.model
    def _of_text(self, connection, text):
        """What would happen if ``text``, which anybody may have written, came in.

        :return: see q2c.preview; in addition each event has ``read`` and ``document``,
            see :meth:`_outcome`, and ``rules`` is what :meth:`_told_rules` gives
        :raises Hold: ``malformed``
        """
        envelope = self._envelope_of(connection, text)
        return self._of_envelopes(connection, [envelope])

    @api.model
    def _envelope_of(self, connection, text):
        content = pasted.read(text)
        try:
            envelope = connection._provider()._recognize(connection, content)
            texts = [envelope.type, envelope.object_id, envelope.partition]
            fits = all(isinstance(t, str) and len(t) <= pasted.MAX_ID for t in texts)
        except Failure:
            raise
        except SHAPE_ERRORS:
            fits = False
        if not fits or not isinstance(envelope.api_version, str):
            raise pasted.malformed("It has the parts of no event or object")
        # Under an id of its own: the inbox may have the event that it pretends to be.
        return replace(envelope, external_id=f"pasted_{uuid4().hex}")

    # ------------------------------------------------------------------
    # WATCHING
    # ------------------------------------------------------------------

    @api.model
    def _quiet(self):
        quiet = super()._quiet()
        is_watched = isinstance(self.env.context.get(KEY), RulesApplied)
        if is_watched:
            return quiet
        return quiet.with_context(**{KEY: RulesApplied(quiet.env)})

    @api.model
    def _work_on(self, events):
        quiet = self._quiet()
        told = super(Bench, quiet)._work_on(events)
        connection = events.with_env(quiet.env).connection_id
        return {**told, "rules": quiet._told_rules(connection)}

    @api.model
    def _take_fetched(self, connection, item, content, seen):
        why = "older" if item.reading.complete else "incomplete"
        rules_of(self.env).fetched[item.ref] = why
        return super()._take_fetched(connection, item, content, seen)

    @api.model
    def _apply(self, connection, items, bindings):
        known = set(bindings)
        result = super()._apply(connection, items, bindings)
        rules_of(self.env).linked(bindings, known)
        return result

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

    @api.model
    def _outcome(self, item, fetched):
        """With ``read``: what it was taken for; and ``document``: see DocumentTable,
        empty where it was not understood."""
        document = item.document
        return {
            **super()._outcome(item, fetched),
            "kind_label": WORDS.get(item.ref.kind, ""),
            "read": {
                "api_version": item.event.api_version or "",
                "occurred_at": str(item.occurred_at or ""),
                "live": item.event.live,
                "fetched": rules_of(self.env).fetched.get(item.ref, ""),
                "policy": item.event.policy_id.display_name or "",
            },
            "document": DocumentTable(self.env).of(document) if document else {},
        }

    @api.model
    def _told_rules(self, connection):
        """JSON-able: ``routes``, ``mappings``, ``links``, ``candidates``, ``dates``,
        ``policies``. See :class:`RulesApplied`."""
        rules = rules_of(self.env)
        fields = self.env["q2c.mapping"].fields_get(["kind"], ["selection"])
        kinds = dict(fields["kind"]["selection"])
        return {
            "routes": [
                {"id": ref.id, "checks": list(self._told_checks(route))}
                for ref, route in rules.routes.items()
            ],
            "mappings": [
                {"kind": kinds[kind], "word": word, "target": target}
                for (kind, word), target in sorted(rules.mappings.items())
            ],
            "links": [
                {
                    "kind": WORDS[ref.kind],
                    "id": ref.id,
                    **link,
                    "fields": rules.owners.get(ref, {}),
                }
                for ref, link in sorted(rules.links.items())
            ],
            "candidates": [
                {"id": ref.id, **found} for ref, found in rules.candidates.items()
            ],
            "dates": [
                {"what": what, "date": date, "locked": locked}
                for (what, date), locked in rules.dates.items()
            ],
            "policies": self._policies(connection, rules),
        }

    @api.model
    def _told_checks(self, route):
        """What each routing rule came to: the condition that does not hold, or what it
        decides, in words."""
        labels = {
            name: field._description_string(self.env)
            for name, field in self.env["q2c.routing.rule"]._fields.items()
        }
        for rule, unmet in route["checks"]:
            yield {
                "rule": rule,
                "unmet": unmet and labels[FIELD_OF[unmet]],
                "outcomes": [
                    [labels[name], target]
                    for name, (target, decided_by) in route["outcomes"].items()
                    if decided_by == rule
                ],
            }

    @api.model
    def _policies(self, connection, rules):
        """Pairs of what a setting of the connection is called, and what it is."""
        names = ["invoice_posting"] if rules.posting else []
        names += ["lock_policy"] if rules.dates else []
        if rules.candidates:
            names.append("match_policy")
        described = connection.fields_get(names, ["string", "selection"])
        return [
            [described[name]["string"], dict(described[name]["selection"])[value]]
            for name in names
            if (value := connection[name])
        ]
