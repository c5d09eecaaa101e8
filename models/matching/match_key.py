# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What partners are found by, in a form that is indexed."""

from odoo import api, fields, models
from odoo.tools import SQL

from . import facts

# What so many share says nothing: a switchboard, a reseller's address, a common name.
MOST_HOLDERS = 20
# How many of those who have it are looked at: a company may have many people.
MOST_ROWS = 500
# Fields of a partner that its keys are made of.
FIELDS = frozenset(
    "name vat email phone website country_id parent_id is_company".split()
)
# Kinds that come from elsewhere than the fields.
REMEMBERED = "id"
REBUILD_SIZE = 1000


class MatchKey(models.Model):
    """Written by SQL alone, one statement for however many partners. What several
    people at a company are reached by leads to the company."""

    _name = "q2c.match.key"
    _description = "Key of a Partner"
    _log_access = False

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    kind = fields.Char(required=True)
    value = fields.Char(required=True)

    _partner_idx = models.Index("(partner_id)")
    _key_uniq = models.UniqueIndex("(value, kind, partner_id)")

    # ------------------------------------------------------------------
    # KEEP
    # ------------------------------------------------------------------

    @api.model
    def _refresh(self, partners):
        """Let the keys of ``partners`` say what these are now: one statement."""
        rows = [
            (partner.id, *key)
            for partner in partners
            for key in sorted(facts.of_partner(partner).keys())
        ]
        self._replace(partners.ids, rows)

    @api.model
    def _replace(self, partner_ids, rows):
        """:param rows: [(partner id, kind, value)], all there is of ``partner_ids``"""
        if not partner_ids:
            return
        ids, kinds, values = map(list, zip(*rows, strict=True)) if rows else ([],) * 3
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS (
                    SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])
                               AS t(partner_id, kind, value)
                ), gone AS (
                    DELETE FROM q2c_match_key k
                     WHERE k.partner_id = ANY(%s) AND k.kind != %s
                       AND (k.partner_id, k.kind, k.value) NOT IN (SELECT * FROM wanted)
                )
                INSERT INTO q2c_match_key (partner_id, kind, value)
                SELECT * FROM wanted
                ON CONFLICT DO NOTHING
                """,
                ids,
                kinds,
                values,
                list(partner_ids),
                REMEMBERED,
            )
        )

    @api.model
    def _remember(self, ids):
        """Keep which objects elsewhere a partner was said to be.

        :param ids: {partner: ids}
        """
        rows = [(p.id, value) for p, values in ids.items() for value in values]
        if not rows:
            return
        partner_ids, values = map(list, zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO q2c_match_key (partner_id, kind, value)
                SELECT p, %s, v FROM unnest(%s::int[], %s::text[]) AS t(p, v)
                ON CONFLICT DO NOTHING
                """,
                REMEMBERED,
                partner_ids,
                values,
            )
        )

    @api.model
    def _move_remembered(self, loser, winner):
        """What ``loser`` was said to be, ``winner`` is."""
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (
                    DELETE FROM q2c_match_key
                     WHERE partner_id = %s AND kind = %s RETURNING kind, value
                )
                INSERT INTO q2c_match_key (partner_id, kind, value)
                SELECT %s, kind, value FROM moved ON CONFLICT DO NOTHING
                """,
                loser.id,
                REMEMBERED,
                winner.id,
            )
        )

    # ------------------------------------------------------------------
    # FIND
    # ------------------------------------------------------------------

    @api.model
    def _holders(self, company, keys):
        """{(kind, value): ids of the partners that have it}, in one query however many
        ``keys`` there are. A company stands for its people. What is shared by too many
        is left out, but for tax ids: who has the same one is the same."""
        if not keys:
            return {}
        kinds, values = map(list, zip(*sorted(keys), strict=True))
        self.env["res.partner"].flush_model(
            ["active", "commercial_partner_id", "company_id"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wanted.kind, wanted.value, array_agg(DISTINCT party.id)
                  FROM unnest(%s::text[], %s::text[]) AS wanted(kind, value)
                 CROSS JOIN LATERAL (
                         SELECT k.partner_id FROM q2c_match_key k
                          WHERE k.value = wanted.value AND k.kind = wanted.kind
                          LIMIT %s
                       ) AS found
                  JOIN res_partner person ON person.id = found.partner_id
                  JOIN res_partner party ON party.id = person.commercial_partner_id
                 WHERE person.active AND party.active
                   AND (party.company_id IS NULL OR party.company_id = %s)
                 GROUP BY wanted.kind, wanted.value
                HAVING count(DISTINCT party.id) <= %s OR wanted.kind = 'vat'
                """,
                kinds,
                values,
                MOST_ROWS,
                company.id,
                MOST_HOLDERS,
            )
        )
        return {(kind, value): set(ids) for kind, value, ids in rows}

    # ------------------------------------------------------------------
    # BUILD
    # ------------------------------------------------------------------

    @api.model
    def _build(self):
        """Make the keys of partners that have none: those that were here before the
        addon."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner p
                 WHERE NOT EXISTS (
                     SELECT FROM q2c_match_key k WHERE k.partner_id = p.id)
                """
            )
        )
        ids = [partner_id for (partner_id,) in rows]
        for start in range(0, len(ids), REBUILD_SIZE):
            partners = self.env["res.partner"].browse(ids[start : start + REBUILD_SIZE])
            self._refresh(partners)
            self.env.invalidate_all()
