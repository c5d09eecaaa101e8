# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Short ways to write payouts."""

from datetime import date, datetime, timezone

from ..canonical import Money, Payout, PayoutPart
from .common_billing import BillingCase

LEFT = datetime(2026, 2, 11, 6, tzinfo=timezone.utc)
BACK = datetime(2026, 2, 14, 6, tzinfo=timezone.utc)


class PayoutCase(BillingCase):
    """``transit``: the account of money on its way to the bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.transit = cls.stripe.transit_account_id

    def payout(self, amount, *parts, id="po_1", status="paid", **values):
        """An automatic payout that left the balance by txn_<id>; ``parts``: the balance
        transactions that it pays out."""
        code = values.pop("currency", self.code)
        fee = values.pop("fee", 0)
        return Payout(
            **{
                "id": id,
                "status": status,
                "amount": Money(amount, code),
                "settled": Money(amount, code),
                "fee": Money(fee, code),
                "reconciliation": "completed",
                "parts": tuple(PayoutPart(part.id, part.net) for part in parts),
                "balance_transaction_id": f"txn_{id}",
                "created": LEFT,
                "arrival_on": date(2026, 2, 13),
                **values,
            }
        )

    def manual(self, amount, **values):
        return self.payout(
            amount, automatic=False, reconciliation="not_applicable", **values
        )

    def left(self, amount, fee=0, id="po_1", **values):
        """How the payout ``id`` left the balance."""
        return self.transaction(
            -amount,
            fee,
            id=f"txn_{id}",
            **{"category": "payout", "source_id": id, "created": LEFT, **values},
        )

    def came_back(self, amount, id="po_1", **values):
        return self.transaction(
            amount,
            id=f"txn_back_{id}",
            category="payout_reversal",
            source_id=id,
            created=BACK,
            **values,
        )

    def failed(self, amount, *parts, id="po_1", **values):
        return self.payout(
            amount,
            *parts,
            id=id,
            status="failed",
            failure_transaction_id=f"txn_back_{id}",
            failure_message="The bank account is closed.",
            **values,
        )

    def item_on(self, move, account):
        return move.line_ids.filtered(lambda line: line.account_id == account)
