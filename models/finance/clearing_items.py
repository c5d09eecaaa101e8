# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The items of a clearing proof: whatever the account does not say the same about as
the provider, each with the reason."""

from odoo.fields import Command
from odoo.tools import SQL

# A proof says all that it can at one look; the rest is counted.
MAX_ITEMS = 500
MONEY_KINDS = (
    "invoice",
    "balance_transaction",
    "payment",
    "credit_note",
    "refund",
    "dispute",
    "payout",
)


class ClearingItems:
    """Of all currencies of one connection on one day.

    :param query: a ClearingQuery
    :param side: the ProviderSide
    """

    def __init__(self, query, side):
        self.env = query.env
        self.query = query
        self.side = side
        self.items = {}

    def figures(self):
        """Values of a q2c.clearing.proof for each currency, without those that all
        proofs of the connection have in common."""
        booked, mirrored = self.query.booked(), self.query.mirrored()
        self._add_deviations()
        self._add_strangers()
        self._add_openings()
        self._add_missing()
        self._explain()
        openings = self.query.opening_amounts()
        reported = self._reported()
        ids = {*booked, *mirrored, *openings, *self.items, *reported}
        return [
            {
                "currency_id": currency_id,
                "book_balance": booked.get(currency_id, 0.0),
                "mirrored": mirrored.get(currency_id, 0.0),
                "opening_balance": openings.get(currency_id, 0.0),
                "reported": reported.get(currency_id, 0.0),
                "line_ids": [
                    Command.create(item) for item in self._condensed(currency_id)
                ],
            }
            for currency_id in sorted(ids)
        ]

    def _add(self, currency_id, kind, amount, **values):
        currency = self.env["res.currency"].browse(currency_id)
        item = {"kind": kind, "amount": currency.round(float(amount)), **values}
        self.items.setdefault(currency_id, []).append(item)

    def _reported(self):
        """{currency id: float}; of what there never was anything of, nothing is
        said."""
        told = {code: held for code, held in (self.side.reported or {}).items() if held}
        return {self._currency(code).id: float(held) for code, held in told.items()}

    def _currency(self, code):
        model = self.env["res.currency"].with_context(active_test=False)
        return model.search([("name", "=", code)], limit=1)

    # ------------------------------------------------------------------
    # WHAT DEVIATES
    # ------------------------------------------------------------------

    def _add_deviations(self):
        rows = self.query.deviations()
        mirrors = self.env["q2c.balance.transaction"].browse(r["id"] for r in rows)
        payouts = self.env["q2c.payout"].search([("transaction_id", "in", mirrors.ids)])
        payouts += self.env["q2c.payout"].search(
            [("failure_transaction_id", "in", mirrors.ids)]
        )
        by_mirror = {p.transaction_id.id: p for p in payouts}
        by_mirror |= {p.failure_transaction_id.id: p for p in payouts}
        for row, mirror in zip(rows, mirrors, strict=True):
            kind, reason = self._classify(row, mirror)
            payout = by_mirror.get(mirror.id, self.env["q2c.payout"])
            self._add(
                row["currency_id"],
                kind,
                row["by_then"] - (row["net"] if row["counted"] else 0),
                label=payout.name or f"{mirror.category_label} {mirror.name}",
                date=mirror.created.date(),
                reason=payout.hold_reason or reason,
                transaction_id=mirror.id,
                payout_id=payout.id,
                move_id=mirror.move_id.id or mirror.fee_move_id.id,
            )

    def _classify(self, row, mirror):
        """(kind, reason)"""
        _t = self.env._
        if not row["counted"]:
            if mirror.created.date() > self.query.date:
                return "earlier", _t("It moved the balance on a later day.")
            return "stranger", _t("It is in the opening balance already.")
        if not _same(mirror, row["by_now"], row["net"] - row["unbooked"]):
            return "mismatch", _t("The entry has another amount than the provider.")
        if mirror.hold_reason:
            return "held", mirror.hold_reason
        if _same(mirror, row["unbooked"], 0):
            return "later", _t("Its entry bears a later date.")
        if mirror.booked_with == "payout":
            return "payout", _t("It is not known yet what the payout is made of.")
        return "transit", _t("What moved the balance has not been applied yet.")

    def _add_strangers(self):
        rows = self.query.strangers()
        moves = self.env["account.move"].browse(row["id"] for row in rows)
        for row, move in zip(rows, moves, strict=True):
            self._add(
                row["currency_id"],
                "stranger",
                row["amount"],
                label=" ".join(filter(None, (move.name, move.ref))),
                date=move.date,
                reason=self.env._("No balance transaction stands behind it."),
                move_id=move.id,
            )

    def _add_openings(self):
        booked, held = self.query.opened(), self.query.opening_amounts()
        for currency_id, opening in self.query.openings.items():
            amount = float(booked.get(currency_id, 0)) - held[currency_id]
            if not opening.currency_id.is_zero(amount):
                self._add(
                    currency_id,
                    "opening",
                    amount,
                    label=self.env._("Opening balance"),
                    date=opening._begun_at().date(),
                    reason=self.env._(
                        "Post it to the clearing account, and choose the entry under "
                        "Opening Balances on the connection's Accounting page."
                    ),
                    move_id=opening.move_id.id,
                )

    def _add_missing(self):
        for document in self.side.missing:
            self._add(
                self._currency(document.net.currency).id,
                "missing",
                -float(document.net),
                label=document.id,
                date=document.created and document.created.date(),
                reason=self.env._(
                    "The provider has it, but it never came. Receive Missing brings it."
                ),
            )

    # ------------------------------------------------------------------
    # WHY
    # ------------------------------------------------------------------

    def _explain(self):
        """Name the event that an item waits for."""
        waiting = {}
        for items in self.items.values():
            for item in items:
                if item["kind"] in ("transit", "held", "payout", "missing"):
                    for word in self._words(item):
                        waiting.setdefault(word, []).append(item)
        for word, event in self._events(list(waiting)).items():
            for item in waiting[word]:
                item["event_id"] = event.id
                if event.message:
                    item["reason"] = event.message
                if event.state == "failed" and item["kind"] in ("transit", "payout"):
                    item["kind"] = "held"

    def _words(self, item):
        """What an event that is about the item has in its payload."""
        mirror = self.env["q2c.balance.transaction"].browse(item.get("transaction_id"))
        words = (mirror.source, mirror.name) if mirror else (item["label"],)
        return filter(None, words)

    def _events(self, words):
        """{word: the newest event in line or failed that has it in its payload}"""
        if not words:
            return {}
        self.env["q2c.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (word) word, event.id
                  FROM (
                      SELECT id, payload FROM q2c_event
                       WHERE connection_id = %s AND kind IN %s
                         AND state IN ('queued', 'waiting', 'failed')
                    ORDER BY id DESC LIMIT %s
                  ) event
                  JOIN unnest(%s) word ON strpos(event.payload, word) > 0
              ORDER BY word, event.id DESC
                """,
                self.query.connection.id,
                MONEY_KINDS,
                MAX_ITEMS,
                words[: 2 * MAX_ITEMS],
            )
        )
        return {word: self.env["q2c.event"].browse(event) for word, event in rows}

    def _condensed(self, currency_id):
        """The largest items; the others of each kind together."""
        items = self.items.get(currency_id, [])
        if len(items) <= MAX_ITEMS:
            return items
        items = sorted(items, key=lambda item: -abs(item["amount"]))
        rest = {}
        for item in items[MAX_ITEMS:]:
            rest.setdefault(item["kind"], []).append(item["amount"])
        return items[:MAX_ITEMS] + [
            {
                "kind": kind,
                "amount": sum(amounts),
                "label": self.env._("%s more", len(amounts)),
            }
            for kind, amounts in rest.items()
        ]


def _same(mirror, amount, other):
    return mirror.currency_id.is_zero(float(amount) - float(other))
