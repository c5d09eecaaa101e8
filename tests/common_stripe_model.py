# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A little Stripe account in pure Python: what happens in it, the events that tell of
it, and every object as it was read at any moment. What follows from it for the books is
in ``common_stripe_truth``. Amounts are integers in minor units.
"""

import copy
from collections import Counter
from fractions import Fraction

from ..canonical import Ref
from ..providers.stripe.event_types import KIND_OF_OBJECT
from ..providers.stripe.version import API_VERSION

FEBRUARY = 1769904000
DAY = 86400
CUSTOMER = "cus_1"
# Rate → (percent, whether it is included).
RATES = {"txr_20": (20, False), "txr_in": (20, True)}
# Minor units of the account's first currency for one of each other.
EXCHANGE = {"eur": Fraction(108, 100), "jpy": Fraction(67, 100)}
DISPUTE_FEE = 1500
# What an event shows by its id; who reads the object gets it whole.
BY_ID = (
    "balance_transaction",
    "failure_balance_transaction",
    "latest_charge",
    "customer_balance_transaction",
)
# What is told only to who asks for it.
UNTOLD = {
    "payment_intent": "invoice_payments",
    "payout": "balance_transactions",
}


class StripeAccount:
    """``settles_in``: the currencies that it keeps balances in; what is charged in
    another one is settled in the first. ``story``: what happened, in words.
    ``events``: [(step, event)], a step for each thing that happened."""

    def __init__(self, settles_in):
        self.settles_in = settles_in
        self.now, self.step = FEBRUARY, 0
        self.story, self.events = [], []
        self._objects, self._states = {}, {}
        # {currency: what the customer owes, or is owed where it is negative}
        self.customer_balance = Counter()
        # {id of a balance transaction: id of the payout that it went out with}
        self.paid_by = {}

    def __repr__(self):
        return f"<settles in {', '.join(self.settles_in)}: {'; '.join(self.story)}>"

    def all(self, name):
        """The objects that Stripe calls ``name``, oldest first."""
        return [each for each in self._objects.values() if each["object"] == name]

    def look_up(self, ref, step=None):
        """The object as it was read at the end of ``step``, or now; None where it was
        not there yet."""
        states = self._states.get(ref, [])
        seen = [content for at, content in states if step is None or at <= step]
        return seen[-1] if seen else None

    def refs(self):
        return list(self._states)

    # ------------------------------------------------------------------
    # WHAT HAPPENS
    # ------------------------------------------------------------------

    def bill(self, currency, lines):
        """An issued invoice; ``lines``: [(amount, rate or None)]. The customer's credit
        is used up first."""
        self._begin("bill", currency, lines)
        entries = [
            self._line(currency, amount, rate, {"price": "price_1"})
            for amount, rate in lines
        ]
        before, sums = self.customer_balance[currency], _sums(entries)
        used = min(max(-before, 0), sums["total"])
        self.customer_balance[currency] += used
        invoice = self._new(
            "invoice",
            "in",
            **sums,
            number=f"INV-{self.step}",
            status="open",
            currency=currency,
            customer=CUSTOMER,
            due_date=self.now + 30 * DAY,
            effective_at=self.now,
            starting_balance=before,
            ending_balance=before + used,
            amount_due=sums["total"] - used,
            amount_paid=0,
            amount_remaining=sums["total"] - used,
            lines=_listed(entries),
        )
        self._tell("invoice.finalized", invoice)
        self._close(invoice)

    def pay(self, invoice, amount, over=0, debit=False):
        """``amount`` of the invoice, and ``over`` more than that."""
        self._begin("pay", invoice["id"], amount, f"over {over}", debit)
        currency, received = invoice["currency"], amount + over
        method = "sepa_debit" if debit else "card"
        charge = self._new(
            "charge",
            "ch",
            amount=received,
            amount_captured=received,
            captured=True,
            currency=currency,
            customer=CUSTOMER,
            failure_balance_transaction=None,
            payment_method_details={"type": method},
            status="succeeded",
        )
        charge["balance_transaction"] = self._move(
            "charge", charge, received, fee=lambda settled: 30 + settled * 29 // 1000
        )
        intent = self._new(
            "payment_intent",
            "pi",
            amount=received,
            amount_received=received,
            currency=currency,
            customer=CUSTOMER,
            last_payment_error=None,
            latest_charge=charge,
            payment_method_types=[method],
            status="succeeded",
        )
        charge["payment_intent"] = intent["id"]
        settled = self._new(
            "invoice_payment",
            "inpay",
            amount_paid=amount,
            currency=currency,
            invoice=invoice["id"],
            payment={"type": "payment_intent", "payment_intent": intent["id"]},
            status="paid",
            status_transitions={"paid_at": self.now},
        )
        intent["invoice_payments"] = [settled]
        invoice["amount_paid"] += amount
        invoice["amount_remaining"] -= amount
        self._tell("payment_intent.succeeded", intent)
        self._tell("charge.succeeded", charge, intent)
        self._tell("invoice_payment.paid", settled, intent)
        self._tell("invoice.updated", invoice)
        self._close(invoice)

    def bounce(self, intent):
        """The bank takes a debit back; its invoice stays paid at Stripe."""
        self._begin("bounce", intent["id"])
        charge = intent["latest_charge"]
        charge["failure_balance_transaction"] = self._move(
            "charge_failure", charge, -charge["amount"]
        )
        charge["status"] = "failed"
        intent.update(
            status="requires_payment_method",
            amount_received=0,
            last_payment_error={"message": "The account has no funds."},
        )
        self._tell("payment_intent.payment_failed", intent)
        self._tell("charge.failed", charge, intent)

    def credit(self, invoice, most, rate=None, to="balance", intent=None, refund=None):
        """A credit note of about ``most``, not more: first it reduces what is still to
        be paid; the rest is refunded out of ``intent``, was refunded by ``refund``, or
        goes ``to`` the customer's balance or outside of Stripe."""
        self._begin("credit", invoice["id"], most, rate, to, refund and refund["id"])
        currency = invoice["currency"]
        line = self._line(currency, _net(most, rate), rate, invoice_line_item=None)
        sums = _sums([line])
        before = 0 if refund else min(sums["total"], invoice["amount_remaining"])
        after = sums["total"] - before
        if after and intent:
            refund = self._refund(intent, after)
        note = self._new(
            "credit_note",
            "cn",
            **sums,
            number=f"CN-{self.step}",
            status="issued",
            currency=currency,
            customer=CUSTOMER,
            invoice=invoice["id"],
            effective_at=self.now,
            lines=_listed([line]),
            pre_payment_amount=before,
            post_payment_amount=after,
            out_of_band_amount=0,
            refunds=[],
            customer_balance_transaction=None,
            voided_at=None,
        )
        if after and refund:
            note["refunds"] = [{"refund": refund["id"], "amount_refunded": after}]
        elif after and to == "balance":
            self.customer_balance[currency] -= after
            note["customer_balance_transaction"] = self._new(
                "customer_balance_transaction", "cbtxn", amount=-after
            )
        else:
            note["out_of_band_amount"] = after
        invoice["amount_remaining"] -= before
        invoice["amount_due"] -= before
        self._tell("credit_note.created", note)
        self._tell("invoice.updated", invoice)
        self._close(invoice)

    def give_up(self, invoice):
        """The invoice is void, and the credit that it used is the customer's again."""
        self._begin("give up", invoice["id"])
        used = invoice["ending_balance"] - invoice["starting_balance"]
        self.customer_balance[invoice["currency"]] -= used
        invoice["status"] = "void"
        self._tell("invoice.voided", invoice)

    def void(self, note):
        """A credit note of an invoice that is still open."""
        self._begin("void", note["id"])
        invoice = self._objects[note["invoice"]]
        note.update(status="void", voided_at=self.now)
        invoice["amount_remaining"] += note["total"]
        invoice["amount_due"] += note["total"]
        self._tell("credit_note.voided", note)
        self._tell("invoice.updated", invoice)

    def refund(self, intent, amount):
        """Without a credit note."""
        self._begin("refund", intent["id"], amount)
        self._refund(intent, amount)

    def _refund(self, intent, amount):
        refund = self._new(
            "refund",
            "re",
            amount=amount,
            charge=intent["latest_charge"]["id"],
            currency=intent["currency"],
            failure_balance_transaction=None,
            payment_intent=intent["id"],
            reason="requested_by_customer",
            status="succeeded",
        )
        refund["balance_transaction"] = self._move("refund", refund, -amount)
        self._tell("refund.created", refund)
        return refund

    def fail(self, refund):
        """The bank did not take it: the money is back."""
        self._begin("fail", refund["id"])
        refund["failure_balance_transaction"] = self._move(
            "refund_failure", refund, refund["amount"]
        )
        refund.update(status="failed", failure_reason="expired_or_canceled_card")
        self._tell("refund.failed", refund)

    def dispute(self, intent, amount, inquiry=False):
        self._begin("dispute", intent["id"], amount, inquiry)
        dispute = self._new(
            "dispute",
            "dp",
            amount=amount,
            balance_transactions=[],
            charge=intent["latest_charge"]["id"],
            currency=intent["currency"],
            payment_intent=intent["id"],
            reason="fraudulent",
            status="warning_needs_response" if inquiry else "needs_response",
        )
        if not inquiry:
            self._withdraw(dispute)
        self._tell("charge.dispute.created", dispute)

    def escalate(self, dispute):
        """An inquiry becomes a dispute, and the funds are withdrawn."""
        self._begin("escalate", dispute["id"])
        dispute["status"] = "needs_response"
        self._tell("charge.dispute.updated", dispute)
        self._withdraw(dispute)
        self._tell("charge.dispute.funds_withdrawn", dispute)

    def drop(self, dispute):
        """An inquiry comes to nothing."""
        self._begin("drop", dispute["id"])
        dispute["status"] = "warning_closed"
        self._tell("charge.dispute.closed", dispute)

    def win(self, dispute, with_fee):
        self._begin("win", dispute["id"], with_fee)
        dispute["status"] = "won"
        self._tell("charge.dispute.closed", dispute)
        dispute["balance_transactions"].append(
            self._move(
                "dispute_reversal",
                dispute,
                dispute["amount"],
                fee=lambda _settled: -DISPUTE_FEE * with_fee,
            )
        )
        self._tell("charge.dispute.funds_reinstated", dispute)

    def lose(self, dispute):
        self._begin("lose", dispute["id"])
        dispute["status"] = "lost"
        self._tell("charge.dispute.closed", dispute)

    def _withdraw(self, dispute):
        moved = self._move(
            "dispute", dispute, -dispute["amount"], fee=lambda _settled: DISPUTE_FEE
        )
        dispute["balance_transactions"].append(moved)

    def pay_out(self, currency):
        """All that is in the balance of ``currency``, be it that the bank pays."""
        self._begin("pay out", currency)
        parts = self.unpaid(currency)
        payout = self._new(
            "payout",
            "po",
            amount=sum(each["net"] for each in parts),
            arrival_date=self.now + 2 * DAY,
            automatic=True,
            currency=currency,
            failure_balance_transaction=None,
            method="standard",
            reconciliation_status="in_progress",
            status="in_transit",
        )
        own = self._move("payout", payout, -payout["amount"])
        payout["balance_transaction"] = own
        for each in (*parts, own):
            self.paid_by[each["id"]] = payout["id"]
        self._tell("payout.created", payout)

    def arrive(self, payout):
        """At the bank, and Stripe can tell what it was made of."""
        self._begin("arrive", payout["id"])
        payout["status"] = "paid"
        self._tell("payout.paid", payout)
        self._itemize(payout)

    def return_payout(self, payout):
        """The bank did not take it."""
        self._begin("return", payout["id"])
        payout["failure_balance_transaction"] = self._move(
            "payout_reversal", payout, payout["amount"]
        )
        payout["status"] = "failed"
        self._tell("payout.failed", payout)
        self._itemize(payout)

    def _itemize(self, payout):
        payout.update(
            reconciliation_status="completed",
            balance_transactions=[
                each
                for each in self.all("balance_transaction")
                if self.paid_by.get(each["id"]) == payout["id"]
            ],
        )
        self._tell("payout.reconciliation_completed", payout)

    def unpaid(self, currency):
        """The balance transactions that no payout has paid out."""
        return [
            each
            for each in self.all("balance_transaction")
            if each["currency"] == currency and each["id"] not in self.paid_by
        ]

    # ------------------------------------------------------------------
    # OBJECTS AND EVENTS
    # ------------------------------------------------------------------

    def _begin(self, *words):
        self.step += 1
        self.story.append(" ".join(str(word) for word in words if word is not None))

    def _new(self, name, prefix, **values):
        content = {
            "id": f"{prefix}_{len(self._objects) + 1}",
            "object": name,
            "created": self.now,
            "livemode": False,
            "metadata": {},
            **values,
        }
        self._objects[content["id"]] = content
        return content

    def _line(self, currency, amount, rate, details=None, **values):
        tax = _tax(amount, rate)
        inclusive = rate and RATES[rate][1]
        return {
            "id": f"il_{self.step}_{amount}",
            "object": "line_item",
            "amount": amount,
            "currency": currency,
            "description": "Plan",
            "discount_amounts": [],
            "parent": None,
            "period": {"start": FEBRUARY, "end": FEBRUARY + 28 * DAY},
            "pricing": details and {"price_details": details},
            "quantity": 1,
            "taxes": [
                {
                    "amount": tax,
                    "tax_behavior": "inclusive" if inclusive else "exclusive",
                    "tax_rate_details": {"tax_rate": rate},
                    "taxability_reason": "standard_rated",
                    "taxable_amount": amount - tax if inclusive else amount,
                }
            ]
            if rate
            else [],
            **values,
        }

    def _move(self, category, source, amount, fee=lambda _settled: 0):
        """A balance transaction of ``amount`` in the currency of ``source``."""
        currency, settled, rate = source["currency"], amount, None
        if currency not in self.settles_in:
            # It goes up day by day.
            days = (self.now - FEBRUARY) // DAY
            rate = EXCHANGE[currency] * (1 + Fraction(days, 500))
            currency, settled = self.settles_in[0], _rounded(amount * rate)
        cost = fee(settled)
        moved = self._new(
            "balance_transaction",
            "txn",
            amount=settled,
            available_on=self.now + DAY,
            currency=currency,
            description=None,
            exchange_rate=rate and round(float(rate), 6),
            fee=cost,
            net=settled - cost,
            reporting_category=category,
            source=source["id"],
        )
        self._keep(moved)
        return moved

    def _close(self, invoice):
        if invoice["status"] == "open" and not invoice["amount_remaining"]:
            invoice["status"] = "paid"
            self._tell("invoice.paid", invoice)

    def _tell(self, name, content, owner=None):
        """An event; ``owner``: the object that is kept here for what it shows."""
        self._keep(owner or content)
        event = {
            "id": f"evt_{len(self.events) + 1}",
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "livemode": False,
            "type": name,
            "data": {"object": _shown(content)},
        }
        self.events.append((self.step, event))

    def _keep(self, content):
        ref = Ref(KIND_OF_OBJECT[content["object"]], content["id"])
        self._states.setdefault(ref, []).append((self.step, copy.deepcopy(content)))


def _shown(content):
    """As events show it."""
    return {
        name: value["id"] if name in BY_ID and value else copy.deepcopy(value)
        for name, value in content.items()
        if name != UNTOLD.get(content["object"])
    }


def _rounded(amount):
    """Half up, away from zero."""
    size = int(abs(amount) + Fraction(1, 2))
    return size if amount > 0 else -size


def _tax(amount, rate):
    if not rate:
        return 0
    percent, included = RATES[rate]
    return _rounded(Fraction(amount * percent, 100 + percent * included))


def _net(total, rate):
    """The amount of a line that comes to ``total``, or a little less."""
    if not rate or RATES[rate][1]:
        return total
    return total * 100 // (100 + RATES[rate][0])


def _sums(lines):
    """Totals, taxes by rate."""
    by_rate = {}
    for each in (tax for line in lines for tax in line["taxes"]):
        rate = each["tax_rate_details"]["tax_rate"]
        known = by_rate.setdefault(rate, {**each, "amount": 0, "taxable_amount": 0})
        known["amount"] += each["amount"]
        known["taxable_amount"] += each["taxable_amount"]
    taxes = list(by_rate.values())
    subtotal = sum(line["amount"] for line in lines)
    inside = sum(t["amount"] for t in taxes if t["tax_behavior"] == "inclusive")
    return {
        "subtotal": subtotal,
        "total_excluding_tax": subtotal - inside,
        "total": subtotal - inside + sum(tax["amount"] for tax in taxes),
        "total_taxes": taxes,
    }


def _listed(entries):
    return {"object": "list", "has_more": False, "data": entries}
