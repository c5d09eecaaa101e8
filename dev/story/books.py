# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether what Odoo booked equals what Stripe says, to the cent."""

from decimal import Decimal

from .stripe_account import major
from .waiting import check_equal

MOVE_FIELDS = (
    "name",
    "state",
    "payment_state",
    "currency_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "partner_id",
    "ref",
    "invoice_line_ids",
)


def money(value):
    """An amount that Odoo sent as a float, as it is meant."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def check_invoice(odoo, move, invoice):
    """Compare a posted entry with Stripe's invoice.

    :param move: dict with ``MOVE_FIELDS``.
    :param invoice: as ``Account.invoice`` returns it.
    :raises StoryError: naming the figure that differs.
    """
    taxes = sum(tax["amount"] for tax in invoice["total_taxes"] or [])
    name = f"{invoice['id']} ({move['name']})"
    check_equal(move["state"], "posted", f"{name}: state")
    check_equal(move["currency_id"][1], invoice["currency"].upper(), f"{name} in")
    for what, booked, said in (
        ("untaxed amount", move["amount_untaxed"], invoice["total_excluding_tax"]),
        ("tax", move["amount_tax"], taxes),
        ("total", move["amount_total"], invoice["total"]),
    ):
        check_equal(money(booked), major(said), f"{name}: {what}")
    booked = booked_lines(odoo, move["id"])
    check_equal(booked, stripe_lines(invoice), f"{name}: lines (untaxed, tax)")


def booked_lines(odoo, move):
    """(untaxed, tax) of an entry's lines, sorted."""
    lines = odoo.find(
        "account.move.line",
        [("move_id", "=", move), ("display_type", "=", "product")],
        "price_subtotal",
        "price_total",
    )
    pairs = [(money(row["price_subtotal"]), money(row["price_total"])) for row in lines]
    return sorted((untaxed, total - untaxed) for untaxed, total in pairs)


def stripe_lines(invoice):
    """(untaxed, tax) of an invoice's lines, sorted."""
    pairs = []
    for line in invoice["lines"]["data"]:
        off = sum(item["amount"] for item in line["discount_amounts"] or [])
        tax = sum(item["amount"] for item in line["taxes"] or [])
        pairs.append((major(line["amount"] - off), major(tax)))
    return sorted(pairs)


def account_balance(odoo, account):
    """Balance of the posted lines of an account."""
    lines = odoo.find(
        "account.move.line",
        [("account_id", "=", account), ("parent_state", "=", "posted")],
        "balance",
    )
    return sum((money(line["balance"]) for line in lines), Decimal(0))


def clearing_balance(odoo, connection):
    """Balance of the account that mirrors the provider's."""
    fields = odoo.read("q2c.connection", connection, "payment_journal_id")
    journal = fields["payment_journal_id"][0]
    account = odoo.read("account.journal", journal, "default_account_id")
    return account_balance(odoo, account["default_account_id"][0])
