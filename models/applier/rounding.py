# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 17: a difference within the connection's tolerance is booked on the document, so
that its total is the provider's; a larger one is nobody's to explain away."""

from odoo.fields import Command

from ...canonical import Hold, Money
from ..sync import tie_out


def settle(books, document, move):
    """Add to the draft ``move`` what its total lacks, if every figure is within the
    tolerance.

    :return: what differs all the same, in words; empty where nothing does
    :raises Hold: ``no_rounding_account``
    """
    env, tolerance = move.env, books.rounding_tolerance
    told, found = move.q2c_figures, tie_out.of_move(move)
    difference = tie_out.difference(env, told, found, tolerance, tolerance)
    if difference:
        return difference
    values = {"q2c_tolerance": tolerance}
    missing = told["total"] - found["total"]
    if missing:
        line = _line(books, document, move, Money(missing, told["currency"]))
        values["invoice_line_ids"] = [Command.create(line)]
    move.write(values)
    return tie_out.difference(env, told, tie_out.of_move(move), tolerance)


def _line(books, document, move, missing):
    sign = -1 if move.move_type == "out_refund" else 1
    return {
        "display_type": "product",
        "name": books.env._("Rounding difference"),
        "q2c_line_id": tie_out.ROUNDING,
        "product_id": False,
        "account_id": _account(books, document, missing).id,
        "quantity": 1.0,
        "price_unit": sign * float(missing),
        "tax_ids": [Command.clear()],
    }


def _account(books, document, missing):
    if not books.rounding_account_id:
        raise Hold(
            "no_rounding_account",
            f"The {document.KIND.replace('_', ' ')} {document.number or document.id} "
            f"lacks {missing}, which is within the tolerance, but the connection "
            f"{books.name} has no account for rounding differences.",
            "Choose a rounding account on the connection's Accounting page, or let Set "
            "Up Accounting create one, then retry.",
        )
    return books.rounding_account_id
