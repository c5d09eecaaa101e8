# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The words that the rest of the addon speaks: providers translate into them, appliers
out of them. No Odoo, no provider, no input or output here."""

from .billing import (
    CreditNote,
    Invoice,
    InvoiceLine,
    RefundPart,
    TaxAmount,
)
from .cash import (
    Allocation,
    Balance,
    BalanceTransaction,
    Dispute,
    Payment,
    Payout,
    PayoutPart,
    Refund,
)
from .catalogue import INTERVALS, Coupon, Price, PriceList, Product, TaxRate
from .deal import ContactRole, Contract, Lead, Opportunity, Order, OrderLine
from .document import Document
from .envelope import Envelope, Health, Heard, Outcome, Page, Reading, Request
from .failure import Failure, Hold, Retry, Unverified, Wait, explain
from .money import Money, UnitAmount
from .party import RECORD_TYPE, Address, Contact, Customer
from .pricing import Package, Tier
from .reference import KINDS, Ref
from .status import StatusUpdate
from .subscription import Discount, Subscription, SubscriptionItem

__all__ = [
    "Address",
    "Allocation",
    "Balance",
    "BalanceTransaction",
    "Contact",
    "ContactRole",
    "Contract",
    "Coupon",
    "CreditNote",
    "Customer",
    "Discount",
    "Dispute",
    "Document",
    "Envelope",
    "Failure",
    "Health",
    "Heard",
    "Hold",
    "INTERVALS",
    "Invoice",
    "InvoiceLine",
    "KINDS",
    "Lead",
    "Money",
    "Opportunity",
    "Order",
    "OrderLine",
    "Outcome",
    "Package",
    "Page",
    "Payment",
    "Payout",
    "PayoutPart",
    "Price",
    "PriceList",
    "Product",
    "RECORD_TYPE",
    "Reading",
    "Ref",
    "Refund",
    "RefundPart",
    "Request",
    "Retry",
    "StatusUpdate",
    "Subscription",
    "SubscriptionItem",
    "TaxAmount",
    "TaxRate",
    "Tier",
    "UnitAmount",
    "Unverified",
    "Wait",
    "explain",
]
