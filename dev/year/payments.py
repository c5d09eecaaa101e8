# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How customers pay at Stripe, and how they get it back."""

from dataclasses import dataclass

from .calendar import date_of
from .contracts import BAD_CARD, GOOD_CARD, Contracts


@dataclass(frozen=True)
class Transfer:
    """Money that reached the bank account for an invoice, for Odoo's accountant."""

    invoice: str
    date: object


class Payments(Contracts):
    """Acts on a ``SimulatedAccount``. ``transfers``: what reached the bank and Odoo's
    accountant has not entered yet."""

    def __init__(self, account):
        super().__init__(account)
        self.transfers = []
        # {contract number: id of the invoice that its transfer was for}
        self.paid_in_odoo = {}
        self._notes = {}
        self._disputes = {}

    # ------------------------------------------------------------------
    # PAYING
    # ------------------------------------------------------------------

    def break_card(self, contract, _day):
        """The card declines from now on."""
        self._give_card(contract, BAD_CARD)

    def mend_card(self, contract, _day):
        """A new card, which works."""
        self._give_card(contract, GOOD_CARD)

    def _give_card(self, contract, card):
        customer = self.customers[contract.number]
        self.account.control(f"customers/{customer}/payment_method", {"card": card})

    def pay(self, contract, _day):
        """Pay the latest invoice by card, where it is open."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.account.pay(invoice)

    def transfer(self, contract, day):
        """Pay it by bank transfer, which is recorded at Stripe."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.pay(invoice["id"], {"paid_out_of_band": True})
            self.transfers.append(Transfer(invoice["id"], date_of(day)))

    def transfer_to_odoo_only(self, contract, day):
        """Pay it by bank transfer, which nobody tells Stripe of."""
        invoice = self._latest(contract)
        self.paid_in_odoo[contract.number] = invoice["id"]
        self.transfers.append(Transfer(invoice["id"], date_of(day)))

    def pay_after_all(self, contract, _day):
        """Pay by card what was paid by transfer."""
        invoice = self.account.invoice(self.paid_in_odoo[contract.number])
        self.account.pay(invoice)

    def void(self, contract, _day):
        """Void the latest invoice."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.void_invoice(invoice["id"])

    def write_off(self, contract, _day):
        """Give the latest invoice up."""
        invoice = self._latest(contract)
        if invoice["status"] == "open":
            self.api.invoices.mark_uncollectible(invoice["id"])

    def give_account(self, contract, _day, outcome):
        """From now on it is debited from a bank account, which answers later."""
        customer = self.customers[contract.number]
        self.account.control(
            f"customers/{customer}/payment_method", {"sepa_debit": outcome}
        )

    def return_debit(self, contract, _day):
        """The bank takes the latest debit back. At Stripe the invoice stays paid."""
        charge = self._latest_charge(contract)
        self.account.control(f"charges/{charge.id}/return", {})

    # ------------------------------------------------------------------
    # GIVING BACK
    # ------------------------------------------------------------------

    def refund(self, contract, _day, share, fails=False):
        """Give a share of the latest payment back; its bank may not take it."""
        charge = self._latest_charge(contract)
        amount = round(charge.amount * share)
        made = self.api.refunds.create({"charge": charge.id, "amount": amount})
        if fails:
            self.account.control(f"refunds/{made.id}/fail", {})

    def refund_and_credit(self, contract, _day):
        """The refund first, and then the credit note that it belongs to."""
        charge = self._latest_charge(contract)
        made = self.api.refunds.create({"charge": charge.id})
        self._credit(self._paid_by(charge), {"refunds": [{"refund": made.id}]})

    def credit(self, contract, _day, way):
        """Credit a quarter of an open invoice, or all of the one paid last."""
        if way == "before":
            invoice = self._latest(contract)
            if invoice["status"] == "open":
                made = self._credit(invoice, {}, share=4)
                self._notes[contract.number] = made.id
            return
        invoice = self._paid_by(self._latest_charge(contract))
        name = {"card": "refund_amount", "balance": "credit_amount"}[way]
        self._credit(invoice, {name: invoice["total"]})

    def void_credit(self, contract, _day):
        """The latest credit note was a mistake."""
        self.api.credit_notes.void_credit_note(self._notes[contract.number])

    def _credit(self, invoice, terms, share=1):
        lines = [
            {
                "type": "invoice_line_item",
                "invoice_line_item": line["id"],
                "amount": line["amount"] // share,
            }
            for line in invoice["lines"]["data"]
        ]
        terms = {"invoice": invoice["id"], "lines": lines, **terms}
        return self.api.credit_notes.create(terms)
