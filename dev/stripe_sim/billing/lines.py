# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoice lines, from subscription items and from invoice items."""

from stripe_sim.core.types import register

register("line_item", "il", label="invoice line", omits=("created",))


def _line(world, invoice: dict, **given) -> dict:
    fields = {
        "amount": given["amount"],
        "currency": invoice["currency"],
        "description": None,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "metadata": {},
        "parent": None,
        "period": None,
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": 1,
        "quantity_decimal": "1",
        "subscription": None,
        "subtotal": given["amount"],
        "taxes": [],
        "_tax_rates": [],
        **given,
    }
    fields["quantity_decimal"] = str(fields["quantity"])
    line = world.add("line_item", fields)
    invoice["_lines"].append(line["id"])
    return line


_OF_PRICE = object()


def price_details(price: dict, unit=_OF_PRICE) -> dict:
    """`unit`: what one costs, where the price does not say it."""
    return {
        "type": "price_details",
        "price_details": {"price": price["id"], "product": price["product"]},
        "unit_amount_decimal": price["unit_amount_decimal"]
        if unit is _OF_PRICE
        else unit,
    }


def line_for_item(world, invoice, item, charge, amount, period, description) -> dict:
    """The line of what a subscription item costs for `period` (start, end)."""
    price = world.store.find("price", item["price"])
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return _line(
        world,
        invoice,
        amount=amount,
        description=description,
        discounts=list(item["_running"]),
        metadata=dict(item["metadata"]),
        parent={
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": details,
        },
        period={"start": period[0], "end": period[1]},
        pricing=price_details(price, charge.unit),
        quantity=charge.quantity,
        subscription=item["subscription"],
        _tax_rates=list(item["tax_rates"]),
    )


def line_for_invoiceitem(world, invoice: dict, entry: dict) -> dict:
    """The line of an invoice item, which is thereby no longer pending."""
    entry["invoice"] = invoice["id"]
    details = {
        "invoice_item": entry["id"],
        "proration": entry["proration"],
        "proration_details": {"credited_items": None},
        "subscription": entry["_subscription"],
    }
    return _line(
        world,
        invoice,
        amount=entry["amount"],
        description=entry["description"],
        discountable=entry["discountable"],
        discounts=list(entry["discounts"]),
        metadata=dict(entry["metadata"]),
        parent={
            "type": "invoice_item_details",
            "invoice_item_details": details,
            "subscription_item_details": None,
        },
        period=dict(entry["period"]),
        pricing=entry["pricing"],
        quantity=entry["quantity"],
        subscription=entry["_subscription"],
        _tax_rates=list(entry["tax_rates"]),
    )


def drop_line(world, invoice: dict, line: dict) -> None:
    invoice["_lines"].remove(line["id"])
    world.store.remove(line)


def lines_of(world, invoice: dict) -> list[dict]:
    return [world.store.find("line_item", each) for each in invoice["_lines"]]
